"""The command about ways in: ending a user's sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.session import session_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.access.credentials import read_username
from chalicelib.handlers.operator.act import act_of
from chalicelib.handlers.operator.command import Told
from chalicelib.services.access.end_user_sessions import EndingTools, end_user_sessions

_ENDED = "Se cerraron todas las sesiones de ese usuario. Puede ingresar de nuevo con su contraseña."


def end_sessions(given: Mapping[str, Any]) -> Told:
    """End every session of one user."""
    box = current()
    tools = EndingTools(
        accounts=account_store(box),
        sessions=session_store(box),
        events=event_store(box),
        act=act_of(given),
    )
    end_user_sessions(read_username(given["user"]), tools)
    return Told(_ENDED, {"ended": True})
