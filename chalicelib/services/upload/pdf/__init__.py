"""The inspection of PDFs: bounds before the parser, facts after it."""
