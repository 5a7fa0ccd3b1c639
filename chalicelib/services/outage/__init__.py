"""Announcing outages, ending them, and seeing them."""
