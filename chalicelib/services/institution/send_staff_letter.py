"""Send a letter to somebody of the staff: it goes by TLS or not at all, as everything about ways in does."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.errors import MessageRefused, TooManyRequests, Unavailable
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.renderers.institution.staff_letters import access_changed_letter
from chalicelib.renderers.letters import Letter, render_letter
from chalicelib.services.institution.tools import StaffTools, place_of


def send_staff_letter(letter: Letter, to: str, *, tools: StaffTools, now: datetime) -> bool:
    """Send a letter to somebody of the staff; False where it was not taken, and what was done stands."""
    try:
        message = render_letter(letter, to, tools.letterhead, sent_at=now, key=tools.new_event_id())
        tools.mail.send(message, to, {"purpose": "access"})
    except (MessageRefused, TooManyRequests, Unavailable):
        return False
    return True


def tell_access_changed(what: str, member: StaffMember, *, tools: StaffTools, now: datetime) -> bool:
    """Tell somebody what became of their access, also where they did it themselves: it may have been a stranger."""
    try:
        institution = tools.institutions.find(member.institution_id)
    except Unavailable:  # what was done stands, and is told all the same
        institution = None
    letter = access_changed_letter(what, now, tools.letterhead, place=place_of(member.institution_id, institution))
    return send_staff_letter(letter, member.email, tools=tools, now=now)
