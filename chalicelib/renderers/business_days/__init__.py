"""What operators read of the calendar."""
