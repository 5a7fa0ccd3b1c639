"""People who log in: an account beside the mailbox of the deposit's world, and requests as a browser sends them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_string
from email.policy import SMTP
from functools import cache
from typing import Any

from chalice.test import HTTPResponse
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.captcha import captcha_answer
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import AcceptedText, Channel, Mailbox, UserState
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.domain.mailbox.channels import reachable
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.services.access.make_email_effective import confirm_email
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.services.access.sessions import open_session
from chalicelib.services.access.tools import AccessTools
from tests.deposit_world import NOW, World, a_mailbox

USERNAME = "1-40000002"
UNKNOWN = "1-40000003"
PASSWORD = "Camion-tejado-7"
NEW = "Lampara-rio-verde-9"
EMAIL = a_mailbox().users[0].email


@dataclass
class People:
    """The world with one person who can log in."""

    world: World

    @property
    def tools(self) -> AccessTools:
        return access_tools(self.world.container)

    def seed(self, **overrides: Any) -> None:
        given = {
            "state": UserState.ACTIVE,
            "password_hash": hash_once(self.tools.hashing),
            "accepted": texts_in_force(),
            **overrides,
        }
        self.tools.accounts.add(Account(USERNAME, "u1", USERNAME, **given))

    def send(self, method: str, path: str, body: Any = None, *, token: str = "") -> HTTPResponse:
        headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
        text = b"" if body is None else json.dumps(body).encode()
        return self.world.client.http.request(method, path, headers=headers, body=text)

    def command(self, line: str) -> tuple[int, str]:
        """Give an operator's command as Lambda does; return its exit code and what it says."""
        answer = self.world.client.lambda_.invoke("operator", {"command": line}).payload
        json.dumps(answer)
        return answer["exit"], answer["output"]

    def captcha(self, *, is_right: bool = True) -> dict[str, str]:
        captcha_id = self.send("POST", "/v1/captchas").json_body["captcha_id"]
        answer = captcha_answer(self.tools.pepper, captcha_id)
        return {"id": captcha_id, "answer": answer if is_right else "XXXXX"}

    def log_in(self, username: str = USERNAME, password: str = PASSWORD, **proof: Any) -> HTTPResponse:
        proof = proof or {"captcha": self.captcha()}
        return self.send("POST", "/v1/sessions", {"username": username, "password": password, **proof})

    def token(self) -> str:
        """Be logged in, without asking the app: what most tests begin with is none of their claims."""
        account = self.tools.accounts.find(USERNAME)
        assert account is not None
        return self.token_of(account)

    def token_of(self, account: Account) -> str:
        """Do so as somebody else."""
        tools, now = self.tools, self.world.clock()
        opened = open_session(account, tools.new_secret(), origin="127.0.0.1", sessions=tools.sessions, now=now)
        return opened.cookie

    def accept_texts(self, token: str) -> str:
        """Accept all that is due, as who logs in for the first time does, and return the token to go on with."""
        due = self.send("GET", "/v1/acceptances", token=token).json_body["due"]
        texts = [{"text": one["text"], "version": one["version"]} for one in due]
        return str(self.send("POST", "/v1/acceptances", {"texts": texts}, token=token).json_body["token"])

    def mails(self) -> list[tuple[str, str]]:
        """Return destination and text of every e-mail sent, oldest first."""
        [backends] = [backend for backend in ses_backends.values() if "us-east-1" in backend]
        sent = backends["us-east-1"].sent_messages
        parsed = [message_from_string(message.raw_data, policy=SMTP) for message in sent]
        return [(str(mail["To"]), _text_of(mail)) for mail in parsed]

    def code_sent(self) -> str:
        return str(re.findall(r"^([2-9A-Z]{6})\r?$", self.mails()[-1][1], re.MULTILINE)[-1])

    def link_sent(self) -> str:
        return str(re.findall(r"/recuperar/(\S+)", self.mails()[-1][1])[-1])

    def bounce(
        self,
        sign: Sign = Sign.BOUNCED,
        channel: Channel = Channel.EMAIL,
        *,
        user_id: str = "u1",
        at: datetime | None = None,
        reason: str = "bounce_permanent_general_5.1.1",
    ) -> None:
        """Have alerts come back from the address that a user has."""
        user = self.mailbox().user(user_id)
        assert user is not None
        place = AddressHealth(user_id, channel, user.email if channel is Channel.EMAIL else user.mobile or "")
        when = at or self.world.clock.now - timedelta(minutes=5)
        mailbox_store(self.world.container).learn(self.mailbox(), lambda one: one.with_sign(sign, when, reason), place)

    def mailbox(self) -> Mailbox:
        """Return the mailbox as it is."""
        mailbox = mailbox_store(self.world.container).find(USERNAME)
        assert mailbox is not None
        return mailbox

    def is_dead(self, channel: Channel = Channel.EMAIL, user_id: str = "u1") -> bool:
        """Tell whether the address that a user has is known not to receive."""
        found = reachable(self.mailbox())
        return any(not one.is_live for one in found if (one.user.user_id, one.channel) == (user_id, channel))

    def proofs(self) -> list[tuple[str, str]]:
        """Return who is on record to have proved which of their addresses, oldest first."""
        events = event_store(self.world.container).list_for_subject(f"mailbox#{USERNAME}")
        proved = [event.data for event in events if event.type is EventType.ADDRESS_PROVED]
        return [(data["user_id"], data["channel"]) for data in proved]

    def contest_sent(self) -> str:
        """Return the last link by which a change is contested."""
        links = [link for _, text in self.mails() for link in re.findall(r"/no-fui-yo/(\S+)", text)]
        return str(links[-1])

    def confirm_email(self) -> None:
        """Have a new address count at once, as who reads the mail of the old one can."""
        confirm_email(self.contest_sent(), origin="127.0.0.1", tools=self.tools)

    def ask_reset(self, email: str = EMAIL, number: str = "40000002") -> HTTPResponse:
        body = {"person_type": "natural", "document_type": "DNI", "document_number": number, "email": email}
        return self.send("POST", "/v1/password-resets", body)

    def use_reset(self, link: str, new: str = NEW) -> HTTPResponse:
        body = {"new_password": new, "new_password_repeated": new}
        return self.send("POST", f"/v1/password-resets/{link}", body)


def texts_in_force() -> tuple[AcceptedText, ...]:
    """Return the acceptance of all texts, as of who was asked for it before."""
    at = NOW - timedelta(days=1)
    return tuple(AcceptedText(name, version, at, "192.0.2.1") for name, version in portal_texts().current.items())


@cache
def hash_once(hashing: PasswordHashing) -> str:
    """Hash once: it is what such tests would spend most of their time on."""
    return hashing.hash(PASSWORD)


def _text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def sent_sms() -> list[tuple[str, str]]:
    """Return number and text of every SMS sent, oldest first."""
    [backends] = [backend for backend in sns_backends.values() if "us-east-1" in backend]
    return [(told[0], told[1]) for told in backends["us-east-1"].sms_messages.values()]
