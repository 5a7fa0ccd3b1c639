"""Who registers with a carné de extranjería: no registry answers for one, so somebody looks at it, at any level."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.registration import registration_store
from chalicelib.bootstrap.storage import event_store, limit_store, mailbox_store
from chalicelib.config import REGISTRATION_LEVELS
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.event import EventType
from chalicelib.domain.limit import Standing
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.masking import mask_document
from chalicelib.domain.registration.identity import Registry
from chalicelib.domain.registration.registration_policy import first_budget
from infra.local.registries.server import Simulator
from tests.deposit_world import a_mailbox
from tests.handlers.api.registration.test_impostors import BY, _site, held, listed, opened, register, run
from tests.handlers.api.registration.test_registration import (  # noqa: F401 - fixtures
    Site,
    a_company_form,
    a_form,
    simulator,
    site,
)
from tests.registry_world import a_person

NUMBER, MAILBOX = "001234567", "4-001234567"
STRANGER = {"email": "extrano@ejemplo.pe", "email_again": "extrano@ejemplo.pe"}


@pytest.fixture(params=REGISTRATION_LEVELS)
def leveled(aws: dict[str, str], simulator: Simulator, request: pytest.FixtureRequest) -> Iterator[Site]:  # noqa: F811
    """Yield an empty site whose bar stands at one of the levels."""
    yield from _site(aws, simulator, registration_level=request.param)


def foreigner(number: str = NUMBER, *, document_type: str = "CE", **typed: Any) -> dict[str, Any]:
    """Fill the form in as the holder of a carné does: no sex, no check character, no issue date."""
    person = {
        "document_type": document_type,
        "number": number,
        "paternal_surname": "  Ficción ",
        "maternal_surname": "",
        "given_names": "Anna   Maria",
        "birth_date": "1988-07-09",
    }
    return {**a_form(), "person": {name: value for name, value in (person | typed).items() if value}}


def test_the_holder_of_a_carne_waits_at_any_level_and_gets_in_once_somebody_saw_it(leveled: Site) -> None:
    told = register(leveled, foreigner())

    assert told["state"] == "awaiting_review"
    assert told["answer_until"] == "2026-03-17T04:59:59Z"  # five business days, to the last minute in Lima
    assert opened() == set()
    assert leveled.simulator.asked == []
    held_letter = leveled.mails[-1][1]
    for said in ("el número del documento", "los nombres y apellidos", "la fecha de nacimiento", "por ambos lados"):
        assert said in held_letter

    [waiting] = listed(leveled)
    assert (waiting["document_type"], waiting["document_number"], waiting["level"]) == (
        "CE",
        mask_document(NUMBER),
        "public",
    )
    assert waiting["unchecked"] == ["number", "names", "birth_date"]
    shown = run(leveled, f"registrations show {waiting['reference']} {BY}")[1]
    assert "Anna Maria Ficción, CE 001234567, nacimiento 09/07/1988" in shown
    assert "sexo" not in shown
    assert run(leveled, f"registrations approve {waiting['reference']} {BY}")[0] == 0

    mailbox = mailbox_store(leveled.container).find(MAILBOX)
    assert mailbox is not None
    assert mailbox.holder == Holder(DocumentType.CE, NUMBER, "Anna Maria Ficción")
    [user] = mailbox.users
    assert (user.name, user.document_type, user.document_number) == ("Anna Maria Ficción", DocumentType.CE, NUMBER)
    account = account_store(leveled.container).find(MAILBOX)
    assert account is not None
    assert account.name == "Anna Maria Ficción"
    assert f"Usuario: {MAILBOX}" in leveled.mails[-1][1]
    [event] = [
        one
        for one in event_store(leveled.container).list_for_subject(f"mailbox#{MAILBOX}")
        if one.type is EventType.MAILBOX_OPENED
    ]
    assert event.data["level"] == "reviewed"
    assert "operator: number, names, birth_date" in event.data["compared"]


def test_strangers_who_invent_a_carne_open_nothing_at_any_level(leveled: Site) -> None:
    for number in ("001234567", "009999999", "ABC123456789"):
        for names in ({}, {"given_names": "Otra"}):
            assert register(leveled, {**foreigner(number, **names), **STRANGER})["state"] == "awaiting_review"
            leveled.clock.advance(hours=25)
    assert opened() == set()

    register(leveled, foreigner())
    [mine] = [one for one in listed(leveled) if one["email"] == "r***@ejemplo.pe"]
    assert run(leveled, f"registrations approve {mine['reference']} {BY}")[0] == 0
    assert opened() == {MAILBOX}
    [other, _] = [one for one in listed(leveled) if one["document_number"] == mask_document(NUMBER)]
    assert other["has_mailbox"]
    assert run(leveled, f"registrations refuse {other['reference']} --because not-entitled {BY}")[0] == 0
    assert leveled.mails[-1][0] == "extrano@ejemplo.pe"
    assert opened() == {MAILBOX}


def test_whether_a_carne_has_a_mailbox_changes_no_answer_and_no_call(site: Site) -> None:  # noqa: F811
    answers, calls = [], []
    mailbox_store(site.container).put(a_mailbox(mailbox_id=MAILBOX, holder=Holder(DocumentType.CE, NUMBER, "X")))
    for number in ("009999999", "007654321", NUMBER):  # the first reads what a process reads once
        with ledger(0) as made:
            told = register(site, foreigner(number))
        calls.append(sorted(made.operations))
        answers.append({key: value for key, value in told.items() if key != "registration_id"})
        site.clock.advance(hours=25)

    assert calls[1] == calls[2]
    assert answers[1] | {"answer_until": ""} == answers[2] | {"answer_until": ""}


def test_approved_where_there_is_a_mailbox_leads_to_recovery(site: Site) -> None:  # noqa: F811
    mailbox_store(site.container).put(a_mailbox(mailbox_id=MAILBOX, holder=Holder(DocumentType.CE, NUMBER, "X")))
    register(site, foreigner())
    [waiting] = listed(site)

    assert run(site, f"registrations approve {waiting['reference']} {BY}")[0] == 0

    assert "¿Olvidaste tu contraseña?" in site.mails[-1][1]
    assert "Contraseña: " not in site.mails[-1][1]


@pytest.mark.usefixtures("site")
def test_what_is_not_asked_of_a_carne_is_not_kept(site: Site) -> None:  # noqa: F811
    form = foreigner(sex="F", cui="3", issue_date="2020-01-10")

    assert register(site, form)["state"] == "awaiting_review"

    [one] = held(site)
    assert one.person is not None
    assert (one.person.sex, one.person.cui, one.person.issue_date) == (None, "", None)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"number": "12345678"}, "document_number_invalid"),
        ({"number": "0012345678901"}, "document_number_invalid"),
        ({"number": "00123-Ñ567"}, "document_number_invalid"),
        ({"birth_date": "2027-01-01"}, "birth_date_invalid"),
        ({"given_names": "Анна"}, "name_invalid"),
        ({"paternal_surname": "李"}, "name_invalid"),
        ({"paternal_surname": "Ficción<br>"}, "name_invalid"),
        ({"paternal_surname": ""}, "name_invalid"),
    ],
)
def test_a_form_of_a_carne_is_checked_before_anything_is_kept(site: Site, typed: dict[str, str], code: str) -> None:  # noqa: F811
    answer = site.call("POST", "", foreigner(**typed))

    assert (answer.status_code, answer.json_body["code"]) == (422, code)
    assert site.mails == []


def test_a_number_typed_in_small_letters_and_groups_is_the_same_carne(site: Site) -> None:  # noqa: F811
    register(site, foreigner("abc 123-456.789"))

    assert held(site)[0].document == (DocumentType.CE, "ABC123456789")


def test_a_passport_opens_no_mailbox_of_its_own_and_says_why(site: Site) -> None:  # noqa: F811
    answer = site.call("POST", "", foreigner("XX12345", document_type="PASAPORTE"))

    assert (answer.status_code, answer.json_body["code"]) == (422, "document_type_not_taken")
    assert "carné de extranjería" in answer.json_body["detail"]
    assert site.mails == []


def test_a_registry_whose_day_is_spent_holds_up_no_carne(aws: dict[str, str], simulator: Simulator) -> None:  # noqa: F811
    for at in _site(aws, simulator, reniec_daily_quota="10"):
        budget, limits = first_budget(Registry.RENIEC, 10), limit_store(at.container)
        for number in range(20 * budget.total):
            with suppress(TooManyRequests):
                limits.draw(budget, Standing.PROVEN, by=str(number), now=at.clock())

        assert register(at, a_form("99000002"))["state"] == "awaiting_registry"
        assert register(at, foreigner())["state"] == "awaiting_review"


def test_many_about_one_carne_prove_the_e_mail_as_always_and_wait_for_no_registry(site: Site) -> None:  # noqa: F811
    for number in range(12):
        address = f"otra{number}@ejemplo.pe"
        told = register(site, {**foreigner(), "email": address, "email_again": address, "captcha": site.captcha()})
        assert told["state"] == "awaiting_review"
    assert site.simulator.asked == []


@pytest.mark.parametrize(("kind", "number"), [(DocumentType.CE, NUMBER), (DocumentType.PASSPORT, "XX12345")])
def test_a_representative_with_another_document_waits_as_any_that_no_registry_confirms(
    site: Site,  # noqa: F811
    kind: DocumentType,
    number: str,
) -> None:
    person = replace(a_person(), document_type=kind, number=number, cui="", sex=None, issue_date=None)

    told = register(site, a_company_form(representative=person))

    assert told["state"] == "awaiting_review"
    [one] = held(site)
    assert one.registries == (Registry.SUNAT,)
    assert one.assurance is not None
    assert one.assurance.unchecked[-3:] == (
        "representative.number",
        "representative.names",
        "representative.birth_date",
    )
    [waiting] = listed(site)
    assert run(site, f"registrations approve {waiting['reference']} {BY}")[0] == 0
    mailbox = mailbox_store(site.container).find("8-20990000019")
    assert mailbox is not None
    [user] = mailbox.users
    assert (user.document_type, user.document_number) == (kind, number)


def test_one_who_was_refused_may_register_again(site: Site) -> None:  # noqa: F811
    register(site, foreigner())
    [waiting] = listed(site)
    assert run(site, f"registrations refuse {waiting['reference']} --because differs {BY}")[0] == 0
    assert registration_store(site.container).find(waiting["key"]).state == "refused"  # type: ignore[union-attr]

    site.clock.advance(hours=1)
    assert register(site, foreigner())["state"] == "awaiting_review"
