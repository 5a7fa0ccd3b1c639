"""Days of alerts in minutes: the real workers on moto, by a simulated clock; provider and platform fail."""
