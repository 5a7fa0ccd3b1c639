"""What searching a mailbox needs."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.services.reading.search_notices import SearchTools
from chalicelib.store.reading.notice_search_store import NoticeSearchStore


@made_once
def search_tools(box: Container) -> SearchTools:
    """Where it looks."""
    connection(box)
    return SearchTools(NoticeSearchStore(), mailbox_store(box), box.calendar.zone)
