"""Looks at people's data in words, and lists of them as files."""
