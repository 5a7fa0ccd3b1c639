"""What institutions use in a month, what they owe for it, and whether it was paid."""
