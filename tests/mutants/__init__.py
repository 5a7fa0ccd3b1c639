"""Defects planted one at a time: do the tests see each? `make mutants`."""
