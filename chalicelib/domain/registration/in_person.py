"""A registration that an officer takes at a desk, from a form on paper (REG-8): who took it, and who else is on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.contact import is_same_email, read_email, read_mobile
from chalicelib.domain.errors import Forbidden, InvalidInput, refusals
from chalicelib.domain.identity_document import check_document_number
from chalicelib.domain.mailbox import MAX_USERS, DocumentType
from chalicelib.domain.official_name import check_person_name

MOST_OTHERS = MAX_USERS - 1
"""Users beside the principal one (S0: up to five on a form)."""
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskVisit:
    """Who took it where and when, and the scan of the signed form; `number` is of the officer's document.

    `scan_key` is where it lies in the documents bucket, with its type, hash and bytes.
    """

    institution_id: str
    office_id: str | None
    place: str
    staff_id: str
    number: str
    officer: str
    at: datetime
    scan_key: str
    scan_type: str
    scan_sha256: str
    scan_size: int
    form: str = ""
    """Marks what the form says, so that one that was filled in anew is not taken for it; empty of former ones."""

    def require_other(self, staff_id: str, number: str) -> None:
        """Have nobody decide about what they took themselves, also under a new enrolment.

        Raises:
            Forbidden: `registration_same_person`.

        """
        if self.staff_id == staff_id or self.number == number:
            detail = "La registraste tú: tiene que revisarla otra persona de tu entidad."
            raise Forbidden("registration_same_person", detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherUser:
    """One more person on the form, who activates the own access by e-mail; `mobile` is E.164."""

    document_type: DocumentType
    document_number: str
    name: str
    email: str
    mobile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedOther:
    """The same as typed, the number already read; `at` names the fields of its place on the form."""

    at: str
    document_type: str
    document_number: str
    name: str
    email: str
    mobile: str


def read_others(typed: Sequence[TypedOther]) -> tuple[tuple[OtherUser, ...], tuple[InvalidInput, ...]]:
    """Return the users that are right, and all that is wrong with the rest."""
    users: list[OtherUser] = []
    problems: list[InvalidInput] = []
    for one in typed:
        found = _problems(one)
        problems += found
        if not found:
            users.append(
                OtherUser(
                    document_type=DocumentType(one.document_type),
                    document_number=one.document_number,
                    name=one.name,
                    email=read_email(one.email, field="email"),
                    mobile=read_mobile(one.mobile, field="mobile"),
                )
            )
    return tuple(users), tuple(problems)


def clashes(
    others: Iterable[TypedOther], principal_number: str, holder_number: str, principal_email: str
) -> tuple[InvalidInput, ...]:
    """Return whose document or e-mail is another's on the form: each person has their own."""
    numbers, emails, found = {principal_number, holder_number}, [principal_email], []
    for one in others:
        if one.document_number in numbers:
            detail = "Ese documento ya está en el formato: cada usuario es otra persona."
            found.append(InvalidInput("document_taken", detail, field=f"{one.at}_number"))
        if any(is_same_email(one.email, email) for email in emails if email and one.email):
            detail = "Ese correo ya está en el formato: cada usuario tiene el suyo."
            found.append(InvalidInput("email_taken", detail, field=f"{one.at}_email"))
        numbers.add(one.document_number)
        emails.append(one.email)
    return tuple(found)


def _problems(one: TypedOther) -> tuple[InvalidInput, ...]:
    return refusals(
        partial(_check_document, one),
        partial(check_person_name, one.name, field=f"{one.at}_name", longest=LONGEST_NAME),
        partial(read_email, one.email, field=f"{one.at}_email"),
        partial(read_mobile, one.mobile, field=f"{one.at}_mobile"),
    )


def _check_document(one: TypedOther) -> None:
    kinds = {DocumentType.DNI.value, DocumentType.CE.value, DocumentType.PASSPORT.value}
    if one.document_type not in kinds:
        raise InvalidInput("field_choice", "Elige el tipo de documento.", field=f"{one.at}_document_type")
    check_document_number(DocumentType(one.document_type), one.document_number, field=f"{one.at}_number")
