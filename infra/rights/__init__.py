"""What each function may do in AWS, held against what it was seen to do (`docs/adr/0050-rights.md`)."""
