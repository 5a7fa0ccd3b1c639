"""The console's side of the filing window: what officers attend to, and what coordinators publish."""
