"""What every page sees beside its own."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import new_client
from chalicelib.services.seen_by_pages import SeenByPages
from chalicelib.store.page_view import PageView

_PATIENCE_S = 0.5
"""How long a page waits for a connection, and again for an answer, once a minute; then it goes out without."""


@made_once
def page_view(box: Container) -> PageView:
    """The board as pages see it."""
    client = new_client(box, "dynamodb", retries=0, connect_s=_PATIENCE_S, read_s=_PATIENCE_S)
    return PageView(client, box.config.institutions_table)


@made_once
def seen_by_pages(_: Container) -> SeenByPages:
    """What this process remembers of it."""
    return SeenByPages()
