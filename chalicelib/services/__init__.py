"""Use cases, one verb a file: functions whose keyword-only parameters are their dependencies."""
