"""Tell a holder, and the coordinator of who looked, of looks at people's data."""
