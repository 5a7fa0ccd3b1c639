"""What announcing outages needs, and what pages need to see them."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, new_client
from chalicelib.bootstrap.storage import event_store
from chalicelib.services.outage.see_outages import SeenBoard
from chalicelib.store.outage.board_view import BoardView
from chalicelib.store.outage.outage_store import OutageStore

_PATIENCE_S = 0.5
"""How long a page waits for a connection, and again for an answer, once a minute; then it goes out without."""


@made_once
def outage_store(box: Container) -> OutageStore:
    """Outages and their board."""
    return OutageStore(connection(box), event_store(box))


@made_once
def board_view(box: Container) -> BoardView:
    """The board as pages see it."""
    client = new_client(box, "dynamodb", retries=0, connect_s=_PATIENCE_S, read_s=_PATIENCE_S)
    return BoardView(client, box.config.institutions_table)


@made_once
def seen_board(_: Container) -> SeenBoard:
    """What this process remembers of it."""
    return SeenBoard()
