"""The people of institutions and of the platform, their sessions, and what panels count."""
