"""Ways in: passwords, codes, links, captchas, sessions and their limits."""
