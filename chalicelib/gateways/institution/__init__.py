"""What the staff's way in asks of other services."""
