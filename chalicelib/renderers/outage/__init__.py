"""What is said of outages, on pages and to operators."""
