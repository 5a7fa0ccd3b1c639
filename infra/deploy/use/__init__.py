"""The package deployed into a local engine that enforces its policies, and used as its clients do."""
