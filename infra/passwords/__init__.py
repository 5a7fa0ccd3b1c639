"""The list of common passwords, words and names that no password may consist of."""
