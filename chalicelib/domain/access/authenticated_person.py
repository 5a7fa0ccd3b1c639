"""Whom an identity provider authenticated: what of its claims says who somebody is, and how that is read.

What ID Perú calls its claims is not public in full: `docs/registros.md` says what was seen and what is assumed. So the
names of the claims are configuration, and whoever cannot be read out of them is nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import InvalidInput, NotAuthenticated
from chalicelib.domain.identity_document import check_document_number
from chalicelib.domain.mailbox import DocumentType, Mailbox, MailboxUser

_PARTS = ("number", "type", "given_names", "surnames")
_CLAIM = re.compile(r"[A-Za-z0-9_:./-]{1,100}")
_DNI_WORDS = frozenset({"DNI", "1", "01"})
_LONGEST_NAME = 120


class IdentityRefused(NotAuthenticated):
    """What came back from the identity provider proves nobody's identity; every other way in stays open."""


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Which claim says what; empty where the provider has none of it. Without a type every document is a DNI."""

    number: str
    type: str = ""
    given_names: str = ""
    surnames: str = ""


@dataclass(frozen=True, slots=True)
class AuthenticatedPerson:
    """A person as the provider authenticated them, by which of its levels and when; names as far as it told them."""

    document_type: DocumentType
    number: str
    given_names: str
    surnames: str
    acr: str
    at: datetime

    @property
    def name(self) -> str:
        """Return the whole name; empty where the provider told none."""
        return " ".join(part for part in (self.given_names, self.surnames) if part)


def read_claim_names(text: str) -> ClaimNames:
    """Read `number=doc,given_names=first_name`, as configured.

    Raises:
        ValueError: not of this form, or no claim has the number.

    """
    pairs = [pair.partition("=")[::2] for pair in text.replace(" ", "").split(",") if pair]
    names = dict(pairs)
    if len(names) != len(pairs) or not names.keys() <= set(_PARTS) or "number" not in names:
        raise ValueError("claims are named like number=doc,given_names=first_name")
    if not all(_CLAIM.fullmatch(name) for name in names.values()):
        raise ValueError("claims are named like number=doc,given_names=first_name")
    return ClaimNames(**names)


def read_person(claims: Mapping[str, Any], names: ClaimNames, *, acr: str, at: datetime) -> AuthenticatedPerson:
    """Read who somebody is out of claims that were verified.

    Raises:
        IdentityRefused: `identity_document_unknown`: no document of a person that we know how to read.

    """
    kind = _text(claims, names.type)
    number = _text(claims, names.number)
    if kind and kind.upper() not in _DNI_WORDS:
        raise document_unknown()
    try:
        check_document_number(DocumentType.DNI, number, field="number")
    except InvalidInput:
        raise document_unknown() from None
    given_names, surnames = _name(claims, names.given_names), _name(claims, names.surnames)
    return AuthenticatedPerson(DocumentType.DNI, number, given_names, surnames, acr, at)


def has_document(claims: Mapping[str, Any], names: ClaimNames) -> bool:
    """Tell whether claims say at all which document somebody has; if not, userinfo may."""
    return bool(_text(claims, names.number))


def document_unknown() -> IdentityRefused:
    """Return the refusal of a person without a document that mailboxes go by."""
    detail = "No recibimos tu número de DNI. Ingresa con tu usuario y contraseña."
    return IdentityRefused("identity_document_unknown", detail)


def is_document_of(person: AuthenticatedPerson, mailbox: Mailbox, user: MailboxUser) -> bool:
    """Tell whether a user of a mailbox is this person: by the own document, type and number.

    The principal of a person's mailbox with none on record is its holder.
    """
    document = (user.document_type, user.document_number)
    if document == (None, "") and user.is_principal and mailbox.holder.document_type is not DocumentType.RUC:
        document = (mailbox.holder.document_type, mailbox.holder.document_number)
    return document == (person.document_type, person.number)


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim's text; a number is not one, since leading zeros would be gone."""
    value = claims.get(name) if name else None
    return value.strip(" ") if isinstance(value, str) and len(value) <= _LONGEST_NAME else ""


def _name(claims: Mapping[str, Any], name: str) -> str:
    text = unicodedata.normalize("NFC", _text(claims, name))
    return " ".join(text.split()) if text.isprintable() else ""
