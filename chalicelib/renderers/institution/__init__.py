"""What the staff gets: letters, and words of the console."""
