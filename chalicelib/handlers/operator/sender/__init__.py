"""The commands about institutions and their keys."""
