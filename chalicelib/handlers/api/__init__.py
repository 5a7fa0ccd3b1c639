"""JSON blueprints, one noun a file."""
