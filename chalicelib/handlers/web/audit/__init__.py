"""Pages about who looked at whose data."""
