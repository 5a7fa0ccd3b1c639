"""Files that were damaged by chance, and whether their inspection ends, within bounds, in a verdict: `make fuzz`."""
