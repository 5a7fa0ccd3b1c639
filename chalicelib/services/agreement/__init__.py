"""Use cases about agreements."""
