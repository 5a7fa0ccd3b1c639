"""The users of a mailbox, and their own data."""
