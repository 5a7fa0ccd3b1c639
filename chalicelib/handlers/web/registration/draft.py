"""What an applicant accepted and typed, kept between the pages of a registration (REG-1 to REG-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.session import draft_tools
from chalicelib.domain.mailbox import AcceptedText
from chalicelib.handlers.cookies import DRAFT_COOKIE, cookie
from chalicelib.handlers.page_request import PageRequest
from chalicelib.services.access.drafts import find_draft, keep_draft

DRAFT_LIFETIME = timedelta(hours=1)
"""From the last step."""
_KIND = "registration"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationDraft:
    """`secret` opens it; `registration_id` is what its registration will be called, so that sent twice it is one.

    `typed` is by type of person, as typed. `is_done` is left of it once the registration began.
    """

    secret: str
    registration_id: str
    accepted: tuple[AcceptedText, ...] = ()
    person_type: str = ""
    typed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    is_done: bool = False

    def version_of(self, text: str) -> str:
        """Return the version in which a text was accepted last; empty when it was not."""
        return next((one.version for one in self.accepted if one.text == text), "")

    def with_accepted(self, accepted: AcceptedText) -> RegistrationDraft:
        """Take an acceptance in place of an earlier one of the same text."""
        others = tuple(one for one in self.accepted if one.text != accepted.text)
        return replace(self, accepted=(*others, accepted))

    def with_typed(self, person_type: str, typed: Mapping[str, str]) -> RegistrationDraft:
        """Take what one of the two forms was filled with."""
        return replace(self, typed={**self.typed, person_type: typed})

    def typed_now(self) -> Mapping[str, str]:
        """Return what was typed into the form of the type of person that registers."""
        return self.typed.get(self.person_type, {})


def find_registration_draft(request: PageRequest) -> RegistrationDraft | None:
    """Return the draft that the browser's cookie opens."""
    secret = request.cookies.get(DRAFT_COOKIE, "")
    box = current()
    data = find_draft(secret, tools=draft_tools(box), now=box.clock()) if secret else None
    return None if data is None or data.get("kind") != _KIND else _from_data(secret, data)


def new_registration_draft() -> RegistrationDraft:
    """Begin one, under a secret that no one has seen."""
    box = current()
    return RegistrationDraft(secret=box.chance.new_token(), registration_id=box.chance.new_token())


def keep_registration_draft(draft: RegistrationDraft) -> list[str]:
    """Keep it for another hour; return the cookie that opens it."""
    box = current()
    now = box.clock()
    keep_draft(draft.secret, _to_data(draft), valid_until=now + DRAFT_LIFETIME, tools=draft_tools(box), now=now)
    return [cookie(DRAFT_COOKIE, draft.secret)]


def finish_registration_draft(draft: RegistrationDraft) -> None:
    """Forget what was typed; what is left leads a form sent twice to the registration that the first one began."""
    keep_registration_draft(RegistrationDraft(secret=draft.secret, registration_id=draft.registration_id, is_done=True))


def _to_data(draft: RegistrationDraft) -> dict[str, Any]:
    accepted = [
        {"text": one.text, "version": one.version, "at": one.accepted_at.isoformat(), "origin": one.origin}
        for one in draft.accepted
    ]
    return {
        "kind": _KIND,
        "registration_id": draft.registration_id,
        "accepted": accepted,
        "person_type": draft.person_type,
        "typed": {name: dict(typed) for name, typed in draft.typed.items()},
        "is_done": draft.is_done,
    }


def _from_data(secret: str, data: Mapping[str, Any]) -> RegistrationDraft:
    return RegistrationDraft(
        secret=secret,
        registration_id=data["registration_id"],
        accepted=tuple(
            AcceptedText(one["text"], one["version"], datetime.fromisoformat(one["at"]), one["origin"])
            for one in data["accepted"]
        ),
        person_type=data["person_type"],
        typed=data["typed"],
        is_done=data["is_done"],
    )
