"""What finding out who is logged in needs, which is part of every request of a person; and tokens, as sessions are."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, pepper
from chalicelib.services.access.drafts import DraftTools
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.access.token_store import TokenStore


@made_once
def session_store(box: Container) -> SessionStore:
    """Who is logged in."""
    return SessionStore(connection(box), pepper(box))


@made_once
def token_store(box: Container) -> TokenStore:
    """Codes, links and other things that count once."""
    return TokenStore(connection(box), pepper(box))


@made_once
def draft_tools(box: Container) -> DraftTools:
    """What keeps and seals drafts."""
    return DraftTools(token_store(box), pepper(box), box.chance.new_token)
