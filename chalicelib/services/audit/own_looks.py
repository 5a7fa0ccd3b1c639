"""Show a mailbox's user who looked at its data, when and why (DAT-2, INS-8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from chalicelib.domain.audit.look import office_of
from chalicelib.domain.event import Event
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.mailbox import DocumentType, Mailbox, MailboxUser
from chalicelib.domain.people.mailbox_users import require_user
from chalicelib.domain.people.own_data import institution_of, is_look, own_events
from chalicelib.domain.session import Session
from chalicelib.services.together import together
from chalicelib.store.audit.look_log import LookLog, Newest
from chalicelib.store.institution.office_store import OfficeStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.sender.institution_store import InstitutionStore

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class OwnLookTools:
    """Where looks, mailboxes, and the names of who looked are kept. `prefixes` begin the names of mailboxes."""

    looks: LookLog
    mailboxes: MailboxStore
    institutions: InstitutionStore
    offices: OfficeStore
    prefixes: Mapping[DocumentType, str]


@dataclass(frozen=True, slots=True)
class OwnLooks:
    """A page of looks, the newest first; `institutions` and `offices` are the names of who looked, by their ids.

    `mailbox` and `user` are whose page it is.
    """

    looks: tuple[Event, ...]
    next_after: str | None
    institutions: Mapping[str, str]
    offices: Mapping[tuple[str, str], str]
    mailbox: Mailbox
    user: MailboxUser


def own_looks(session: Session, *, after: str | None, tools: OwnLookTools) -> OwnLooks:
    """Return a page of them, by all names of the holder's mailbox and of the registration that opened it; three hops.

    Raises:
        SessionEnded: `session_ended`.

    """
    found: list[Mailbox | None] = []
    named: list[Newest] = []
    keys: list[str | None] = []

    def read(name: str) -> None:
        named.append(tools.looks.read_mailbox(name, after=after, limit=PAGE_SIZE))

    names = mailboxes_of_holder(session.mailbox_id, tools.prefixes)
    reads = [partial(read, name) for name in names]
    openings = [lambda name=name: keys.append(tools.looks.opened_by(name)) for name in names]
    together([lambda: found.append(tools.mailboxes.find(session.mailbox_id)), *reads, *openings])
    named += [tools.looks.read_registration(key, after=after, limit=PAGE_SIZE) for key in keys if key is not None]
    page, [there] = tools.looks.page_at(named, limit=PAGE_SIZE), found
    mailbox, user = require_user(there, session.user_id)
    looks = own_events(tuple(filter(is_look, page.looks)), user)
    institutions, offices = _names(looks, tools)
    return OwnLooks(looks, page.next_after, institutions, offices, mailbox, user)


def _names(looks: Iterable[Event], tools: OwnLookTools) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Return what institutions and offices are called now, all read at once; an id stands for what is not there."""
    institutions = {institution_of(event) for event in looks} - {""}
    offices = {office for event in looks if (office := office_of(event)) is not None}
    named: dict[str, str] = {}
    placed: dict[tuple[str, str], str] = {}

    def name(institution_id: str) -> None:
        found = tools.institutions.find(institution_id)
        named[institution_id] = institution_id if found is None else found.name

    def place(institution_id: str, office_id: str) -> None:
        found = tools.offices.find(institution_id, office_id)
        if found is not None:
            placed[institution_id, office_id] = found.name

    calls: list[Callable[[], None]] = [partial(name, one) for one in sorted(institutions)]
    calls += [partial(place, *one) for one in sorted(offices)]
    if calls:
        together(calls)
    return named, placed
