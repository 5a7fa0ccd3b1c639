"""The floor under a page of the list: a bare client's Query of the same rows, put into the same table by Jinja2.

It knows no types and computes nothing of what it shows: its rows are the values as they are stored. It stands alone,
and with the two calls that no page can leave out: whose session this is, and the mailbox with its counters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from jinja2 import Environment, PackageLoader


def _table() -> Any:
    """Return the page's own table, alone."""
    environment = Environment(autoescape=True, loader=PackageLoader("chalicelib.renderers", "templates/pages"))
    environment.filters["short_moment"] = str  # of another macro in the same file
    return environment.get_template("reading/_notices.html").make_module().notice_table  # type: ignore[attr-defined]


def bare_client() -> Any:
    """Return a client of DynamoDB that checks nothing."""
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
    client: Any = field(default_factory=bare_client)
    table: Any = field(default_factory=_table)

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
        return str(self.table([_row(json.loads(row["data"]["S"])) for row in rows], "Notificaciones pendientes"))

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


def _row(notice: dict[str, Any]) -> SimpleNamespace:
    """Take the cells as they are stored; of a dictionary, a template would look for attributes first, in vain."""
    document = notice["document"]
    return SimpleNamespace(
        address=notice["notice_id"],
        is_opened=False,
        year=notice["deposited_at"][:4],
        subject=document["subject"],
        office=document["office"],
        sender=notice["sender"]["name"],
        document_type=document["type"],
        document_number=document["number"],
        issued=document["issued_at"],
        issued_at=document["issued_at"],
        sent=notice["deposited_at"],
        sent_at=notice["deposited_at"],
        deadline=SimpleNamespace(urgency="calm", words=notice["deadline"]["ends_by"], left=""),
    )
