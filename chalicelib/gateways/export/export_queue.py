"""The queue that hands requests for files to their worker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import Unavailable


class ExportQueue:
    """One SQS queue; delivers at least once."""

    def __init__(self, client: Any, url: str) -> None:
        """Send to `url` with this SQS client."""
        self._client = client
        self._url = url

    def send(self, export_id: str) -> None:
        """Ask for a file to be prepared.

        Raises:
            Unavailable: `queue_unavailable`.

        """
        self.send_body({"export_id": export_id})

    def send_body(self, body: Mapping[str, str]) -> None:
        """Ask for what a message names.

        Raises:
            Unavailable: `queue_unavailable`.

        """
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(dict(body)))
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(
                "queue_unavailable", "No se pudo encargar el archivo. Inténtalo otra vez en un momento.", retry_after=2
            ) from error
