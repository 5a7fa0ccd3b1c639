"""Begin the draft of a notice that is made again (DEP-7), with what of the first one usually stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.deposit.replacement import require_replaceable
from chalicelib.domain.institution.composition import Composition, Effects, Heading, Signers, changed
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.services.institution.compositions import begin_composition, change_composition
from chalicelib.store.institution.composition_store import CompositionStore


def begin_replacement(
    older: DeliveredNotice, member: StaffMember, *, store: CompositionStore, new_id: Callable[[], str], now: datetime
) -> Composition:
    """Begin a draft that replaces a notice of the own institution.

    Its recipient is consulted anew, its term decided anew, and its files are sent anew: a defect may be in any of them.

    Raises:
        Conflict: `replaced_already`, `too_many_compositions`.

    """
    notice = older.issued
    names = (notice.mailbox_id,)
    replaces = require_replaceable(older, institution_id=member.institution_id, mailbox_ids=names).notice_id
    begun = begin_composition(member, store=store, new_id=new_id, now=now, replaces=replaces)
    document = notice.document

    def filled(draft: Composition) -> Composition:
        return changed(
            draft,
            now,
            case_file=notice.case_file,
            heading=Heading(document.type, document.number, document.subject, document.issued_at),
            signers=Signers(document.office, document.signed_by, document.prepared_by),
            effects=Effects(document.in_force_from, document.ends_administrative_path, document.remedies),
        )

    return change_composition(begun.composition_id, member, filled, seen_version=begun.version, store=store)
