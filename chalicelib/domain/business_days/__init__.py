"""What people enter of the calendar, and how far it is known."""
