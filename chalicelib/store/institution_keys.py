"""What lies in the table of institutions beside them; no institution's id has a `#`."""

CALENDAR_KEY, CURRENT = "calendar#PE", "current"
"""What people entered of the calendar, and what of it is in force."""
SUSPENSIONS = "#suspensions"
"""Every reading that was suspended, for who administers the platform."""
OUTAGES, BOARD = "#outages", "board"
"""Every announcement, and those that pages show."""
