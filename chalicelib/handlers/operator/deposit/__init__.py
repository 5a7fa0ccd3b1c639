"""Commands about deposits."""
