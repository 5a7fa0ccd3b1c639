"""Agreements of institutions: how they begin, are held up, end and come back (INS-1, INS-2, INS-4)."""
