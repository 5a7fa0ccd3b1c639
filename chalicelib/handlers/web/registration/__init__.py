"""People and companies register by themselves."""
