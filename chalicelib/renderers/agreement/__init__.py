"""Agreements in words, on pages and in letters."""
