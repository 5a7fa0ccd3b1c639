"""Measurements of what a deposit and a person's request cost, as ratios: method and caveats in README.md."""
