"""Pure types and rules: no I/O, no AWS, no clock, no environment."""
