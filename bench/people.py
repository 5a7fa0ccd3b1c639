"""People over the stub: one who can log in, and one who registers; their requests as API Gateway hands them over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bench.world import EMAIL_CODE, BenchWorld, event_of, handle
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.aws import pepper
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.captcha import captcha_answer
from chalicelib.domain.mailbox import AcceptedText, UserState
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.store.codec import to_data
from tests.deposit_world import NOW, SignedCall
from tests.registry_world import a_person

USERNAME = "1-40000002"
PASSWORD = "Camion-tejado-7"  # noqa: S105 - synthetic


@dataclass
class People:
    """Who asks without an institution's key."""

    world: BenchWorld

    def event(
        self, method: str, path: str, body: Any = None, *, token: str = "", resource: str = "", **parameters: str
    ) -> dict[str, Any]:
        """Write a request, with a session's token if one is given."""
        headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
        text = b"" if body is None else json.dumps(body).encode()
        return event_of(SignedCall(method, path, headers, text), resource, parameters)

    def page_event(self, path: str, token: str, *, resource: str = "", **parameters: str) -> dict[str, Any]:
        """Write a browser's request for a page, with a session's cookie."""
        headers = {"accept": "text/html", "cookie": f"{SESSION_COOKIE}={token}"}
        return event_of(SignedCall("GET", path, headers, b""), resource, parameters)

    def captcha(self, sent: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> dict[str, str]:
        """Ask for a captcha and solve it; `sent` may change where the request comes from."""
        captcha_id = handle(sent(self.event("POST", "/v1/captchas")))["captcha_id"]
        return {"id": captcha_id, "answer": captcha_answer(pepper(self.world.container), captcha_id)}

    def email_code(self, username: str = USERNAME) -> dict[str, str]:
        """Ask for a login code and read it; a username gets one a minute."""
        asked = handle(self.event("POST", "/v1/login-codes", {"username": username}), status=202)
        return {"id": asked["code_id"], "code": EMAIL_CODE}

    def account(self, username: str) -> Account:
        """Return the account of another person who has the same password."""
        mine = account_store(self.world.container).find(USERNAME)
        if mine is None:
            raise AssertionError(USERNAME)
        return replace(mine, username=username, user_id=f"user-{username}", mailbox_id=username)

    def login(self, **proof: Any) -> dict[str, Any]:
        """Write a login with a captcha or an e-mailed code."""
        return self.event("POST", "/v1/sessions", {"username": USERNAME, "password": PASSWORD, **proof})

    def token(self) -> str:
        """Log in."""
        token: str = handle(self.login(captcha=self.captcha()))["token"]
        return token

    def opening(self, token: str, notice_id: str) -> dict[str, Any]:
        """Write the request that opens a notice."""
        return self.event(
            "POST",
            f"/v1/notices/{notice_id}/opening",
            token=token,
            resource="/v1/notices/{notice_id}/opening",
            notice_id=notice_id,
        )

    def application(self, number: str = "99000001", email: str = "rosa@ejemplo.pe") -> dict[str, Any]:
        """Write the request that begins a registration."""
        accepted = [{"text": text, "version": version} for text, version in portal_texts().current.items()]
        contact = {"phone": "987654321", "email": email, "email_again": email}
        person = {name: value for name, value in to_data(a_person(number)).items() if value}
        return self.event("POST", "/v1/registrations", {"person": person, **contact, "accepted": accepted})

    def registration(self) -> str:
        """Apply for a mailbox, up to the e-mailed code; return the registration's id."""
        registration_id: str = handle(self.application())["registration_id"]
        return registration_id

    def verification(self, registration_id: str) -> dict[str, Any]:
        """Write the request that verifies the applicant's address."""
        return self.event(
            "POST",
            f"/v1/registrations/{registration_id}/verification",
            {"code": EMAIL_CODE},
            resource="/v1/registrations/{registration_id}/verification",
            registration_id=registration_id,
        )


def people_of(world: BenchWorld) -> People:
    """Return a world's people; its mailbox's principal user has an account."""
    accounts = account_store(world.container)
    if accounts.find(USERNAME) is None:
        account = Account(USERNAME, "u1", USERNAME, UserState.ACTIVE, PasswordHashing().hash(PASSWORD))
        accounts.add(replace(account, accepted=_texts_in_force()))
    return People(world)


def _texts_in_force() -> tuple[AcceptedText, ...]:
    return tuple(AcceptedText(name, version, NOW, "") for name, version in portal_texts().current.items())
