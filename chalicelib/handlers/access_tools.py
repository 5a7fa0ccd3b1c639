"""Make what access needs out of the container, once."""

from __future__ import annotations

from functools import cache

from chalicelib.bootstrap import Container
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.services.access.tools import AccessTools
from chalicelib.store.access.access_store import AccessStore
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.people_store import PeopleStore


@cache
def access_tools(box: Container) -> AccessTools:
    """Return the container's tools of access."""
    return AccessTools(
        access=AccessStore(box.connection, box.pepper),
        accounts=box.accounts,
        mailboxes=box.mailboxes,
        people=PeopleStore(box.connection, box.pepper),
        tokens=box.tokens,
        limits=box.limits,
        sessions=SessionStore(box.connection, box.pepper),
        events=box.events,
        hashing=PasswordHashing(),
        mail=box.channels.mail,
        letterhead=box.channels.letterhead,
        pepper=box.pepper,
        portal_url=box.config.portal_base_url or f"https://{box.config.portal_address}",
        clock=box.clock,
        new_secret=box.new_token,
        new_email_code=box.new_email_code,
        new_event_id=box.identifiers.new_event_id,
    )
