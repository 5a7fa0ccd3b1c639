"""Casilla: the electronic mailbox in which institutions deposit legally binding notices."""
