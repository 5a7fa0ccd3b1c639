"""An office of an institution: a regional desk, a direction (INS-10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from chalicelib.domain.calendar import FilingRule
from chalicelib.domain.sender.institution import Institution


@dataclass(frozen=True, slots=True)
class Office:
    """Where officers work and notices are from. None of hours and region are those of the institution.

    `region` names the calendar's regional days that apply where it stands. `version` counts the changes; what was
    issued keeps the settings it was issued under.
    """

    office_id: str
    institution_id: str
    name: str
    address: str
    region: str | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    is_closed: bool = False
    """Nobody issues anything from it any more; what it issued stays."""
    version: int = 1
    filing_rule: FilingRule | None = None
    """Until when what is filed with it counts as of its own day; None: as with the institution."""


def as_office(institution: Institution, office: Office | None) -> Institution:
    """Return an institution as it acts by one of its offices: with that one's address, hours, region, filing rule."""
    if office is None:
        return institution
    has_hours = office.opens_at is not None and office.closes_at is not None
    return replace(
        institution,
        address=office.address,
        region=office.region or institution.region,
        opens_at=office.opens_at if has_hours else institution.opens_at,
        closes_at=office.closes_at if has_hours else institution.closes_at,
        filing_rule=office.filing_rule or institution.filing_rule,
    )
