"""What operators read of institutions and keys."""
