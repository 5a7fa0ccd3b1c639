"""The same cloud on a laptop and in tests."""
