"""What finding out who is logged in needs, which is part of every request of a person; and tokens, as sessions are."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import aws_session, connection, pepper
from chalicelib.services.access.drafts import DraftTools
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.tables import connect

_PATIENCE_S = 0.5
"""How long a page that anybody may read waits for a connection, and again for an answer; then it is a stranger's."""


@made_once
def session_store(box: Container) -> SessionStore:
    """Who is logged in."""
    return SessionStore(connection(box), pepper(box))


@made_once
def impatient_session_store(box: Container) -> SessionStore:
    """The same for pages that anybody may read: they wait half a second to know who is inside, and ask once."""
    connection(box)  # which tells the tables' names
    return SessionStore(connect(aws_session(box), patience_s=_PATIENCE_S), pepper(box))


@made_once
def token_store(box: Container) -> TokenStore:
    """Codes, links and other things that count once."""
    return TokenStore(connection(box), pepper(box))


@made_once
def draft_tools(box: Container) -> DraftTools:
    """What keeps and seals drafts."""
    return DraftTools(token_store(box), pepper(box), box.chance.new_token)
