"""Who looked at whose data, when and why (INS-8)."""
