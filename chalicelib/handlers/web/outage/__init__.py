"""The page of outages."""
