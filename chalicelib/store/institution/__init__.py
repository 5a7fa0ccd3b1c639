"""The people of institutions and of the platform, and their sessions."""
