"""What jobs do: each hands its records to a use case and reports what failed."""
