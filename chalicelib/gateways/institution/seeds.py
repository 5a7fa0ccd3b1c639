"""Seeds of one-time codes, encrypted by KMS: whoever copies the tables has none of them."""

from __future__ import annotations

import base64
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import Unavailable


class Seeds:
    """`client` is boto3's `kms`, `key` the key's ARN. Each seed is bound to whose it is.

    Raises `Unavailable`, `key_unavailable`, when KMS does not answer.
    """

    def __init__(self, client: Any, key: str) -> None:
        """Encrypt under one key."""
        self._client = client
        self._key = key

    def seal(self, seed: str, staff_id: str) -> str:
        """Encrypt a seed."""
        context = {"staff_id": staff_id}
        try:
            sealed = self._client.encrypt(KeyId=self._key, Plaintext=seed.encode(), EncryptionContext=context)
        except (ClientError, BotoCoreError) as error:
            raise _unavailable() from error
        return base64.b64encode(sealed["CiphertextBlob"]).decode()

    def open(self, sealed: str, staff_id: str) -> str:
        """Decrypt the seed of this person."""
        context, blob = {"staff_id": staff_id}, base64.b64decode(sealed)
        try:
            opened = self._client.decrypt(KeyId=self._key, CiphertextBlob=blob, EncryptionContext=context)
        except (ClientError, BotoCoreError) as error:
            raise _unavailable() from error
        return str(opened["Plaintext"].decode())

    def pretend(self) -> None:
        """Make a call as `open` does, where there is nobody whose seed to open."""
        self.seal("nobody", "nobody")


def _unavailable() -> Unavailable:
    return Unavailable("key_unavailable", "El servicio no responde. Intenta de nuevo en un momento.", retry_after=2)
