"""Who signs a request, and the proof of it."""
