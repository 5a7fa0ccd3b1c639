"""How the receipt's fonts are made."""
