"""How the captcha's voices are made."""
