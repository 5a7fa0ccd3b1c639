"""Looks at people's data, and the numbered lists of them."""
