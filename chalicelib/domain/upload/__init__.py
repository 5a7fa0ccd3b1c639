"""Files sent ahead of a deposit, and the inspection of every file."""
