"""Where outages are kept, and the board of those that pages show."""
