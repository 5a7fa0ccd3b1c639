"""Secrets Manager as a test needs it: one secret, which somebody changes while processes use it."""

from __future__ import annotations

from typing import Any


class KeptSecret:
    """A client of `secretsmanager`. `asked` counts the reads; with `error` each of them raises it."""

    def __init__(self, text: str) -> None:
        self.text, self.version, self.asked = text, 1, 0
        self.error: Exception | None = None

    def put(self, text: str) -> None:
        """Change it, as `put-secret-value` does: the same text is a new version as well."""
        self.text, self.version = text, self.version + 1

    def get_secret_value(self, **asked: Any) -> dict[str, str]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return {"ARN": asked["SecretId"], "SecretString": self.text, "VersionId": str(self.version)}
