"""What an officer is shown of a registration: masked in the list, whole where one is compared with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.identity_document import called
from chalicelib.domain.mailbox import ChangeKind, Freeze
from chalicelib.domain.masking import mask_document, mask_email, mask_name
from chalicelib.domain.registration.assurance import Assurance, Source
from chalicelib.domain.registration.identity import PersonClaim
from chalicelib.domain.registration.registration import Registration
from chalicelib.domain.registration.review import ReviewRefusal
from chalicelib.domain.registration.taken import TakenEnd, typed_name
from chalicelib.renderers.registration.review_letters import field_in_words, unchecked_in_words
from chalicelib.renderers.spanish import date_in_words

SOURCES: Mapping[Source, str] = {
    Source.RENIEC: "RENIEC confirmó",
    Source.SUNAT: "SUNAT confirmó",
    Source.SUNAT_REPRESENTATIVES: "La lista de representantes de SUNAT confirmó",
    Source.IDENTITY_PROVIDER: "El proveedor de identidad confirmó",
    Source.OPERATOR: "Una persona comprobó",
}
REFUSALS: Mapping[ReviewRefusal, str] = {
    ReviewRefusal.NOT_SHOWN: "Nadie mostró el documento",
    ReviewRefusal.DIFFERS: "El documento no dice lo mismo",
    ReviewRefusal.NOT_ENTITLED: "Quien lo pidió no es el titular ni lo representa",
}

ENDS: Mapping[str, str] = {
    TakenEnd.EMAIL_WRONG: "El correo está mal escrito",
    TakenEnd.DATA_WRONG: "Otro dato está mal escrito",
    TakenEnd.WITHDRAWN: "La persona ya no quiere la casilla",
    TakenEnd.REPLACED: "El titular se registró otra vez",
}

CONTESTED: Mapping[ChangeKind, str] = {
    ChangeKind.EMAIL: "Otro correo",
    ChangeKind.PASSWORD: "Otra contraseña",
    ChangeKind.MOBILE: "Otro celular",
    ChangeKind.PRINCIPAL: "Traspaso a otro usuario principal",
    ChangeKind.CLOSING: "Pedido de cierre",
    ChangeKind.REOPENING: "Apertura otra vez",
    ChangeKind.REMOVAL: "Salida de un usuario",
    ChangeKind.DISABLING: "Usuario deshabilitado",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Who confirmed what, in words; `what` of nobody is what was not compared."""

    compared: tuple[tuple[str, str], ...]
    unchecked: tuple[str, ...]


def holder_masked(registration: Registration) -> str:
    """Return holder and name as a list shows them."""
    kind, number = registration.document
    name = mask_name(registration.registered_name or typed_name(registration))
    return ", ".join(part for part in (f"{called(kind)} {mask_document(number)}", name) if part)


def mailbox_masked(mailbox_id: str) -> str:
    """Return a mailbox's name as lists show it: `8-*** 009`."""
    prefix, _, number = mailbox_id.partition("-")
    return f"{prefix}-{mask_document(number)}"


def contested_rows(freeze: Freeze) -> list[tuple[str, datetime, str]]:
    """Return what was contested of a frozen mailbox: what, when it was changed, and which address was told, masked."""
    return [(CONTESTED[one.kind], one.changed_at, mask_email(one.former_email)) for one in freeze.contested]


def compared_in_words(registration: Registration) -> Compared:
    """Return what each source confirmed, and what nobody did."""
    assurance = registration.assurance or Assurance()
    compared = tuple(
        (SOURCES[one.source], ", ".join(field_in_words(field) for field in one.fields)) for one in assurance.compared
    )
    return Compared(compared, unchecked_in_words(registration))


def holder_rows(registration: Registration) -> list[tuple[str, str]]:
    """Return all that was typed of the holder and of the principal user, to be compared with a proof."""
    kind, number = registration.document
    company = registration.company
    rows = [("Titular", f"{called(kind)} {number}")]
    if registration.registered_name:
        rows.append(("Nombre que confirmó el registro", registration.registered_name))
    if company is not None:
        rows.append(("Razón social", company.legal_name))
        rows.append(("Distrito", company.district))
        if company.power is not None:
            rows.append(("Poder", f"Partida {company.power.page}, asiento {company.power.entry}"))
    claim = registration.person if company is None else company.representative
    if claim is not None:
        rows += _person_rows(claim, "Representante" if company is not None else "Nombres y apellidos")
    rows.append(("Correo verificado" if registration.is_proven else "Correo", registration.email))
    if registration.phone.e164:
        rows.append(("Celular", registration.phone.e164))
    return rows


def other_rows(registration: Registration) -> list[tuple[str, str]]:
    """Return the other users of a form on paper."""
    return [
        (
            f"Usuario {number}",
            f"{one.name}, {called(one.document_type)} {one.document_number}, {one.email}, {one.mobile}",
        )
        for number, one in enumerate(registration.others, 2)
    ]


def _person_rows(claim: PersonClaim, label: str) -> list[tuple[str, str]]:
    rows = [(label, claim.typed_name)]
    if label == "Representante":
        rows.append(("Su documento", f"{called(claim.document_type)} {claim.number}"))
    if claim.birth_date is not None:
        rows.append(("Nacimiento", date_in_words(claim.birth_date)))
    if claim.issue_date is not None:
        rows.append(("Documento emitido el", date_in_words(claim.issue_date)))
    return rows
