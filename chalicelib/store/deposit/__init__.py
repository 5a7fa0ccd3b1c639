"""A notice put into a mailbox, and what its sender reads of it."""
