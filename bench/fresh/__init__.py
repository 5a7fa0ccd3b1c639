"""Programs of a fresh interpreter, which finds a package's tree and these on its path, compiled, and nothing else.

Each reads what it is asked from its input by marshal, which costs nothing to load. Imports stand inside functions, so
that nothing is loaded that is not used.
"""
