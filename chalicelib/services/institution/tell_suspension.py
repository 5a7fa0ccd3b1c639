"""Tell by e-mail whoever has to know of a suspended reading: who may confirm it, and then the platform.

What was decided stands if no e-mail goes out: the page says it as well.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import PLATFORM, StaffMember, StaffRole
from chalicelib.domain.notice import Notice
from chalicelib.renderers.institution.staff_letters import reading_suspended_letter, suspension_asked_letter
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.services.institution.tools import StaffTools

_MOST_TOLD = 20


def tell_suspension_asked(notice: Notice, by: StaffMember, *, tools: StaffTools, now: datetime) -> int:
    """Tell those who may confirm, coordinators first, twenty at most; return how many were."""
    office_id = notice.sender.office_id
    able = [
        one
        for one in tools.staff.list_for_institution(by.institution_id)
        if one.document_number != by.document_number and reaches(one, Act.SUSPEND_READING, office_id)
    ]
    able.sort(key=lambda one: one.role is not StaffRole.COORDINATOR)
    address = f"{tools.portal_url}/entidad/enviadas/{notice.notice_id}/suspender"
    letter = suspension_asked_letter(address, notice.notice_id, by.name, tools.letterhead, place=notice.sender.name)
    return sum(send_staff_letter(letter, one.email, tools=tools, now=now) for one in able[:_MOST_TOLD])


def tell_reading_suspended(notice: Notice, by: StaffMember, *, tools: StaffTools, now: datetime) -> int:
    """Tell the platform's administrators; return how many were."""
    letter = reading_suspended_letter(notice.notice_id, by.name, now, tools.letterhead, place=notice.sender.name)
    able = [one for one in tools.staff.list_for_institution(PLATFORM) if reaches(one, Act.SEE_SUSPENSIONS, None)]
    return sum(send_staff_letter(letter, one.email, tools=tools, now=now) for one in able[:_MOST_TOLD])
