"""What the desk needs."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files
from chalicelib.services.desk.tools import DeskTools
from chalicelib.store.desk.recovery_store import RecoveryStore


@made_once
def recovery_store(box: Container) -> RecoveryStore:
    """Passwords that officers restore."""
    return RecoveryStore(connection(box))


@made_once
def desk_tools(box: Container) -> DeskTools:
    """What restores a password at the desk."""
    return DeskTools(
        access=access_tools(box),
        recoveries=recovery_store(box),
        files=files(box),
        prefixes=box.mailbox_prefixes,
        clock=box.clock,
        new_event_id=box.chance.new_event_id,
    )
