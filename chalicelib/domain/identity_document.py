"""Identity documents of holders: their formats, and the usernames made of type and number.

A RUC that begins with 10 belongs to the person whose DNI is in it: one holder, so one mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.mailbox import DocumentType, dni_in_ruc, ruc_with_dni

_FORMATS = {
    DocumentType.DNI: (re.compile(r"[0-9]{8}"), "8 dígitos"),
    DocumentType.RUC: (re.compile(r"[0-9]{11}"), "11 dígitos, y el último debe ser el verificador correcto"),
    DocumentType.CE: (re.compile(r"[A-Z0-9]{9,12}"), "de 9 a 12 letras o dígitos"),
    DocumentType.PASSPORT: (re.compile(r"[A-Z0-9]{5,12}"), "de 5 a 12 letras o dígitos"),
}


def check_document_number(document_type: DocumentType, number: str, *, field: str) -> None:
    """Check the format only; whether the document exists is the registry's to say.

    Raises:
        InvalidInput: `document_number_invalid`.

    """
    pattern, expected = _FORMATS[document_type]
    is_right = pattern.fullmatch(number) is not None
    if is_right and document_type is DocumentType.RUC:
        from stdnum.pe import ruc  # noqa: PLC0415 - heavy

        is_right = ruc.is_valid(number)
    if not is_right:
        raise InvalidInput(
            "document_number_invalid",
            f"El número de {document_type} no es correcto: debe tener {expected}.",
            field=field,
        )


def check_cui(number: str, cui: str, *, field: str) -> None:
    """Check the DNI's ninth character, a digit or the letter that some cards print in its place.

    It follows from the number: it catches a mistyped one and proves nothing about who types. A wrong number is left
    to `check_document_number`.

    Raises:
        InvalidInput: `cui_invalid`.

    """
    if _FORMATS[DocumentType.DNI][0].fullmatch(number) is None:
        return
    from stdnum.pe.cui import calc_check_digits  # noqa: PLC0415 - heavy

    if len(cui) != 1 or cui.upper() not in calc_check_digits(number):
        raise InvalidInput(
            "cui_invalid",
            "El código de verificación no corresponde al DNI: es el carácter que sigue al número, después del guion.",
            field=field,
        )


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
