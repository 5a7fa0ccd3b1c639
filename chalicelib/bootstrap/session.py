"""What finding out who is logged in needs: part of every request of a person."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import pepper
from chalicelib.store.access.session_store import SessionStore


@made_once
def session_store(box: Container) -> SessionStore:
    """Who is logged in."""
    return SessionStore(connection(box), pepper(box))
