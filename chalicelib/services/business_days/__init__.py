"""What people enter of the calendar, each version kept; and the watch over its end."""
