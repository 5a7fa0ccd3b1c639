"""What all of the service's messages have in common: whom they come from, who helps, the portal, and their clock."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every message has in common.

    `sender` is the bare address e-mails come from and `sender_name` what is shown for it; `portal` is the portal's
    address as people type it; `zone` is the clock that hours are told by. `institution` signs; help is what whoever got
    a message by mistake is to tell.
    """

    sender: str
    portal: str
    zone: ZoneInfo
    institution: str
    help_email: str
    help_phone: str
    sender_name: str = "Casilla Electrónica"
