"""Read an application for a mailbox: everything that is wrong is told at once, beside its field (REG-2, REG-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from chalicelib.domain.access.authenticated_person import AuthenticatedPerson
from chalicelib.domain.contact import Phone, read_email_twice, read_mobile
from chalicelib.domain.errors import InvalidInput, collect, refusal_of
from chalicelib.domain.identity_document import read_document_number, split_dni
from chalicelib.domain.mailbox import AcceptedText, DocumentType, Power
from chalicelib.domain.registration.identity import CompanyClaim, PersonClaim, Sex
from chalicelib.domain.registration.representative import NamedRepresentative
from chalicelib.domain.typed import LONGEST_TYPED, compact, plain
from chalicelib.handlers.commands.access import read_captcha
from chalicelib.handlers.fields import Fields
from chalicelib.services.registration.start_registration import Application

_NO_PHONE = Phone("", is_mobile=False)
_MOST_TEXTS = 10


def read_application(fields: Fields, *, origin: str, now: datetime) -> Application:
    """Read an application, whose texts are accepted now and from this address; its problems are left to the service.

    Raises:
        InvalidInput: neither a person nor a company registers.

    """
    problems: list[InvalidInput] = []
    person, company = _object(fields, "person", problems), _object(fields, "company", problems)
    if (person is None) == (company is None) and not problems:
        fields.refuse("field_missing", "person", "o «company» es obligatorio: uno de los dos")
    claim = _person(person, problems) if person else _company(company, problems) if company else None
    address, number = _contact(fields, problems)
    nothing: tuple[AcceptedText, ...] = ()
    accepted = collect(problems, lambda: _accepted(fields, origin, now), nothing)
    captcha = collect(problems, lambda: read_captcha(fields), None)
    by_mail = collect(problems, lambda: fields.has("code_by_mail") and fields.flag("code_by_mail"), False)
    collect(problems, fields.close, None)
    if claim is None:
        raise refusal_of(problems)
    found = tuple(problems)
    return Application(
        claim=claim,
        email=address,
        phone=number,
        accepted=accepted,
        captcha=captcha,
        by_mail=by_mail,
        problems=found,
    )


def read_representative(fields: Fields) -> NamedRepresentative:
    """Read the representative of a company that has a mailbox, and the power; problems are left to the service.

    Raises:
        InvalidInput: one of both is not there at all.

    """
    problems: list[InvalidInput] = []
    person = _person(fields.object("representative"), problems)
    power = _power(fields.object("power"), problems)
    collect(problems, fields.close, None)
    return NamedRepresentative(person, power, tuple(problems))


def read_authenticated(fields: Fields, person: AuthenticatedPerson, accepted: tuple[AcceptedText, ...]) -> Application:
    """Read how somebody wants to be reached whom an identity provider authenticated; they accepted the texts before."""
    problems: list[InvalidInput] = []
    address, number = _contact(fields, problems)
    claim = PersonClaim(
        document_type=person.document_type,
        number=person.number,
        paternal_surname=person.surnames,
        given_names=person.given_names,
        authenticated_at=person.at,
    )
    return Application(claim=claim, email=address, phone=number, accepted=accepted, problems=tuple(problems))


def _contact(fields: Fields, problems: list[InvalidInput]) -> tuple[str, Phone]:
    """Read e-mail and mobile; what is missing is told once, and not also as malformed."""
    faults: list[InvalidInput] = []
    email, again, phone = _texts(fields, ("email", "email_again", "phone"), faults)
    unread = {fault.field for fault in faults}
    address, number = "", _NO_PHONE
    if fields.where("email") not in unread:
        again = email if fields.where("email_again") in unread else again
        twice = partial(read_email_twice, email, again, field="email", again_field="email_again")
        address = collect(faults, twice, "")
    if fields.where("phone") not in unread:
        mobile = collect(faults, partial(read_mobile, phone, field="phone"), "")
        number = Phone(mobile, is_mobile=True) if mobile else _NO_PHONE
    problems += faults
    return address, number


def _object(fields: Fields, name: str, faults: list[InvalidInput]) -> Fields | None:
    return collect(faults, lambda: fields.object(name), None) if fields.has(name) else None


def _person(fields: Fields, faults: list[InvalidInput]) -> PersonClaim:
    def text(name: str, *, is_optional: bool = False) -> str:
        return "" if is_optional and not fields.has(name) else _texts(fields, [name], faults)[0]

    document_type = collect(
        faults, lambda: fields.choice("document_type", _person_document, "DNI, CE, PASAPORTE"), DocumentType.DNI
    )
    typed, is_dni = text("number"), document_type is DocumentType.DNI
    claim = PersonClaim(
        document_type=document_type,
        number=read_document_number(document_type, typed),
        cui=compact(text("cui", is_optional=True)).upper() or split_dni(typed)[1],
        paternal_surname=text("paternal_surname", is_optional=True),
        maternal_surname=text("maternal_surname", is_optional=True),
        given_names=text("given_names"),
        birth_date=collect(faults, lambda: fields.day("birth_date", plain), date.min),
        sex=_sex(fields, faults) if is_dni or fields.has("sex") else None,
        issue_date=collect(faults, lambda: fields.day("issue_date", plain), None) if fields.has("issue_date") else None,
    )
    collect(faults, fields.close, None)
    return claim if is_dni else replace(claim, cui="", sex=None, issue_date=None)


def _sex(fields: Fields, faults: list[InvalidInput]) -> Sex:
    return collect(faults, lambda: fields.choice("sex", Sex, "F, M"), Sex.FEMALE)


def _company(fields: Fields, faults: list[InvalidInput]) -> CompanyClaim:
    ruc, name, district = _texts(fields, ("ruc", "legal_name", "district"), faults)
    person, power = _object(fields, "representative", faults), _object(fields, "power", faults)
    claim = CompanyClaim(
        ruc=read_document_number(DocumentType.RUC, ruc),
        legal_name=name,
        district=district,
        representative=None if person is None else _person(person, faults),
        power=None if power is None else _power(power, faults),
    )
    collect(faults, fields.close, None)
    return claim


def _power(fields: Fields, faults: list[InvalidInput]) -> Power:
    page, entry = _texts(fields, ("page", "entry"), faults)
    collect(faults, fields.close, None)
    return Power(page=page, entry=entry)


def _texts(fields: Fields, names: Iterable[str], faults: list[InvalidInput]) -> list[str]:
    return [collect(faults, partial(fields.typed, name, longest=LONGEST_TYPED), "") for name in names]


def _person_document(value: str) -> DocumentType:
    document_type = DocumentType(value)
    if document_type is DocumentType.RUC:
        raise ValueError(value)
    return document_type


def _accepted(fields: Fields, origin: str, now: datetime) -> tuple[AcceptedText, ...]:
    given = []
    for entry in fields.objects("accepted", most=_MOST_TEXTS):
        given.append(AcceptedText(entry.text("text", longest=20), entry.text("version", longest=20), now, origin))
        entry.close()
    return tuple(given)
