"""A queue as its worker sees it: when a message that it was given comes again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import Unavailable


class MessageQueue:
    """One SQS queue."""

    def __init__(self, client: Any, url: str) -> None:
        """Work on the queue at `url` with this SQS client."""
        self._client = client
        self._url = url

    def postpone(self, receipt_handle: str, wait: timedelta) -> None:
        """Have a message come again after `wait`, unless it is deleted before.

        Raises:
            Unavailable: `queue_unavailable`; it comes again when the queue's own time is over.

        """
        seconds = int(wait.total_seconds())
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )
        except (ClientError, BotoCoreError) as error:
            raise Unavailable("queue_unavailable", "La cola de trabajos no responde.") from error
