"""Where what people entered of the calendar lies in the table of institutions."""

CALENDAR_KEY = "calendar#PE"
"""Hash key; no institution's id has a `#`."""
CURRENT = "current"
"""Sort key of what is in force."""
