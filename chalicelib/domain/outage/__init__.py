"""Outages that are announced: when the service does not work, from when until when, and what of it."""
