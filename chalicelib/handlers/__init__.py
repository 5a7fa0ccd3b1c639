"""Lambda entry points: translate between the wire and the use cases, nothing else."""
