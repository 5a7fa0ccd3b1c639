"""Whom one can be in the local run: who has a mailbox, and whom the simulated registries know, with all to type."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from stdnum.pe.cui import calc_check_digits

from chalicelib.domain.mailbox import Mailbox, MailboxUser, UserState
from chalicelib.domain.typed import is_garbled
from infra.local.deliveries import BOUNCES
from infra.local.demo_staff import staff_codes
from infra.local.page_templates import fill
from infra.local.registries.answers import companies, people

_SEXES = {"F": "Femenino", "M": "Masculino"}
_MAY_NOT = {
    UserState.PENDING: "Todavía no activó su cuenta: no ingresa.",
    UserState.DISABLED: "Deshabilitado: no ingresa.",
}


def users(mailboxes: Iterable[Mailbox]) -> str:
    """List the mailboxes with their users, as markup."""
    return "".join(
        fill(
            "mailbox.html",
            {"users": "".join(_user(mailbox, user) for user in mailbox.users)},
            holder=mailbox.holder.name,
            document=f"{mailbox.holder.document_type.value} {mailbox.holder.document_number}",
            note=_note(mailbox, is_first=not index),
        )
        for index, mailbox in enumerate(mailboxes)
    )


def _note(mailbox: Mailbox, *, is_first: bool) -> str:
    """Say what a mailbox is good for: the demonstration's notices are in the first one, where `make demo` deposits."""
    if not mailbox.can_receive:
        return "Casilla deshabilitada: se puede mirar, y no recibe nada."
    if any(user.email.startswith(BOUNCES) for user in mailbox.users):
        return "Empieza sin notificaciones, y los correos que se le envían rebotan."
    return "Trae notificaciones, y aquí deposita «make demo»." if is_first else "Empieza sin notificaciones."


def welcome_line(mailbox: Mailbox, user: MailboxUser) -> str:
    """Say in one line who logs in by which username."""
    note = "" if mailbox.can_receive else " (casilla deshabilitada)"
    return f"{mailbox.username_of(user):24}{user.name}, {_role(user)} de {mailbox.holder.name}{note}"


def can_log_in(mailboxes: Iterable[Mailbox]) -> list[tuple[Mailbox, MailboxUser]]:
    """Return who is let in by the demonstration's password."""
    return [(mailbox, user) for mailbox in mailboxes for user in mailbox.users if user.state is UserState.ACTIVE]


def _user(mailbox: Mailbox, user: MailboxUser) -> str:
    return fill(
        "user.html",
        username=mailbox.username_of(user),
        name=user.name,
        role=_role(user),
        note=_MAY_NOT.get(user.state, ""),
    )


def staff(now: datetime) -> str:
    """List who works for an institution or the platform, each with what their device shows now."""
    return "".join(
        fill(
            "staff.html",
            username=demo.username,
            name=demo.name,
            role=f"{role} de {demo.institution_id}" if not demo.is_platform else role,
            note=f" {demo.note.capitalize()}." if demo.note else "",
            code=code,
            left=str(int(left.total_seconds())),
        )
        for demo, role, code, left in staff_codes(now)
    )


def _role(user: MailboxUser) -> str:
    return "usuario principal" if user.is_principal else "usuario secundario"


def registering_people() -> str:
    """List the people whom the registry confirms, each with all that the form asks for."""
    return "".join(_person(person) for person in people().values() if _is_confirmed(person))


def registering_companies() -> str:
    """List the companies that the registries confirm."""
    return "".join(_company(company) for company in companies().values() if _is_confirmed_company(company))


def other_people() -> str:
    """List the people whom the registry does not confirm, and what happens to them."""
    rest = [person for person in people().values() if not _is_confirmed(person)]
    return "".join(_other(_dni(person), _names(person), person["shows"]) for person in rest)


def other_companies() -> str:
    """List the companies that the registries do not confirm."""
    rest = [company for company in companies().values() if not _is_confirmed_company(company)]
    return "".join(_other(f"RUC {company['ruc']}", _place(company), company["shows"]) for company in rest)


def _is_confirmed(person: dict[str, Any]) -> bool:
    return "birth_date" in person


def _is_confirmed_company(company: dict[str, Any]) -> bool:
    return "representatives" in company


def _person(person: dict[str, Any]) -> str:
    return fill(
        "person.html",
        shows=person["shows"],
        name=_names(person),
        number=person["dni"],
        cui=_cui(person),
        issued=_date(person["issue_date"], "%d/%m/%Y"),
        first_surname=person["first_surname"] or "(vacío)",
        second_surname=person["second_surname"] or "(vacío)",
        given_names=person["given_names"],
        born=_date(person["birth_date"], "%Y%m%d"),
        sex=_SEXES[person["sex"]],
    )


def _company(company: dict[str, Any]) -> str:
    representative = people()[company["representatives"][0]]
    return fill(
        "company.html",
        shows=company["shows"],
        name=company["legal_name"],
        ruc=company["ruc"],
        district=company["district"],
        representative=_names(representative),
        dni=representative["dni"],
    )


def _names(person: dict[str, Any]) -> str:
    parts = (person.get(part, "") for part in ("given_names", "first_surname", "second_surname"))
    return " ".join(part for part in parts if part)


def _place(company: dict[str, Any]) -> str:
    return f"{company['legal_name']}, {company['district']}" if "legal_name" in company else ""


def _other(number: str, name: str, shows: str) -> str:
    """Name whoever has a name that can be typed; what of the others is typed makes no difference."""
    return fill("other.html", number=number, name="" if not name or is_garbled(name) else f"{name}. ", shows=shows)


def _dni(person: dict[str, Any]) -> str:
    return f"DNI {person['dni']}-{_cui(person)}"


def _cui(person: dict[str, Any]) -> str:
    """Return the check character that the form asks for: the digit of the two that a card may print."""
    return str(calc_check_digits(person["dni"]))[0]


def _date(text: str, form: str) -> str:
    """Write a date as the form shows it."""
    day = datetime.strptime(text, form)  # noqa: DTZ007 - a date alone
    return f"{day.day}/{day.month}/{day.year}"
