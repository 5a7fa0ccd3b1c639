"""Files put together for a person."""
