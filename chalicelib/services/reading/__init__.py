"""What a mailbox holds, for its users."""
