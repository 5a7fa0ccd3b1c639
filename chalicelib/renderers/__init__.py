"""Domain objects to bytes or text, without I/O beyond the package's own fonts and templates."""
