"""What all of the service's messages have in common: whom they come from, the portal, and the clock they tell."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chalicelib.renderers.alert.alert_sms import holds_portal


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every message has in common.

    `sender` is the bare address e-mails come from and `sender_name` what is shown for it; `portal` is the portal's
    address as people type it; `zone` is the clock that hours are told by.

    Raises:
        ValueError: the portal's address is so long, or so written, that no SMS of one part could hold it.

    """

    sender: str
    portal: str
    zone: ZoneInfo
    sender_name: str = "Casilla Electrónica"

    def __post_init__(self) -> None:
        """Find out at the start, not while sending."""
        if not holds_portal(self.portal, self.zone):
            raise ValueError(f"no SMS of one part can hold the portal's address {self.portal!r}")
