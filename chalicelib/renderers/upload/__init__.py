"""What is told of files sent ahead of a deposit."""
