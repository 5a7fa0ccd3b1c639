"""The floor under a page of the list: a bare client's Query of the same rows, put into a table by Jinja2.

It knows no types and computes nothing of what it shows. It stands alone, and with the two calls that no page can leave
out: whose session this is, and the mailbox with its counters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from jinja2 import Environment

_PAGE = Environment(autoescape=True).from_string(
    """<!doctype html><html lang="es"><title>Pendientes por leer</title><table>
{%- for notice in notices %}
<tr>
<td><a href="/notificaciones/{{ notice.notice_id }}">{{ notice.sender.name }}</a></td>
<td>{{ notice.document.type }} {{ notice.document.number }}</td>
<td>{{ notice.document.subject }}</td>
<td>{{ notice.document.office }}</td>
<td>{{ notice.case_file.number }}</td>
<td>{{ notice.deposited_at }}</td>
<td>{{ notice.deadline.starts_by }}</td>
<td>{{ notice.deadline.ends_by }}</td>
<td>{{ notice.files | length - 1 }}</td>
</tr>
{%- endfor %}
</table></html>"""
)


def _client() -> Any:
    config = ClientConfig(parameter_validation=False, retries={"total_max_attempts": 4, "mode": "standard"})
    make: Any = boto3.client
    return make("dynamodb", config=config)


@dataclass(frozen=True, slots=True)
class ListFloor:
    """One bare client, and what it reads: a partition of the index by_reading, and whose session and mailbox."""

    partition: str
    limit: int
    session_id: str
    mailbox_id: str
    client: Any = field(default_factory=_client)

    def query(self) -> str:
        """Read the rows and write the page."""
        rows = self.client.query(
            TableName="notices_table",
            IndexName="by_reading",
            KeyConditionExpression="reading = :reading",
            ExpressionAttributeValues={":reading": {"S": self.partition}},
            ScanIndexForward=False,
            Limit=self.limit,
        )["Items"]
        return _PAGE.render(notices=[json.loads(row["data"]["S"]) for row in rows])

    def admitted_query(self) -> str:
        """Do the same after reading the session, and with the mailbox that tells the counters."""
        keys = [{"token": {"S": key}} for key in (f"session#{self.session_id}", f"ended#{self.session_id[:32]}")]
        wanted = {"tokens_table": {"Keys": keys, "ConsistentRead": True}}
        [session] = self.client.batch_get_item(RequestItems=wanted)["Responses"]["tokens_table"]
        key = {"mailbox_id": {"S": self.mailbox_id}}
        mailbox = self.client.get_item(TableName="mailboxes_table", Key=key, ConsistentRead=True)["Item"]
        for item in (session, mailbox):
            json.loads(item["data"]["S"])
        return self.query()
