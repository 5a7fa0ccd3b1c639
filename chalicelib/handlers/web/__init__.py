"""The portal's pages: HTML over the same use cases as the API."""
