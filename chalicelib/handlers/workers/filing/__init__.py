"""Jobs that serve the filing window too."""
