"""Ask one silent e-mail whether it lives: by one message, which its owner has nothing to do about (ALR-4).

That it was asked is written before the message is handed over. So of several at once, and of those that die in between,
one asks. Where the provider takes nothing from anybody that is taken back, so that it is asked another day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage

from chalicelib.domain.alert.delivery_report import probe_tags
from chalicelib.domain.alert.silent_address import email_of, is_silent
from chalicelib.domain.errors import MessageRefused, SendingUncertain, Unavailable
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.domain.mailbox.channels import Reachable
from chalicelib.gateways.mail import Mail
from chalicelib.gateways.way_out import WayOut
from chalicelib.renderers.alert.probe_letter import render_probe
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.services.work_through import log_failed
from chalicelib.store.mailbox_store import MailboxStore

ASKED, SPARED, REFUSED = "asked", "spared", "refused"
ADDRESS_REFUSED, UNKNOWN = "address_refused", "unknown"
"""What became of it: asked; not to be asked any more; the provider takes nothing now, or never will to this address;
nobody knows, and it is not asked again before its time."""


@dataclass(frozen=True, slots=True)
class AskingTools:
    """What asking goes through: a way out of its own, slower than that of alerts."""

    mailboxes: MailboxStore
    mail: Mail
    by_mail: WayOut
    letterhead: Letterhead


def ask_address(mailbox_id: str, user_id: str, tools: AskingTools, *, now: datetime) -> str:
    """Ask a user's e-mail, if it is still silent.

    Raises:
        Unavailable: `store_unavailable`; nothing was sent.

    """
    mailbox = tools.mailboxes.find(mailbox_id)
    place = email_of(mailbox, user_id)
    if mailbox is None or place is None:
        return SPARED
    try:
        message = render_probe(mailbox_id, place, tools.letterhead, now=now)
    except MessageRefused as error:
        return _refused(mailbox, place, error, now, tools)
    before = _mark(mailbox, place, tools, now)
    if before is None:
        return SPARED
    outcome = _handed_over(message, mailbox, place, tools, now)
    if outcome == REFUSED:
        _take_back(mailbox, place, before, tools, now)
    return outcome


def _handed_over(message: EmailMessage, mailbox: Mailbox, place: Reachable, tools: AskingTools, now: datetime) -> str:
    tags = probe_tags(mailbox.mailbox_id, place.user.user_id)
    try:
        tools.by_mail.hand_over(lambda: tools.mail.send(message, place.address, tags))
    except MessageRefused as error:
        return _refused(mailbox, place, error, now, tools)
    except Unavailable as error:
        log_failed("ask_address", place.user.user_id, error)
        return UNKNOWN if isinstance(error, SendingUncertain) else REFUSED
    return ASKED


def _mark(mailbox: Mailbox, place: Reachable, tools: AskingTools, now: datetime) -> AddressHealth | None:
    """Write that it is asked, and return what was known before; None where somebody else asked, or it died."""
    before: AddressHealth | None = None

    def marked(known: AddressHealth) -> AddressHealth:
        nonlocal before
        before = known if is_silent(known, mailbox, now) else None
        return known if before is None else replace(known, asked_at=now)

    tools.mailboxes.learn(mailbox, marked, place.health)
    return before


def _take_back(mailbox: Mailbox, place: Reachable, before: AddressHealth, tools: AskingTools, now: datetime) -> None:
    def unmarked(known: AddressHealth) -> AddressHealth:
        return replace(known, asked_at=before.asked_at) if known.asked_at == now else known

    tools.mailboxes.learn(tools.mailboxes.find(mailbox.mailbox_id) or mailbox, unmarked, place.health)


def _refused(mailbox: Mailbox, place: Reachable, error: MessageRefused, now: datetime, tools: AskingTools) -> str:
    tools.mailboxes.learn(mailbox, lambda known: known.with_sign(Sign.BOUNCED, now, error.code), place.health)
    return ADDRESS_REFUSED
