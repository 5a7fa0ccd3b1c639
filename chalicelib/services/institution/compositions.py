"""Officers' drafts: begun, looked at, changed, discarded. Nobody overwrites what another wrote without seeing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.deposit.replacement import require_replaceable
from chalicelib.domain.errors import CasillaError, Conflict, InvalidInput, Unavailable
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.institution.composition import (
    MOST_OPEN,
    Composition,
    begin,
    begin_again,
    composition_changed,
    composition_not_found,
    discarded,
    is_seen_by,
    require_open,
)
from chalicelib.domain.institution.permission import Act
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.notice import Notice
from chalicelib.services.institution.own_notice import find_own_notice
from chalicelib.services.together import together
from chalicelib.store.institution.composition_store import CompositionStore
from chalicelib.store.reading.reading_store import ReadingStore


@dataclass(frozen=True, slots=True)
class OpenCompositions:
    """What an officer can go on with: their own, and those that others have their office see."""

    own: tuple[Composition, ...]
    shared: tuple[Composition, ...]


def list_compositions(member: StaffMember, *, store: CompositionStore) -> OpenCompositions:
    """Return the open drafts that somebody sees; one hop. Who is limited to no office sees its institution's own."""
    own: list[Composition] = []
    shared: list[Composition] = []
    together(
        [
            lambda: own.extend(store.list_open_of(member.institution_id, member.staff_id)),
            lambda: shared.extend(store.list_seen_by(member.institution_id, member.office_id)),
        ]
    )
    others = (one for one in shared if one.author_id != member.staff_id and is_seen_by(one, member))
    return OpenCompositions(tuple(own), tuple(others))


def begin_composition(
    member: StaffMember,
    *,
    store: CompositionStore,
    new_id: Callable[[], str],
    now: datetime,
    replaced: Notice | None = None,
) -> Composition:
    """Begin a draft, of what is to replace a notice if one is given.

    Eight that are begun at once may come to a few more than `MOST_OPEN`.

    Raises:
        Conflict: `too_many_compositions`.

    """
    made = new_id()
    composition = begin(made, member, now) if replaced is None else begin_again(made, member, replaced, now)
    return add_composition(composition, member, store=store)


def add_composition(composition: Composition, member: StaffMember, *, store: CompositionStore) -> Composition:
    """Keep a draft that was just begun.

    Raises:
        Conflict: `too_many_compositions`.
        Unavailable: `composition_unavailable`.

    """
    if len(store.list_open_of(member.institution_id, member.staff_id)) >= MOST_OPEN:
        detail = f"Ya tienes {MOST_OPEN} borradores abiertos. Deposita o descarta alguno para empezar otro."
        raise Conflict("too_many_compositions", detail)
    if not store.add(composition) and store.find(composition.composition_id) != composition:
        raise Unavailable("composition_unavailable", "No se pudo empezar el borrador. Inténtalo otra vez.")
    return composition


def find_replaceable(notice_id: str, member: StaffMember, *, readings: ReadingStore) -> Notice:
    """Return a notice of somebody's institution, and office, that can be replaced.

    Raises:
        NotFound: `notice_not_found`, also for another institution's or office's.
        Conflict: `replaced_already`.

    """
    delivered, _ = find_own_notice(notice_id, member, Act.COMPOSE, readings=readings)
    notice = delivered.issued
    require_replaceable(delivered, institution_id=member.institution_id, mailbox_ids=(notice.mailbox_id,))
    return notice


def problem_of_replacement(
    composition: Composition, *, readings: ReadingStore, prefixes: Mapping[DocumentType, str]
) -> CasillaError | None:
    """Return why the notice that a draft names cannot be replaced by it any more; None where it can, or none is named.

    One read, where one is named. The deposit decides it again.
    """
    if composition.replaces is None:
        return None
    delivered = readings.find(composition.replaces).delivered
    mailbox_id = composition.recipient.mailbox_id if composition.recipient else None
    if mailbox_id is None:
        mailbox_id = delivered.notice.mailbox_id if delivered else ""
    names = mailboxes_of_holder(mailbox_id, prefixes)
    try:
        require_replaceable(delivered, institution_id=composition.institution_id, mailbox_ids=names)
    except (InvalidInput, Conflict) as problem:
        return problem
    return None


def find_composition(composition_id: str, member: StaffMember, *, store: CompositionStore) -> Composition:
    """Return a draft that somebody may see.

    Raises:
        NotFound: `composition_not_found`.

    """
    found = store.find(composition_id)
    if found is None or not is_seen_by(found, member):
        raise composition_not_found()
    return found


def change_composition(
    composition_id: str,
    member: StaffMember,
    change: Callable[[Composition], Composition],
    *,
    seen_version: int,
    store: CompositionStore,
) -> Composition:
    """Change a draft as somebody saw it.

    Raises:
        NotFound: `composition_not_found`.
        Conflict: `composition_closed`; `composition_changed`, if it is not as they saw it. Nothing is changed then.

    """
    found = find_composition(composition_id, member, store=store)
    return change_found(found, change, seen_version=seen_version, store=store)


def change_found(
    found: Composition, change: Callable[[Composition], Composition], *, seen_version: int, store: CompositionStore
) -> Composition:
    """Change a draft that was just read for who asks.

    Raises:
        Conflict: as `change_composition`.

    """
    require_open(found)
    if found.version != seen_version:
        raise composition_changed()
    return _keep(change(found), store)


def discard_composition(
    composition_id: str, member: StaffMember, *, seen_version: int, store: CompositionStore, now: datetime
) -> Composition:
    """Throw a draft away.

    Raises:
        NotFound, Conflict: as `change_composition`.

    """
    discard = partial(discarded, now=now)
    return change_composition(composition_id, member, discard, seen_version=seen_version, store=store)


def _keep(composition: Composition, store: CompositionStore) -> Composition:
    """Keep a version; where its own write is told as lost, look whether it stands."""
    if store.update(composition):
        return composition
    stands = store.find(composition.composition_id)
    if stands == composition:
        return composition
    if stands is not None:
        require_open(stands)
    raise composition_changed()
