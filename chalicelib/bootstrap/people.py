"""What requests about own data need."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.aws import connection, pepper
from chalicelib.bootstrap.storage import calendar_store
from chalicelib.renderers.people.data_terms import data_terms
from chalicelib.renderers.people.mandatory_rules import mandatory_rules
from chalicelib.services.people.data_requests import DataRequestTools
from chalicelib.store.people.data_request_store import DataRequestStore


@made_once
def data_request_tools(box: Container) -> DataRequestTools:
    """Tools of access, where requests are, legal terms, and the calendar with what was entered of it."""
    return DataRequestTools(
        access=access_tools(box),
        requests=DataRequestStore(connection(box), pepper(box)),
        terms=data_terms(),
        rules=mandatory_rules(),
        local=box.calendar.local,
        calendar=lambda: box.calendar.with_entries(calendar_store(box).find()),
    )
