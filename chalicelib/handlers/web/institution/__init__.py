"""Pages of the console: institutions, their people, and the platform."""
