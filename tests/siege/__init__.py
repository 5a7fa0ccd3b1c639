"""What strangers do to the ways in, and whether the innocent still get in within three steps (ACC-9)."""
