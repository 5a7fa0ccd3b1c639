"""Identity documents of holders: their formats, and the usernames made of type and number.

A RUC that begins with 10 belongs to the person whose DNI is in it: one holder, so one mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.mailbox import DocumentType, dni_in_ruc, ruc_with_dni
from chalicelib.domain.typed import compact, plain

_FORMATS = {
    DocumentType.DNI: (re.compile(r"[0-9]{8}"), "8 dígitos"),
    DocumentType.RUC: (re.compile(r"[0-9]{11}"), "11 dígitos"),
    DocumentType.CE: (re.compile(r"[A-Z0-9]{9,12}"), "de 9 a 12 letras o dígitos"),
    DocumentType.PASSPORT: (re.compile(r"[A-Z0-9]{5,12}"), "de 5 a 12 letras o dígitos"),
}

_SAID_BEFORE = {
    DocumentType.DNI: re.compile(r"(?:DNI:?)?(?:N(?:RO|UM|O)?[°:]*)?(?=[0-9])"),
    DocumentType.RUC: re.compile(r"(?:RUC:?)?(?:N(?:RO|UM|O)?[°:]*)?(?=[0-9])"),
}
"""What people copy along with a number that has digits alone: `DNI 40000002`, `D.N.I. N° 40000002`."""
_CARD_SAID_BEFORE = re.compile(r"C\.?E\.?[ :]+(?:N(?:RO|[O°])?[.: ]+)?(?=[0-9A-Z])")
"""A foreigner's card may itself begin with letters: only what stands apart from the number is none of it."""

_AS_USERNAME = re.compile(r"[0-9]{1,2}[ -]+[0-9]{8}\b")

_CALLED = {DocumentType.CE: "carné de extranjería", DocumentType.PASSPORT: "pasaporte"}
_RUC_BEGINNINGS = ("10", "15", "17", "20")


def called(document_type: DocumentType) -> str:
    """Return what a type of document is called before its number."""
    name = _CALLED.get(document_type, document_type.value)
    return name[:1].upper() + name[1:]


def read_document_number(document_type: DocumentType, typed: str) -> str:
    """Return a number as typed without blanks, dashes and dots, and a DNI's without the check character after it.

    The document's own name before it is left out. What else is there stays, to be refused: no number is guessed.
    """
    return split_dni(typed)[0] if document_type is DocumentType.DNI else _number_alone(document_type, typed)


def split_dni(typed: str) -> tuple[str, str]:
    """Return a DNI's number, and the check character if it was typed behind and is right: `40000002-3`.

    A whole username, `1-40000002`, is no number: its first eight digits may be another person's.
    """
    number = _number_alone(DocumentType.DNI, typed)
    if _AS_USERNAME.match(plain(typed)):
        return number, ""
    if re.fullmatch(r"[0-9]{8}[0-9A-Z]", number) and number[8] in _check_characters(number[:8]):
        return number[:8], number[8]
    return number, ""


def _number_alone(document_type: DocumentType, typed: str) -> str:
    if document_type is DocumentType.CE:
        typed = _CARD_SAID_BEFORE.sub("", plain(typed).upper(), count=1)
    number = compact(typed).upper()
    said = _SAID_BEFORE.get(document_type)
    found = None if said is None else said.match(number)
    return number[found.end() :] if found else number


def check_document_number(document_type: DocumentType, number: str, *, field: str) -> None:
    """Check the format only; whether the document exists is the registry's to say.

    Raises:
        InvalidInput: `document_number_invalid`.

    """
    pattern, expected = _FORMATS[document_type]
    wrong = ""
    if pattern.fullmatch(number) is None:
        wrong = f"debe tener {expected}"
        if document_type is DocumentType.DNI and re.fullmatch(r"[0-9]{8}[0-9A-Z]", number):
            wrong = f"{wrong}, sin nada antes. Después solo puede seguir su código de verificación, y este no lo es"
    elif document_type is DocumentType.RUC:
        from stdnum.pe import ruc  # noqa: PLC0415 - heavy

        if number[:2] not in _RUC_BEGINNINGS:
            wrong = f"un RUC empieza con {', '.join(_RUC_BEGINNINGS[:-1])} o {_RUC_BEGINNINGS[-1]}"
        elif not ruc.is_valid(number):
            wrong = "el último dígito no corresponde a los demás. Revisa cada uno"
    if wrong:
        detail = f"El número de {_CALLED.get(document_type, document_type)} no es correcto: {wrong}."
        raise InvalidInput("document_number_invalid", detail, field=field)


def check_cui(number: str, cui: str, *, field: str) -> None:
    """Check the DNI's ninth character, a digit or the letter that some cards print in its place.

    It follows from the number: it catches a mistyped one and proves nothing about who types. A wrong number is left
    to `check_document_number`.

    Raises:
        InvalidInput: `cui_invalid`.

    """
    if _FORMATS[DocumentType.DNI][0].fullmatch(number) is None:
        return
    if len(cui) != 1:
        detail = "Es un solo carácter: el que sigue al número en el DNI, después del guion."
    elif cui.upper() not in _check_characters(number):
        detail = "El código de verificación no corresponde al DNI: es el carácter que sigue al número y al guion."
    else:
        return
    raise InvalidInput("cui_invalid", detail, field=field)


def _check_characters(number: str) -> str:
    from stdnum.pe.cui import calc_check_digits  # noqa: PLC0415 - heavy

    return str(calc_check_digits(number))


def mailbox_id_for(document_type: DocumentType, number: str, prefixes: Mapping[DocumentType, str]) -> str:
    """Return the mailbox's username `type-number`; the type's prefix is configuration."""
    return f"{prefixes[document_type]}-{number}"


def mailboxes_of_holder(mailbox_id: str, prefixes: Mapping[DocumentType, str]) -> tuple[str, ...]:
    """Return all that one holder's mailbox can be called, the one that receives where both exist first.

    A person with a RUC of its own has two: by the DNI, then by the RUC. Everybody else has the one that was asked for.
    """
    prefix, _, number = mailbox_id.partition("-")
    dni = None
    if prefix == prefixes[DocumentType.RUC]:
        dni = dni_in_ruc(number)
    elif prefix == prefixes[DocumentType.DNI] and _FORMATS[DocumentType.DNI][0].fullmatch(number):
        dni = number
    if dni is None:
        return (mailbox_id,)
    return (
        mailbox_id_for(DocumentType.DNI, dni, prefixes),
        mailbox_id_for(DocumentType.RUC, ruc_with_dni(dni), prefixes),
    )


def other_mailbox_of_holder(mailbox_id: str, prefixes: Mapping[DocumentType, str]) -> str | None:
    """Return what else the holder's mailbox can be called, if there is anything."""
    return next((one for one in mailboxes_of_holder(mailbox_id, prefixes) if one != mailbox_id), None)


def parse_mailbox_id(mailbox_id: str, prefixes: Mapping[DocumentType, str]) -> tuple[DocumentType, str]:
    """Split a username into document type and number.

    Raises:
        InvalidInput: `mailbox_invalid` for an unknown prefix, `document_number_invalid` for a wrong number.

    """
    prefix, _, number = mailbox_id.partition("-")
    for document_type, known in prefixes.items():
        if prefix == known:
            check_document_number(document_type, number, field="mailbox_id")
            return document_type, number
    raise InvalidInput(
        "mailbox_invalid",
        "La casilla se escribe con el tipo y el número de documento, por ejemplo 1-40000002.",
        field="mailbox_id",
    )
