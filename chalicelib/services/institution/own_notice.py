"""A notice that somebody's institution sent, found for what they may do to it."""

from __future__ import annotations

from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.store.reading.reading_store import FoundNotice, ReadingStore


def find_own_notice(
    notice_id: str, member: StaffMember, act: Act, *, readings: ReadingStore
) -> tuple[DeliveredNotice, FoundNotice]:
    """Return a notice that somebody's institution sent, from an office that the act reaches, alone and as it was found.

    Raises:
        NotFound: `notice_not_found`, also for another institution's or office's.

    """
    try:
        found = readings.find(parse_code(notice_id))
    except InvalidInput as error:
        raise _not_found() from error
    if found.delivered is None:
        raise _not_found()
    sender = found.delivered.notice.sender
    if sender.institution_id != member.institution_id or not reaches(member, act, sender.office_id):
        raise _not_found()
    return found.delivered, found


def _not_found() -> NotFound:
    return NotFound("notice_not_found", "No existe esa notificación, o no es de tu entidad o de tu oficina.")
