"""Deposits, openings and people in tables that are right, to plant damage in, and the checker that looks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.session import Session
from chalicelib.services.reading.open_notice import open_notice
from infra.restore.check import Checked, check_tables
from infra.restore.ledger import Ledger
from infra.restore.places import Places, places_of
from tests.cloud import Engine
from tests.deposit_world import World

Items = list[dict[str, Any]]
Snapshot = tuple[dict[str, Items], dict[str, bytes]]
"""Items by table, contents by key."""


def add_accounts(world: World) -> None:
    """Let the mailbox's users in."""
    mailbox = mailbox_store(world.container).find("1-40000002")
    assert mailbox is not None
    for user in mailbox.users:
        username = mailbox.username_of(user)
        account_store(world.container).add(Account(username, user.user_id, mailbox.mailbox_id, user.state, "hash"))


def open_as_its_user(world: World, notice_id: str) -> None:
    """Open a notice as the first of its mailbox's users."""
    name = "1-40000002"
    session = Session("", "", "u1", name, name, world.clock())
    tools = reading_tools(world.container)
    open_notice(session, tools.readings.find(notice_id), origin="192.0.2.1", tools=tools)


class RestoreWorld:
    """The tables of one world, by the raw items that damage is done to, and their documents."""

    def __init__(self, world: World, engine: Engine, environment: Mapping[str, str], folder: Path) -> None:
        """Look at a world's tables."""
        self.world = world
        self.places: Places = places_of(environment)
        self.dynamodb = engine.client("dynamodb")
        self.s3 = engine.client("s3")
        self.folder = folder
        connection(world.container)

    def items(self, table: str, places: Places | None = None) -> Items:
        """Return a table's items; `table` is the first part of its variable, in small letters."""
        found: Items = self.dynamodb.scan(TableName=self._name(table, places))["Items"]
        return found

    def put(self, table: str, item: dict[str, Any], places: Places | None = None) -> None:
        """Put an item as it is."""
        self.dynamodb.put_item(TableName=self._name(table, places), Item=item)

    def drop(
        self, table: str, which: Callable[[dict[str, Any]], bool] = lambda _: True, places: Places | None = None
    ) -> int:
        """Delete items, and return how many."""
        name = self._name(table, places)
        keys = [key["AttributeName"] for key in self.dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]]
        found = [item for item in self.items(table, places) if which(item)]
        for item in found:
            self.dynamodb.delete_item(TableName=name, Key={key: item[key] for key in keys})
        assert found, "nothing was there to be damaged"
        return len(found)

    def change(self, table: str, **attributes: str | None) -> None:
        """Give an attribute of the table's first item another text, or take it away."""
        item = self.items(table)[0]
        for name, value in attributes.items():
            assert name in item
            item.pop(name)
            if value is not None:
                item[name] = {"S": value}
        self.put(table, item)

    def check(self, places: Places | None = None, **more: Any) -> Checked:
        """Run the checker as the operator's program does."""
        ledger = Ledger(self.folder / "revision.sqlite")
        try:
            return check_tables(
                places or self.places,
                ledger,
                dynamodb=self.dynamodb,
                s3=self.s3,
                now=self.world.clock(),
                say=lambda _: None,
                **more,
            )
        finally:
            ledger.close()

    def snapshot(self) -> Snapshot:
        """Return all that there is, so that it is made once and put back by each test."""
        tables = {name: self.dynamodb.scan(TableName=name)["Items"] for name in self.places.tables.values()}
        listed = self.s3.list_objects_v2(Bucket=self.places.documents)["Contents"]
        keys = [item["Key"] for item in listed]
        objects = {key: self.s3.get_object(Bucket=self.places.documents, Key=key)["Body"].read() for key in keys}
        return tables, objects

    def put_back(self, snapshot: Snapshot) -> None:
        """Put what a snapshot has into empty tables and an empty bucket."""
        for name, items in snapshot[0].items():
            for item in items:
                self.dynamodb.put_item(TableName=name, Item=item)
        for key, content in snapshot[1].items():
            self.s3.put_object(Bucket=self.places.documents, Key=key, Body=content, ChecksumAlgorithm="SHA256")

    def file_key(self) -> str:
        """Return the key of a document that was notified."""
        return next(key for key in self._keys() if not key.endswith("constancia.pdf"))

    def receipt_key(self) -> str:
        """Return the key of a receipt."""
        return next(key for key in self._keys() if key.endswith("constancia.pdf"))

    def _keys(self) -> list[str]:
        page = self.s3.list_objects_v2(Bucket=self.places.documents, Prefix="notices/")
        return [str(item["Key"]) for item in page["Contents"]]

    def _name(self, table: str, places: Places | None) -> str:
        return (places or self.places).table(f"{table.upper()}_TABLE")
