"""What lies in the table of institutions beside them; no institution's id has a `#`."""

CALENDAR_KEY, CURRENT = "calendar#PE", "current"
"""What people entered of the calendar, and what of it is in force."""
SUSPENSIONS = "#suspensions"
"""Every reading that was suspended, for who administers the platform."""


def asked_suspensions_of(institution_id: str) -> str:
    """Return where requests that nobody confirmed or withdrew are listed, for the institution's own people."""
    return f"{SUSPENSIONS}#{institution_id}"


OPEN_AUDITS = "#open-audits"
"""Every list of looks that a job has still to make."""
OUTAGES, BOARD = "#outages", "board"
"""Every announcement, and those that pages show."""
RESTORE, HELD, CHECKED = "#restore", "hold", "check"
"""Whether jobs wait after a restore, and what the checker found last."""
