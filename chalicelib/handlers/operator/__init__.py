"""The operator's commands: one function of its own, which no address leads to."""
