"""Send a letter to somebody of the staff: it goes by TLS or not at all, as everything about ways in does."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.errors import MessageRefused, TooManyRequests, Unavailable
from chalicelib.renderers.letters import Letter, render_letter
from chalicelib.services.institution.tools import StaffTools


def send_staff_letter(letter: Letter, to: str, *, tools: StaffTools, now: datetime) -> bool:
    """Send a letter to somebody of the staff; False where it was not taken, and what was done stands."""
    message = render_letter(letter, to, tools.letterhead, sent_at=now, key=tools.new_event_id())
    try:
        tools.mail.send(message, to, {"purpose": "access"})
    except (MessageRefused, TooManyRequests, Unavailable):
        return False
    return True
