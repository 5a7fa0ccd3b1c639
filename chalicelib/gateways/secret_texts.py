"""Secrets that AWS Secrets Manager keeps: read by ARN, once a process."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import Unavailable


class SecretTexts:
    """`client` is boto3's `secretsmanager`. What is read is remembered and never printed."""

    def __init__(self, client: Any) -> None:
        """Read with one client."""
        self._client = client
        self._read: dict[str, str] = {}

    def get(self, arn: str) -> str:
        """Return the secret's text.

        Raises:
            Unavailable: `secret_unavailable`; the next call asks again.

        """
        if arn not in self._read:
            try:
                self._read[arn] = str(self._client.get_secret_value(SecretId=arn)["SecretString"])
            except (ClientError, BotoCoreError) as error:
                raise Unavailable(
                    "secret_unavailable", "El servicio no responde. Intente de nuevo en un momento.", retry_after=2
                ) from error
        return self._read[arn]
