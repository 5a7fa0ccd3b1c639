"""What the commands about registrations under review say: as text, and for programs.

Whoever decides has to see who it is about, so one registration is shown whole, which is logged. The list masks them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.masking import mask_document, mask_email, mask_mobile, mask_name
from chalicelib.domain.registration.assurance import Assurance, Level
from chalicelib.domain.registration.identity import PersonClaim
from chalicelib.domain.registration.registration import Registration
from chalicelib.domain.registration.review import Review
from chalicelib.renderers.registration.review_letters import unchecked_in_words
from chalicelib.renderers.spanish import date_and_hour

_NONE = "Ninguna solicitud espera una decisión."
_WHOLE = "Quién es y qué escribió lo dice «registrations show», que deja registrado quién lo vio y por qué."
_LEVELS = {
    Level.PUBLIC: "público: cualquiera puede averiguar lo que coincidió, o algo no se comparó",
    Level.DOCUMENT: "documento: coincidió todo lo pedido, también lo que solo está en el documento",
    Level.AUTHENTICATED: "autenticado: ingresó con un proveedor de identidad",
    Level.REVIEWED: "revisado: alguien vio la prueba",
}


def list_text(reviews: Iterable[Review], zone: ZoneInfo, *, now: datetime, after: int | None) -> str:
    """Write a page of those that wait; `after` is how many to leave out for the next page, None after the last."""
    written = [_listed_text(one, zone, now) for one in reviews]
    if not written:
        return _NONE
    more = [] if after is None else [f"Hay más: registrations list --skip {after}"]
    return "\n\n".join([*written, _WHOLE, *more])


def review_text(review: Review, zone: ZoneInfo, *, now: datetime) -> str:
    """Write one, whole."""
    one = review.registration
    document_type, number = one.document
    rows = [
        ("Titular", f"{document_type} {number}, {one.registered_name or 'sin nombre confirmado'}"),
        *_person_rows(one),
        ("Correo verificado", one.email),
        *([("Celular", one.phone.e164)] if one.phone.e164 else []),
        *_standing_rows(review, zone, now),
    ]
    return _written(one, rows)


def list_json(reviews: Iterable[Review], *, after: int | None) -> dict[str, Any]:
    """Return a page of those that wait, masked."""
    return {"registrations": [_listed_json(one) for one in reviews], "skip": after}


def review_json(review: Review) -> dict[str, Any]:
    """Return one, whole."""
    one = review.registration
    return {
        **_listed_json(review),
        "document_number": one.document[1],
        "name": one.registered_name,
        "representative": one.representative_name,
        "email": one.email,
        "phone": one.phone.e164,
    }


def approved_text(ended: Registration) -> str:
    """Say what came of a yes."""
    if ended.opened_mailbox:
        return f"Solicitud {ended.reference}: se abrió la casilla. El usuario y la contraseña temporal van a su correo."
    return (
        f"Solicitud {ended.reference}: el titular ya tenía casilla y no se abrió otra. Por correo se le dijo cómo"
        " recuperar el acceso."
    )


def refused_text(ended: Registration) -> str:
    """Say what came of a no."""
    return f"Solicitud {ended.reference}: terminó sin casilla. Por correo se le dijo por qué y qué puede hacer."


def decided_json(ended: Registration) -> dict[str, Any]:
    """Return which one, and where it stands."""
    return {"reference": ended.reference, "state": ended.state.value, "opened_mailbox": ended.opened_mailbox}


def _listed_text(review: Review, zone: ZoneInfo, now: datetime) -> str:
    one = review.registration
    document_type, number = one.document
    name = mask_name(one.registered_name) or "sin nombre confirmado"
    rows = [
        ("Titular", f"{document_type} {mask_document(number)}, {name}"),
        ("Correo verificado", mask_email(one.email)),
        *_standing_rows(review, zone, now),
    ]
    return _written(one, rows)


def _listed_json(review: Review) -> dict[str, Any]:
    one = review.registration
    assurance = one.assurance or Assurance()
    return {
        **decided_json(one),
        "key": one.key,
        "document_type": one.document[0].value,
        "document_number": mask_document(one.document[1]),
        "name": mask_name(one.registered_name),
        "representative": mask_name(one.representative_name),
        "email": mask_email(one.email),
        "phone": mask_mobile(one.phone.e164) if one.phone.e164 else "",
        "level": assurance.level.value,
        "compared": [{"source": part.source.value, "fields": list(part.fields)} for part in assurance.compared],
        "unchecked": list(assurance.unchecked),
        "since": _instant(one.review_since),
        "until": _instant(one.review_until),
        "has_mailbox": review.has_mailbox,
    }


def _standing_rows(review: Review, zone: ZoneInfo, now: datetime) -> list[tuple[str, str]]:
    one = review.registration
    missing = unchecked_in_words(one)
    return [
        ("Nivel", _LEVELS[(one.assurance or Assurance()).level]),
        ("Sin confirmar", "; ".join(missing) if missing else "nada: el nivel que se exige es más alto"),
        ("Espera desde", _when(one.review_since, zone)),
        ("Se le dijo hasta", f"{_when(one.review_until, zone)}{_late(one.review_until, now)}"),
        *([("Casilla", "el titular ya tiene una")] if review.has_mailbox else []),
        *([("Otras", f"{review.others} más de esta lista son por el mismo documento")] if review.others else []),
    ]


def _written(one: Registration, rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join([f"Solicitud {one.reference}", *(f"  {name}: {value}" for name, value in rows)])


def _person_rows(one: Registration) -> list[tuple[str, str]]:
    company = one.company
    claim = one.person if company is None else company.representative
    rows = [] if claim is None else _claim_rows(claim, is_representative=company is not None)
    if company is not None and company.power is not None:
        rows.append(("Poder", f"partida {company.power.page}, asiento {company.power.entry} (declarado)"))
    return rows


def _claim_rows(claim: PersonClaim, *, is_representative: bool) -> list[tuple[str, str]]:
    issued = "" if claim.issue_date is None else f", emitido el {claim.issue_date:%d/%m/%Y}"
    who = "Representante" if is_representative else "Escribió"
    names, what = claim.typed_name, f"{claim.document_type} {claim.number}{issued}"
    if claim.authenticated_at is not None:
        return [("Se identificó", f"{names or 'sin nombre'}, {what}, con un proveedor de identidad")]
    born = "no consta" if claim.birth_date is None else f"{claim.birth_date:%d/%m/%Y}"
    sex = "" if claim.sex is None else f", sexo {claim.sex}"
    return [(who, f"{names}, {what}, nacimiento {born}{sex}")]


def _late(until: datetime | None, now: datetime) -> str:
    return " (ya pasó)" if until is not None and until < now else ""


def _when(instant: datetime | None, zone: ZoneInfo) -> str:
    return "no consta" if instant is None else date_and_hour(instant, zone)


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
