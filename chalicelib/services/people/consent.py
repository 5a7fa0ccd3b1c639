"""Revoke the consent to be notified in the mailbox for the future, or give it again; its users are told (REG-10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Consent, Mailbox, MailboxUser
from chalicelib.domain.people.consent import MandatoryRule, imposing_norm, revoked_from, with_consent
from chalicelib.domain.people.mailbox_users import require_principal, require_user
from chalicelib.domain.session import Session, require_texts_accepted
from chalicelib.renderers.people.consent_letters import consent_letter
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.change_people import change_people
from chalicelib.services.together import together
from chalicelib.store.people_store import PeopleChange


@dataclass(frozen=True, slots=True)
class ShownConsent:
    """The mailbox, who asks, and the norm that imposes it, if any."""

    mailbox: Mailbox
    asking: MailboxUser
    norm: str | None


def show_consent(session: Session, rules: tuple[MandatoryRule, ...], *, tools: AccessTools) -> ShownConsent:
    """Return how it stands; one call.

    Raises:
        SessionEnded: `session_ended`.

    """
    mailbox, asking = require_user(tools.mailboxes.find(session.mailbox_id), session.user_id)
    return ShownConsent(mailbox, asking, imposing_norm(mailbox.holder, rules))


def change_consent(  # noqa: PLR0913 - who says what, from where
    session: Session,
    *,
    is_given: bool,
    rules: tuple[MandatoryRule, ...],
    origin: str,
    tools: AccessTools,
    now: datetime,
) -> Mailbox:
    """Revoke or give it from the commit on, and tell every active user; as it is already, nothing changes.

    Raises:
        SessionEnded: `session_ended`.
        TextsNotAccepted: `texts_not_accepted`, of giving it.
        PrincipalNeeded: `principal_needed`.
        ConsentMandatory: `mailbox_mandatory`.
        ConsentOfClosed: `mailbox_closed`.
        MailboxChanged: `mailbox_changed`.

    """
    if is_given:
        require_texts_accepted(session)
    version = tools.current_texts()["terms"]

    def decide(mailbox: Mailbox, user: MailboxUser) -> PeopleChange | None:
        require_principal(user)
        at = tools.clock()
        since = at if is_given else revoked_from(at)
        consent = Consent(is_given=is_given, at=since, version=version, origin=origin, user_id=user.user_id)
        changed = with_consent(mailbox, consent, rules)
        if changed is mailbox:
            return None
        kind = EventType.CONSENT_GIVEN if is_given else EventType.CONSENT_REVOKED
        event = tools.people_event(kind, session, user.user_id, origin=origin, now=at)
        return PeopleChange(
            mailbox=changed, event=replace(event, data={**event.data, "version": version, "since": since.isoformat()})
        )

    mailbox, is_changed = change_people(session, decide, tools=tools)
    if is_changed and mailbox.consent is not None:
        letter = consent_letter(mailbox.holder.name, mailbox.consent, tools.letterhead)
        together([partial(tell, letter, user.email, tools=tools, now=now) for user in mailbox.alerted_users])
    return mailbox
