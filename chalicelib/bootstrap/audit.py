"""What tells who looked at whose data."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.institution import office_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.services.audit.own_looks import OwnLookTools
from chalicelib.store.audit.look_log import LookLog


@made_once
def look_log(box: Container) -> LookLog:
    """Looks at people's data."""
    return LookLog(connection(box))


@made_once
def own_look_tools(box: Container) -> OwnLookTools:
    """What shows a mailbox's user who looked."""
    return OwnLookTools(
        look_log(box), mailbox_store(box), institution_store(box), office_store(box), box.mailbox_prefixes
    )
