"""The commands about the staff."""
