"""What the verbs of a registration share: their tools, finding one, and sending its e-mails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import CasillaError, MessageRefused, TooManyRequests, Unavailable
from chalicelib.domain.limit import Budget
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.portal import ProofDesk
from chalicelib.domain.registration.assurance import Level
from chalicelib.domain.registration.identity import Registry
from chalicelib.domain.registration.registration import Registration, no_such_registration
from chalicelib.domain.registration.taken import is_unproved
from chalicelib.gateways.mail import Mail
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Letter, render_letter
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.registration.check_identity import IdentityTools
from chalicelib.store.access.account_store import AccountStore
from chalicelib.store.access.sent_mail_store import SentMailStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.limit_store import LimitStore
from chalicelib.store.registration_store import RegistrationStore

_logger = logging.getLogger(__name__)
_COOLING_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationTools:
    """Stores, gateways, clock and sources of secrets.

    `link_base` is the address of the page that verifies by link, without the final slash; `texts` are the texts to be
    accepted, with their versions in force.
    """

    registrations: RegistrationStore
    accounts: AccountStore
    tokens: TokenStore
    limits: LimitStore
    sent_mails: SentMailStore
    identity: IdentityTools
    mail: Mail
    letterhead: Letterhead
    passwords: PasswordHashing
    prefixes: Mapping[DocumentType, str]
    clock: Callable[[], datetime]
    new_token: Callable[[], str]
    new_email_code: Callable[[], str]
    new_temporary_password: Callable[[], str]
    new_event_id: Callable[[], str]
    link_base: str
    texts: Mapping[str, str]
    pepper: bytes
    registrations_an_hour: Budget
    registrations_by_mail: Budget
    quotas: Mapping[Registry, int]
    """How often each registry may be asked in a UTC day."""
    opening_level: Level
    """From which level of assurance on a registration opens its mailbox by itself."""
    calendar: Callable[[], BusinessCalendar]
    """With what was entered by hand."""
    proof_desk: ProofDesk
    """Where who waits for a review shows the proof."""
    pause: Callable[[float], None]
    """Wait some seconds before another try."""
    access: Callable[[], AccessTools]
    """What activates users beside the principal one, whom a form on paper can have."""


def open_registration(registration_id: str, tools: RegistrationTools) -> Registration:
    """Return the registration of an id.

    Raises:
        NotFound: `registration_not_found`: there is none, or its time is over.

    """
    found = tools.registrations.find_by_id(registration_id)
    if found is None or not found.is_open_at(tools.clock()):
        raise no_such_registration()
    return found


def cool_down(registration: Registration, tools: RegistrationTools) -> None:
    """Let one e-mail be asked for, and none for a minute after it.

    Raises:
        TooManyRequests: `limit_reached`, with the seconds to wait.

    """
    tools.limits.cool_down(f"registration-mail#{registration.key}", seconds=_COOLING_S, now=tools.clock())


def send_letter(letter: Letter, registration: Registration, tools: RegistrationTools) -> None:
    """Send one e-mail to the registration's address; nothing in it is logged. Of a desk's, note that it was taken.

    Raises:
        MessageRefused: `email_address_refused`.
        Unavailable: the provider does not take it now.

    """
    key = f"{registration.key}/{registration.state}/{tools.new_event_id()}"
    message = render_letter(letter, registration.email, tools.letterhead, sent_at=tools.clock(), key=key)
    tools.mail.send(message, registration.email, {})
    if is_unproved(registration):
        _note_mailed(registration, tools)


def _note_mailed(registration: Registration, tools: RegistrationTools) -> None:
    """Note it, or let it be: an e-mail that was taken is none that was refused."""
    try:
        tools.registrations.note_mailed(registration)
    except Unavailable as error:
        _logger.warning("registration e-mail sent and not noted", extra={"code": error.code})


def try_to_send(send: Callable[[], None]) -> bool:
    """Send what can be asked for again; a failure is logged and undoes nothing."""
    return why_not_sent(send) is None


def why_not_sent(send: Callable[[], None]) -> CasillaError | None:
    """Do so, and return what refused it, or None."""
    try:
        send()
    except (MessageRefused, TooManyRequests, Unavailable) as error:
        _logger.warning("registration e-mail not sent", extra={"code": error.code})
        return error
    return None
