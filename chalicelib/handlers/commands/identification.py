"""Ways in by an identity provider: ask it, take its answer, get in."""

from __future__ import annotations

from chalicelib.bootstrap import current
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.identity_provider import identity_tools
from chalicelib.bootstrap.login_form import has_identity_provider
from chalicelib.domain.access.known_device import with_device
from chalicelib.domain.errors import NotFound
from chalicelib.handlers.commands.access import Entered, read_user
from chalicelib.handlers.fields import Fields
from chalicelib.handlers.log import log
from chalicelib.services.access.identify_person import (
    Begun,
    Identified,
    IdentityTools,
    ProviderAnswer,
    begin_identification,
    find_identified,
    finish_identification,
    not_begun,
)
from chalicelib.services.access.log_in import Entrance
from chalicelib.services.access.log_in_identified import Entry, list_entries, log_in_identified


def begin(back: str) -> Begun:
    """Return where the browser goes, and what it keeps."""
    return begin_identification(back, tools=_tools(), now=current().clock())


def take(answer: ProviderAnswer, sealed: str, *, origin: str) -> str:
    """Return, sealed, whom the provider authenticated."""
    return finish_identification(answer, sealed, origin=origin, tools=_tools(), now=current().clock())


def identified(sealed: str) -> Identified:
    """Return whom this browser's person was identified as.

    Raises:
        IdentityRefused: `identity_not_begun`.

    """
    found = find_identified(sealed, tools=_tools(), now=current().clock())
    if found is None:
        raise not_begun()
    return found


def entries_of(who: Identified) -> tuple[Entry, ...]:
    """Return the mailboxes of which somebody is a user."""
    return list_entries(who.person, tools=_tools(), now=current().clock())


def enter_as(who: Identified, fields: Fields, *, origin: str, former: str, device: str) -> Entered:
    """Log in; the session that a cookie from before opens ends."""
    box, username = current(), read_user(fields)
    fields.close()
    now = box.clock()
    proof = {"proof": "identity_provider", "acr": who.person.acr}
    entrance = Entrance(origin, device, former, proof, validated_at=who.person.at)
    logged_in = log_in_identified(who, username, entrance, tools=_tools(), now=now)
    if not logged_in.displaced.is_told:
        log().warning("session displaced, its owner could not be told")
    marks = with_device(pepper(box), device, username, box.chance.new_token(), now)
    return Entered(logged_in.opened, logged_in.displaced, marks)


def _tools() -> IdentityTools:
    """Return what all of them need.

    Raises:
        NotFound: `page_not_found`, where there is no provider.

    """
    box = current()
    if not has_identity_provider(box):
        raise NotFound("page_not_found", "Esta página no existe. Revisa si la dirección está bien escrita.")
    return identity_tools(box)
