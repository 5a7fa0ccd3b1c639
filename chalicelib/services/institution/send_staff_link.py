"""Links by which staff set up an access, or restore a part of it: each names the person and the version it is of.

A link counts once, for three days, and only while the person is as they were when it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.access_secret import is_keyed_hash, keyed_hash
from chalicelib.domain.access.token import VALID_FOR, NewToken, TokenKind
from chalicelib.domain.errors import NotFound
from chalicelib.domain.institution.staff import StaffMember, StaffState
from chalicelib.domain.institution.staff_changes import Reset
from chalicelib.renderers.institution.staff_letters import invitation_letter, restored_letter
from chalicelib.renderers.letters import Letter
from chalicelib.services.institution.tools import StaffTools, place_of

_KIND = TokenKind.STAFF_LINK


@dataclass(frozen=True, slots=True)
class StaffLink:
    """A link to keep as `token` and to send as `letter`."""

    token: NewToken
    letter: Letter


class StaffLinkUnusable(NotFound):
    """The link was used, is too old, or is of somebody who is not invited any more."""


def new_staff_link(member: StaffMember, *, tools: StaffTools, now: datetime) -> StaffLink:
    """Make the link that an invited person's credentials ask for."""
    secret, until = tools.new_secret(), now + VALID_FOR[_KIND]
    address = f"{tools.portal_url}/entidad/activar/{secret}"
    data = {
        "institution_id": member.institution_id,
        "document_number": member.document_number,
        "of": keyed_hash(tools.pepper, *_bound(member)),
    }
    place = place_of(member.institution_id, tools.institutions.find(member.institution_id))
    own = member.credentials
    if own.password_hash is None and own.totp is None:
        letter = invitation_letter(address, until, tools.letterhead, place=place, username=member.username)
    else:
        lost = Reset.DEVICE if own.totp is None else Reset.PASSWORD
        letter = restored_letter(address, until, tools.letterhead, place=place, lost=lost)
    return StaffLink(NewToken(_KIND, secret, now, until, subject=member.staff_id, data=data), letter)


def open_staff_link(secret: str, *, tools: StaffTools, now: datetime) -> StaffMember:
    """Return whose link it is; nothing is used up.

    Raises:
        StaffLinkUnusable: `link_unusable`.

    """
    token = tools.tokens.find(_KIND, secret)
    data = {} if token is None or not token.is_valid_at(now) else token.data
    member = tools.staff.find(data["institution_id"], data["document_number"]) if data else None
    is_own = member is not None and is_keyed_hash(str(data["of"]), tools.pepper, *_bound(member))
    if member is None or not is_own or member.state is not StaffState.INVITED:
        detail = (
            "Este enlace ya se usó, venció o no es válido. Si aún no activaste tu acceso, pide otro a quien te"
            " inscribió: tu coordinador, o un administrador de la plataforma."
        )
        raise StaffLinkUnusable("link_unusable", detail)
    return member


def _bound(member: StaffMember) -> tuple[str, ...]:
    """Return what a link is bound to: whom it went to, what it sets up, and since when."""
    own, since = member.credentials, member.sessions_from
    known = (own.pending_totp, own.password_hash, own.totp, None if since is None else f"{since.timestamp()}")
    parts = (member.email, *(one or "" for one in known))
    return ("staff-link", member.staff_id, *parts)
