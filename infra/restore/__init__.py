"""What an operator restores by: tables under new names, the checker, and what brings lost deposits back."""
