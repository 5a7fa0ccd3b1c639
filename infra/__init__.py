"""What runs Casilla: the template, the packaging, the check of a deployed package, and the cloud on a laptop."""
