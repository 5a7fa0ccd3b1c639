"""Clients that an institution can copy, and the demonstration."""
