"""Measurements of what a deposit costs, as ratios: method and caveats in README.md."""
