"""A simulated identity provider: OpenID Connect as ID Perú seems to speak it, on loopback alone."""
