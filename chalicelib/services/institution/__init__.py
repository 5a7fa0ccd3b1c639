"""What the staff of institutions and of the platform does."""
