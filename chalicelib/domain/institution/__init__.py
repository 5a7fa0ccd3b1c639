"""Institutions' people and the platform's: who they are, what they may do, and how they get in."""
