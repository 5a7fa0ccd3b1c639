"""The commands about the calendar."""
