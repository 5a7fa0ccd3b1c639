"""What an applicant accepted and typed, kept between the pages of a registration (REG-1 to REG-3).

It is in the applicant's own cookie, sealed: anybody may begin, and so nothing is stored of who does. What was accepted
cannot be forged, since only Casilla seals. A copy of the cookie opens it for an hour and begins no second registration,
since the draft holds the id that its registration will have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.session import draft_tools
from chalicelib.domain.access.authenticated_person import AuthenticatedPerson
from chalicelib.domain.errors import TooLarge
from chalicelib.domain.mailbox import AcceptedText
from chalicelib.handlers.cookies import DRAFT_COOKIE, cookie
from chalicelib.handlers.page_request import PageRequest
from chalicelib.services.access.drafts import open_sealed, seal_draft
from chalicelib.services.access.identify_person import person_as_data, person_from_data

DRAFT_LIFETIME = timedelta(hours=1)
"""From the last step; with an identity, also from when the person was authenticated."""
_KIND = "registration"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationDraft:
    """`registration_id` is what its registration will be called, so that sent twice it is one.

    `typed` is by type of person, as typed.
    """

    registration_id: str
    accepted: tuple[AcceptedText, ...] = ()
    person_type: str = ""
    identity: AuthenticatedPerson | None = None
    """Whom an identity provider authenticated; then a natural person is asked for nothing but how to be reached."""
    typed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

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

    @property
    def authenticated(self) -> AuthenticatedPerson | None:
        """Return who registers, where that is a person whom the identity provider authenticated."""
        return self.identity if self.person_type == "natural" else None

    def typed_now(self) -> Mapping[str, str]:
        """Return what was typed into the form of the type of person that registers."""
        return self.typed.get(self.person_type, {})


def find_registration_draft(request: PageRequest) -> RegistrationDraft | None:
    """Return the draft in the browser's cookie."""
    box = current()
    now = box.clock()
    data = open_sealed(request.cookies.get(DRAFT_COOKIE, ""), tools=draft_tools(box), now=now)
    draft = None if data is None or data.get("kind") != _KIND else _from_data(data)
    is_over = draft is not None and draft.identity is not None and now > draft.identity.at + DRAFT_LIFETIME
    return None if is_over else draft


def new_registration_draft() -> RegistrationDraft:
    """Begin one, under an id that no one has seen."""
    return RegistrationDraft(registration_id=current().chance.new_token())


def keep_registration_draft(draft: RegistrationDraft) -> list[str]:
    """Return the cookie that keeps it for another hour.

    What was typed into the other type of person's form is left out where both are too long for a cookie.

    Raises:
        TooLarge: `draft_too_large`.

    """
    box = current()
    seal = partial(seal_draft, valid_until=box.clock() + DRAFT_LIFETIME, tools=draft_tools(box))
    try:
        return [cookie(DRAFT_COOKIE, seal(_to_data(draft)))]
    except TooLarge:
        alone = replace(draft, typed={draft.person_type: draft.typed_now()})
        return [cookie(DRAFT_COOKIE, seal(_to_data(alone)))]


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
        "identity": None if draft.identity is None else person_as_data(draft.identity),
        "typed": {name: dict(typed) for name, typed in draft.typed.items()},
    }


def _from_data(data: Mapping[str, Any]) -> RegistrationDraft:
    return RegistrationDraft(
        registration_id=data["registration_id"],
        accepted=tuple(
            AcceptedText(one["text"], one["version"], datetime.fromisoformat(one["at"]), one["origin"])
            for one in data["accepted"]
        ),
        person_type=data["person_type"],
        identity=None if data.get("identity") is None else person_from_data(data["identity"]),
        typed=data["typed"],
    )
