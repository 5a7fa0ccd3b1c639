"""Registering on the pages: the steps and their order, what is kept, what is told (REG-1 to REG-5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from hashlib import shake_256
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse

from app import app
from bench.ledger import ledger
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.registration import registration_store
from chalicelib.bootstrap.session import draft_tools
from chalicelib.bootstrap.storage import limit_store, mailbox_store
from chalicelib.config import Config
from chalicelib.domain.access.captcha import captcha_answer
from chalicelib.domain.contact import Phone
from chalicelib.domain.limit import Limit, Standing
from chalicelib.domain.registration.registration import LIFETIME, Registration, RegistrationState, refused
from chalicelib.domain.registration.registration_policy import (
    PROVEN_PER_DOCUMENT,
    UNCHECKED_PER_NETWORK,
    UNPROVEN_PER_NETWORK,
    registrations,
)
from chalicelib.handlers.cookies import DRAFT_COOKIE
from chalicelib.renderers.portal import portal
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.services.access.drafts import open_sealed
from chalicelib.store import tables
from infra.local.registries.server import Simulator, running
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import NOW, Clock, World, a_mailbox
from tests.person_world import People
from tests.registry_world import ACCESS, a_person
from tests.spent import spend

_CONTACT = {"phone": "987 654 321", "email": "rosa@ejemplo.pe", "email_again": "rosa@ejemplo.pe"}
HOSTILE = "\"><script>alert(1)</script>'"


def a_person_form(number: str = "99000001", **overrides: str) -> dict[str, str]:
    claim = a_person(number)
    typed = {"number": number, "cui": claim.cui, "paternal_surname": claim.paternal_surname}
    typed |= {"maternal_surname": claim.maternal_surname, "given_names": claim.given_names, "sex": "F"}
    return {**typed, "birth_date": "15/3/1990", "issue_date": "10-01-2020", **_CONTACT, **overrides}


def in_three_fields(typed: dict[str, str]) -> dict[str, str]:
    """Send each date as its page does; what is not `day/month/year` all goes into the first of its fields."""
    sent = dict(typed)
    for name in ("birth_date", "issue_date"):
        text = sent.pop(name, "")
        parts = text.split("/") if text.count("/") == 2 else [text, "", ""]
        sent |= {f"{name}_{part}": one for part, one in zip(("day", "month", "year"), parts, strict=True)}
    return sent


COMPANY = {
    "ruc": "20990000019",
    "legal_name": "Empresa de Prueba S.A.C.",
    "district": "Miraflores",
    **a_person_form(),
    "page": "11012345",
    "entry": "C00012",
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """Serve both registries."""
    with running(slow_seconds=0.1) as server:
        yield server


@dataclass
class Applicant(Browser):
    """A browser on its way through the registration."""

    @property
    def clock(self) -> Clock:
        return self.people.world.clock

    def accept(self, address: str) -> HTTPResponse:
        return self.submit(self.get(address), address, accepted="si")

    def fill(self, address: str, typed: dict[str, str]) -> HTTPResponse:
        return self.post(address, None, **in_three_fields(typed))

    def reach_form(self, person_type: str = "natural") -> str:
        self.accept("/registro/terminos")
        self.accept("/registro/privacidad")
        return str(self.post("/registro/tipo", person_type=person_type).headers["Location"])

    def reach_review(self, **overrides: str) -> HTTPResponse:
        form = self.reach_form()
        answer = self.fill(form, a_person_form(**overrides))
        assert answer.headers.get("Location") == "/registro/revisar", text_of(answer)
        return self.get("/registro/revisar")

    def register(self, number: str = "99000001") -> str:
        """Send everything; return the address of the page that asks for the code."""
        self.reach_review(number=number)
        answer = self.post("/registro/revisar")
        assert answer.status_code == 303, text_of(answer)
        return str(answer.headers["Location"])

    def spend(self, limit: Limit, *who: str) -> None:
        """Use up what an address or somebody may do in this window."""
        for _ in range(limit.limit):
            limits = limit_store(self.people.world.container)
            limits.tally(limit.key(*who), window_s=limit.window_s, now=self.clock())

    def code(self) -> str:
        return str(re.findall(r"Clave de validación: ([0-9A-Z]{6})", self.people.mails()[-1][1])[-1])

    def link(self) -> str:
        return str(re.findall(r"/verificar-correo/[\w-]+", self.people.mails()[-1][1])[-1])


@cache
def _container(config: Config) -> Container:
    """Keep one container: making an AWS client takes longer than most tests."""
    return Container(config, clock=Clock(), pause=lambda _: None)


@pytest.fixture
def applicant(aws: dict[str, str], simulator: Simulator) -> Iterator[Applicant]:
    registries = {"reniec_url": simulator.reniec_url, "sunat_url": simulator.sunat_url}
    registries["sunat_representatives_url"] = simulator.representatives_url
    access = {"registry_user": ACCESS.user_dni, "registry_ruc": ACCESS.institution_ruc}
    config = replace(Config.from_env(aws), **registries, **access)
    container = _container(config)
    clock = container.clock
    assert isinstance(clock, Clock)
    clock.now = NOW
    tables.bind(config, connection(container))
    simulator.asked.clear()
    with using(container):
        yield Applicant(People(World(container, Client(app), clock)))


def test_a_ruc_of_a_person_leads_to_the_form_with_the_dni(applicant: Applicant) -> None:
    form = applicant.reach_form("juridica")
    assert "Registrarme con mi DNI" not in text_of(applicant.get(form))

    answer = applicant.fill(form, {**COMPANY, "ruc": "10 99000001 3"})

    shown = text_of(answer)
    check_html(shown)
    assert answer.status_code == 422
    assert 'href="#ruc"' in shown
    assert "Un RUC que empieza con 10 es de una persona natural." in shown
    assert 'href="/registro/persona-natural">Registrarme con mi DNI</a>' in shown
    assert "Empresa de Prueba S.A.C." in shown  # what was typed stays
    assert "Persona Natural" in text_of(applicant.get("/registro/persona-natural"))
    assert applicant.get("/registro/revisar").headers["Location"].startswith("/registro/persona-")
    assert not list(tables.RegistrationItem.scan())


def test_a_person_registers_step_by_step(applicant: Applicant) -> None:
    assert applicant.get("/registro").headers["Location"] == "/registro/terminos"
    assert applicant.accept("/registro/terminos").headers["Location"] == "/registro/privacidad"
    assert applicant.accept("/registro/privacidad").headers["Location"] == "/registro/tipo"
    chosen = applicant.post("/registro/tipo", person_type="natural")
    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/registro/persona-natural")
    assert applicant.fill("/registro/persona-natural", a_person_form()).headers["Location"] == "/registro/revisar"
    shown = text_of(applicant.get("/registro/revisar"))
    assert all(text in shown for text in ("99000001", "Prueba", "15 de marzo de 1990", "Femenino", "rosa@ejemplo.pe"))
    assert all(f'Cambiar<span class="hidden"> {label}</span>' in shown for label in ("número de documento", "CUI"))
    assert applicant.people.world.client is not None
    assert not list(tables.RegistrationItem.scan())

    begun = applicant.post("/registro/revisar")

    assert begun.status_code == 303
    assert DRAFT_COOKIE not in applicant.cookies
    mail_page = begun.headers["Location"]
    assert "r***@ejemplo.pe" in text_of(applicant.get(mail_page))
    code = applicant.code()
    assert applicant.post(mail_page, code=f" {code[:3].lower()}-{code[3:]} ").headers["Location"] == mail_page
    done = text_of(applicant.get(mail_page))
    assert "Revisa tu correo" in done
    assert 'href="/ingresar"' in done
    assert applicant.people.tools.accounts.find("1-99000001") is not None


def test_where_many_register_a_captcha_comes_beside_the_button_and_nothing_typed_is_lost(applicant: Applicant) -> None:
    applicant.spend(UNCHECKED_PER_NETWORK, "127.0.0.1/32")
    assert 'name="captcha_id"' not in applicant.reach_review().body.decode()

    needed = applicant.post("/registro/revisar")
    wrong = applicant.submit(needed, "/registro/revisar", captcha="")
    [captcha_id] = re.findall(r'name="captcha_id" value="([^"]+)"', wrong.body.decode())
    answer = captcha_answer(applicant.people.tools.pepper, captcha_id)
    right = applicant.submit(wrong, "/registro/revisar", captcha=answer)

    assert [page.status_code for page in (needed, wrong, right)] == [422, 422, 303]
    assert all(
        text in text_of(needed) for text in ("99000001", "Escuchar el texto", "Prefiero recibir un código en mi correo")
    )


def test_who_cannot_read_the_picture_has_a_code_by_e_mail_in_its_place(applicant: Applicant) -> None:
    applicant.spend(UNCHECKED_PER_NETWORK, "127.0.0.1/32")
    applicant.reach_review()
    needed = applicant.post("/registro/revisar")

    answer = applicant.submit(needed, "/registro/revisar", by_mail="si")

    assert answer.status_code == 303
    mail_page = str(answer.headers["Location"])
    applicant.post(mail_page, code=applicant.code())
    assert applicant.people.tools.accounts.find("1-99000001") is not None


def test_a_company_registers_step_by_step(applicant: Applicant) -> None:
    form = applicant.reach_form("juridica")
    assert form == "/registro/persona-juridica"
    assert applicant.fill(form, COMPANY).headers["Location"] == "/registro/revisar"
    assert "Empresa de Prueba S.A.C." in text_of(applicant.get("/registro/revisar"))
    mail_page = applicant.post("/registro/revisar").headers["Location"]
    applicant.post(mail_page, code=applicant.code())
    assert applicant.people.tools.accounts.find("8-20990000019") is not None


@pytest.mark.parametrize("number", ["99000001", "99000003"])
def test_the_last_page_is_the_same_for_who_had_a_mailbox(applicant: Applicant, number: str) -> None:
    mailbox_store(applicant.people.world.container).put(a_mailbox("99000003"))
    mail_page = applicant.register(number)
    applicant.post(mail_page, code=applicant.code())
    shown = text_of(applicant.get(mail_page)).replace(mail_page, "…")
    assert "con tu usuario y la forma de ingresar" in shown
    assert number not in shown


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_step_comes_before_those_it_needs(applicant: Applicant, method: str) -> None:
    def led(address: str) -> str:
        answer = applicant.get(address) if method == "GET" else applicant.post(address)
        return str(answer.headers.get("Location", answer.status_code))

    steps = ["privacidad", "tipo", "persona-natural", "persona-juridica", "revisar"]
    assert {led(f"/registro/{step}") for step in steps} == {"/registro/terminos"}
    applicant.accept("/registro/terminos")
    assert {led(f"/registro/{step}") for step in steps[1:]} == {"/registro/privacidad"}
    applicant.accept("/registro/privacidad")
    assert {led(f"/registro/{step}") for step in steps[2:]} == {"/registro/tipo"}
    applicant.post("/registro/tipo", person_type="natural")
    assert led("/registro/revisar") == "/registro/persona-natural"


def test_the_obligations_are_shown_before_the_terms_are_accepted(applicant: Applicant) -> None:
    html = text_of(applicant.get("/registro/terminos"))
    obligations, button = html.index("Al aceptar, asumes estas obligaciones"), html.index(">Aceptar</button>")

    assert all(obligations < html.index(one) < button for one in portal().obligations)
    check_html(html)


def test_each_text_is_accepted_at_its_own_time_and_from_there(applicant: Applicant) -> None:
    applicant.accept("/registro/terminos")
    applicant.clock.advance(minutes=5)
    applicant.accept("/registro/privacidad")
    applicant.clock.advance(minutes=20)
    applicant.post("/registro/tipo", person_type="natural")
    applicant.fill("/registro/persona-natural", a_person_form())
    applicant.post("/registro/revisar")

    [item] = tables.RegistrationItem.scan()
    kept = {one["text"]: one for one in item.data["accepted"]}
    assert {text: one["version"] for text, one in kept.items()} == dict(portal_texts().current)
    assert kept["terms"]["accepted_at"] == NOW.isoformat()
    assert kept["privacy"]["accepted_at"] == (NOW + timedelta(minutes=5)).isoformat()
    assert all(one["origin"] for one in kept.values())


@pytest.mark.parametrize("address", ["/registro/terminos", "/registro/privacidad"])
def test_a_text_needs_its_tick_and_the_version_that_was_shown(applicant: Applicant, address: str) -> None:
    applicant.accept("/registro/terminos")
    page = applicant.get(address)
    unticked = applicant.submit(page, address)
    outdated = applicant.submit(page, address, accepted="si", version="2020-01")
    assert [unticked.status_code, outdated.status_code] == [422, 422]
    assert "marca la casilla" in text_of(unticked)
    assert "El texto cambió" in text_of(outdated)


def test_all_mistakes_are_told_at_once_and_what_was_typed_stays(applicant: Applicant) -> None:
    form = applicant.reach_form()
    typed = a_person_form(number="123", given_names="R2", phone="12", email_again="otra@ejemplo.pe", birth_date="ayer")
    typed |= {"cui": "", "sex": ""}

    answer = applicant.fill(form, typed)

    html = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Error: " in html
    assert re.findall(r'<li><a href="#(\w+)">', html) == [
        *("number", "given_names", "birth_date", "sex", "phone", "email_again", "cui")
    ]
    for name in ("number", "given_names", "phone", "email", "email_again"):
        assert f'name="{name}" type="{_type_of(name)}" value="{typed[name]}"' in html
    shown = dict(re.findall(r'name="(\w+_(?:day|month|year))" type="text" inputmode="numeric" value="([^"]*)"', html))
    assert list(shown.values()) == ["ayer", "", "", "10", "01", "2020"]
    assert "Completa «CUI»." in html
    assert "Elige una opción en «Sexo»." in html
    assert "El campo" not in html
    assert "person." not in html
    assert 'value="R2"' in text_of(applicant.get(form))


@pytest.mark.parametrize("person_type", ["natural", "juridica"])
def test_the_form_says_why_it_needs_a_mobile_and_a_landline_is_told_beside_it(
    applicant: Applicant, person_type: str
) -> None:
    form = applicant.reach_form(person_type)
    assert "La ley exige avisarte también por mensaje de texto, que no llega a un teléfono fijo" in text_of(
        applicant.get(form)
    )
    typed = a_person_form() if person_type == "natural" else COMPANY
    answer = applicant.fill(form, {**typed, "phone": "(01) 200-0001"})
    assert answer.status_code == 422
    assert "A un teléfono fijo no llegan los mensajes de texto" in text_of(answer)
    assert 'value="(01) 200-0001"' in text_of(answer)


def test_who_types_a_mobile_abroad_is_told_what_the_mailbox_will_lack(applicant: Applicant) -> None:
    shown = "A los celulares de ese país todavía no enviamos mensajes de texto."
    told = text_of(applicant.reach_review(phone="+34 612 345 678"))
    assert shown in told
    assert "mientras la casilla no tenga un celular del Perú, las entidades" in told
    assert shown not in text_of(applicant.reach_review(phone="987 654 321"))


def _type_of(name: str) -> str:
    return {"phone": "tel", "email": "email", "email_again": "email"}.get(name, "text")


@pytest.mark.parametrize("person_type", ["natural", "juridica"])
def test_an_empty_form_is_told_field_by_field(applicant: Applicant, person_type: str) -> None:
    html = text_of(applicant.post(applicant.reach_form(person_type)))
    told = re.findall(r'<li><a href="#\w+">([^<]+)</a>', html)
    assert len(told) == {"natural": 10, "juridica": 15}[person_type]
    assert all(re.fullmatch(r"(Completa|Elige una opción en) «[^»]+»\.", text) for text in told)
    named = re.findall(r'<li><a href="#(\w+)">', html)
    assert named == sorted(named, key=lambda name: html.index(f' id="{name}"'))


@pytest.mark.parametrize("name", ["given_names", "email", "phone", "number", "birth_date", "cui"])
def test_hostile_text_is_shown_as_text(applicant: Applicant, name: str) -> None:
    html = text_of(applicant.fill(applicant.reach_form(), {**a_person_form(), name: HOSTILE}))
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    check_html(html)


def test_a_text_too_long_is_told_and_signs_that_nobody_sees_are_left_out(applicant: Applicant) -> None:
    form = applicant.reach_form()
    html = text_of(applicant.fill(form, a_person_form(given_names="R" * 61, paternal_surname="\u200bPru\x07eba\ufeff")))
    assert re.findall(r'<li><a href="#(\w+)">([^<]+)</a>', html) == [
        ("given_names", "El nombre es demasiado largo: puede tener hasta 60 letras.")
    ]
    assert applicant.fill(form, a_person_form(given_names="R" * 50_000)).status_code == 422


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("number", "9900\u200b0001\u00a0"),
        ("number", "\uff19\uff19000001"),
        ("number", "99.000\u2013001"),
        ("birth_date", "27\u20113\u20111985"),
        ("birth_date", "\u200e27/03/1985"),
        ("phone", "987\u00a0654\u2011321"),
        ("given_names", "\ufeffRosa\u00a0"),
        ("email_again", "ROSA@ejemplo.pe"),
    ],
)
def test_what_people_paste_is_cleaned_before_it_is_judged(applicant: Applicant, name: str, typed: str) -> None:
    answer = applicant.fill(applicant.reach_form(), {**a_person_form(), name: typed})
    assert answer.status_code == 303, text_of(answer)


def test_the_check_character_may_stand_behind_the_number(applicant: Applicant) -> None:
    form = a_person_form()
    typed = {**form, "number": f"{form['number']}-{form['cui']}", "cui": ""}
    assert applicant.fill(applicant.reach_form(), typed).status_code == 303
    assert form["number"] in text_of(applicant.get("/registro/revisar"))

    wrong = next(sign for sign in "0123456789" if sign != form["cui"])
    html = text_of(applicant.fill(applicant.reach_form(), {**form, "number": f"{form['number']}-{wrong}"}))
    assert "El número de DNI no es correcto" in html


@pytest.mark.parametrize("typed", ["27/3/1985", "27-03-1985", "27 3 1985", "27031985", "27.3.1985", " 1985-03-27 "])
def test_dates_are_read_as_people_type_them(applicant: Applicant, typed: str) -> None:
    assert "27 de marzo de 1985" in text_of(applicant.reach_review(birth_date=typed))


@pytest.mark.parametrize(
    ("typed", "at", "told", "wrong"),
    [
        ("31/2/1990", "birth_date", "febrero de 1990 tiene 28 días", ["birth_date"]),
        ("27//1985", "birth_date_month", "falta el mes", ["birth_date_month"]),
        ("27/3/85", "birth_date_year", "el año tiene cuatro cifras, como 1985", ["birth_date_year"]),
        (
            "27/x/y",
            "birth_date_month",
            "escribe día, mes y año, como 27 3 1985",
            ["birth_date_month", "birth_date_year"],
        ),
    ],
)
def test_a_date_that_cannot_be_read_is_told_at_the_part_that_is_wrong(
    applicant: Applicant, typed: str, at: str, told: str, wrong: list[str]
) -> None:
    html = text_of(applicant.fill(applicant.reach_form(), a_person_form(birth_date=typed)))

    assert re.findall(r'<li><a href="#(\w+)">([^<]+)</a>', html) == [(at, f"«Fecha Nacimiento»: {told}.")]
    assert re.findall(r'<input id="(\w+)"[^>]* aria-invalid="true"', html) == wrong
    assert f'aria-describedby="birth_date-hint {at}-error"' in html
    check_html(html)


def test_a_day_to_come_marks_the_whole_date(applicant: Applicant) -> None:
    html = text_of(applicant.fill(applicant.reach_form(), a_person_form(birth_date="1/1/2199")))

    assert '<a href="#birth_date">La fecha de nacimiento debe ser anterior a hoy. Revisa el año.</a>' in html
    assert html.count('aria-invalid="true"') == 3


def test_a_date_typed_into_one_field_counts_as_pages_opened_before_send_it(applicant: Applicant) -> None:
    answer = applicant.post(applicant.reach_form(), None, **a_person_form(birth_date="27031985"))

    assert answer.headers["Location"] == "/registro/revisar"
    assert "27 de marzo de 1985" in text_of(applicant.get("/registro/revisar"))
    shown = text_of(applicant.get("/registro/persona-natural"))
    assert all(f'value="{part}"' in shown for part in ("27", "03", "1985"))


def test_what_the_registry_denies_comes_back_with_all_that_was_typed(applicant: Applicant) -> None:
    applicant.reach_review(given_names="Otra")

    answer = applicant.post("/registro/revisar")

    html = text_of(answer)
    assert answer.status_code == 422
    assert "no coinciden con los de RENIEC" in html
    assert 'value="Otra"' in html
    assert 'action="/registro/persona-natural"' in html
    assert applicant.people.mails() == []
    corrected = applicant.fill("/registro/persona-natural", a_person_form())
    assert corrected.headers["Location"] == "/registro/revisar"
    assert applicant.post("/registro/revisar").status_code == 303


def test_a_wait_is_told_and_nothing_typed_is_lost(applicant: Applicant) -> None:
    applicant.reach_review(given_names="Otra")
    spend(registrations(14), Standing.PROVEN, applicant.people.world)
    asked = applicant.post("/registro/revisar")
    assert 'name="captcha_id"' in text_of(asked)
    answer = applicant.submit(asked, "/registro/revisar")
    assert answer.status_code == 429
    assert "Ahora hay demasiados pedidos. Espera" in text_of(answer)
    assert "Otra" in text_of(answer)
    assert "Otra" in text_of(applicant.get("/registro/revisar"))


def test_a_form_sent_twice_begins_one_registration(applicant: Applicant) -> None:
    applicant.reach_review()
    kept = dict(applicant.cookies)
    first = applicant.post("/registro/revisar").headers["Location"]
    applicant.cookies.update(kept)
    second = applicant.post("/registro/revisar").headers["Location"]
    assert first == second
    assert len(list(tables.RegistrationItem.scan())) == 1
    assert len(applicant.people.mails()) == 1


def test_an_attempt_that_broke_off_can_be_made_again(applicant: Applicant) -> None:
    applicant.reach_review()
    _begin_and_break_off(applicant)
    mail_page = applicant.post("/registro/revisar").headers["Location"]
    waiting = text_of(applicant.get(mail_page))
    assert "Estamos comprobando tus datos" in waiting
    check_html(waiting)

    applicant.clock.advance(seconds=61)
    told = applicant.post("/registro/revisar")
    assert (told.status_code, "Elige «Registrar» otra vez" in text_of(told)) == (503, True)
    again = applicant.post("/registro/revisar")
    assert (again.status_code, again.headers["Location"] != mail_page) == (303, True)
    assert "Verificación de correo" in text_of(applicant.get(again.headers["Location"]))


def _begin_and_break_off(applicant: Applicant) -> str:
    """Leave a registration as it is when its process dies while the registry is asked."""
    box = applicant.people.world.container
    data = open_sealed(applicant.cookies[DRAFT_COOKIE], tools=draft_tools(box), now=applicant.clock())
    assert data is not None
    now = applicant.clock()
    begun = Registration(
        key=registration_store(box).key(data["registration_id"]),
        state=RegistrationState.DRAFT,
        email="rosa@ejemplo.pe",
        phone=Phone("+51987654321", is_mobile=True),
        accepted=(),
        started_at=now,
        expires_at=now + LIFETIME,
        person=a_person(),
    )
    registration_store(box).add(begun)
    return str(data["registration_id"])


def test_a_late_no_of_the_registry_is_told_with_what_to_do(applicant: Applicant) -> None:
    mail_page = applicant.register()
    registrations = registration_store(applicant.people.world.container)
    found = registrations.find(registrations.key(mail_page.rpartition("/")[2]))
    assert found is not None
    registrations.update(refused(found))
    html = text_of(applicant.get(mail_page))
    assert "no coinciden con los de RENIEC" in html
    assert "llama o escribe a la ayuda" in html
    check_html(html)


def test_until_it_is_sent_a_registration_leaves_nothing_with_us_and_makes_no_call(applicant: Applicant) -> None:
    form = applicant.reach_form()
    with ledger() as shown:
        applicant.get(form)
    with ledger() as sent:
        applicant.post(form)
    applicant.fill(form, a_person_form())
    assert shown.operations == sent.operations == []
    assert list(tables.TokenItem.scan()) == []


def test_the_longest_names_there_may_be_fit_into_the_cookie(applicant: Applicant) -> None:
    def letters(seed: str, count: int, of: str) -> str:
        """Return letters that do not compress."""
        return "".join(of[byte % len(of)] for byte in shake_256(seed.encode()).digest(count))

    fields = ("paternal_surname", "maternal_surname", "given_names")
    names = {name: letters(name, 60, "abcdefghijklmnñopqrstuvwxyzáéíóú") for name in fields}
    local = letters("local", 64, "abcdefghijklmnopqrstuvwxyz0123456789")
    email = f"{local}@{'.'.join([local[:60]] * 3)}.pe"
    applicant.reach_review(**names, email=email, email_again=email)

    assert len(f"{DRAFT_COOKIE}={applicant.cookies[DRAFT_COOKIE]}") < 4096 - 60


def test_nobody_forges_what_was_accepted_and_when(applicant: Applicant) -> None:
    applicant.accept("/registro/terminos")
    kept = applicant.cookies[DRAFT_COOKIE]
    for forged in (kept[:-4] + "AAAA", kept.partition(".")[2], "x" * 43 + "." + kept.partition(".")[2], "x" * 40):
        applicant.cookies[DRAFT_COOKIE] = forged
        assert applicant.get("/registro/privacidad").headers["Location"].startswith("/registro/terminos")
    applicant.cookies[DRAFT_COOKIE] = kept
    assert applicant.get("/registro/privacidad").status_code == 200


def test_past_the_networks_number_the_pages_have_the_address_proved_first(applicant: Applicant) -> None:
    applicant.spend(UNPROVEN_PER_NETWORK, "127.0.0.1/32")
    mail_page = applicant.register()
    shown = text_of(applicant.get(mail_page))
    link = text_of(applicant.get(applicant.link()))

    assert all(text in shown for text in ("Verificación de correo", "comparamos tus datos con lo que informa RENIEC"))
    assert "Después comparamos tus datos con lo que informa RENIEC" in link
    check_html(shown)
    applicant.post(mail_page, code=applicant.code())
    assert "con tu usuario y la forma de ingresar" in text_of(applicant.get(mail_page))


@pytest.mark.parametrize("by_link", [False, True])
def test_what_the_registry_denies_after_the_code_is_told_with_what_to_do(applicant: Applicant, by_link: bool) -> None:
    applicant.spend(UNPROVEN_PER_NETWORK, "127.0.0.1/32")
    applicant.reach_review(given_names="Otra")
    mail_page = str(applicant.post("/registro/revisar").headers["Location"])
    page = applicant.link() if by_link else mail_page
    denied = applicant.post(page) if by_link else applicant.post(page, code=applicant.code())

    assert denied.status_code == 422
    for shown in (text_of(denied), text_of(applicant.get(page))):
        assert "No pudimos confirmar tus datos" in shown
        assert "llama o escribe a la ayuda" in shown
        check_html(shown)


@pytest.mark.parametrize("by_link", [False, True])
def test_who_waits_for_tomorrow_is_told_what_happens_and_when(applicant: Applicant, by_link: bool) -> None:
    applicant.spend(UNPROVEN_PER_NETWORK, "127.0.0.1/32")
    mail_page = applicant.register()
    page = applicant.link() if by_link else mail_page
    applicant.spend(PROVEN_PER_DOCUMENT, "DNI", "99000001")
    shown = applicant.post(page) if by_link else applicant.post(page, code=applicant.code())
    assert shown.status_code == 303
    told = text_of(applicant.get(page))

    assert "Por ahora ya se hicieron todas las consultas que permite RENIEC" in told
    assert "preguntamos por ti desde el" in told
    assert "Tu correo ya está verificado" in told
    check_html(told)


def test_a_change_leads_back_to_the_summary(applicant: Applicant) -> None:
    shown = text_of(applicant.reach_review())
    assert 'href="/registro/persona-natural?desde=revisar#email"' in shown
    form = text_of(applicant.get("/registro/persona-natural?desde=revisar"))
    assert re.search('class="back"[^>]*><a href="/registro/revisar">', form)
    applicant.fill("/registro/persona-natural", a_person_form(phone="999111222"))
    assert "999111222" in text_of(applicant.get("/registro/revisar"))


def test_the_other_type_of_person_keeps_what_was_typed_for_the_first(applicant: Applicant) -> None:
    applicant.reach_review()
    applicant.post("/registro/tipo", person_type="juridica")
    assert applicant.get("/registro/revisar").headers["Location"] == "/registro/persona-juridica"
    applicant.post("/registro/tipo", person_type="natural")
    assert applicant.get("/registro/revisar").status_code == 200


def test_a_draft_ends_an_hour_after_its_last_step(applicant: Applicant) -> None:
    applicant.reach_review()
    applicant.clock.advance(minutes=60)
    assert applicant.get("/registro/revisar").status_code == 200
    applicant.clock.advance(seconds=1)
    lost = applicant.get("/registro/revisar").headers["Location"]
    assert "Pasó más de una hora" in text_of(applicant.get(lost))
    assert applicant.get("/registro/revisar").headers["Location"] == "/registro/terminos"


def test_a_cookie_that_opens_nothing_is_replaced(applicant: Applicant) -> None:
    applicant.cookies[DRAFT_COOKIE] = "known-to-somebody-else"
    applicant.accept("/registro/terminos")
    assert applicant.cookies[DRAFT_COOKIE] != "known-to-somebody-else"


def test_while_the_registry_does_not_answer_nothing_is_lost(
    applicant: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_people(), "99000001", {**_people()["99000001"], "answer": "down"})
    html = text_of(applicant.get(applicant.register()))
    assert "RENIEC no responde" in html
    assert "No perdiste nada" in html
    check_html(html)


def _people() -> dict[str, dict[str, Any]]:
    from infra.local.registries.answers import people  # noqa: PLC0415 - cached there; the test changes the cache

    return people()


def test_a_wrong_code_is_told_beside_its_field(applicant: Applicant) -> None:
    mail_page = applicant.register()
    wrong, empty = applicant.post(mail_page, code="222222"), applicant.post(mail_page, code=" ")
    assert [wrong.status_code, empty.status_code] == [422, 422]
    assert "te quedan 4 intentos" in text_of(wrong)
    assert '<a href="#code">Completa «Clave de validación».</a>' in text_of(empty)


def test_another_code_waits_a_minute_and_says_so(applicant: Applicant) -> None:
    mail_page = applicant.register()
    early = applicant.post(f"{mail_page}/reenviar")
    assert early.status_code == 429
    assert "Ya pediste este correo hace menos de 1 minuto" in text_of(early)
    assert early.headers["Retry-After"] == "60"
    applicant.clock.advance(seconds=61)
    sent = applicant.post(f"{mail_page}/reenviar")
    assert "Tienes una clave de validación en tu correo" in text_of(applicant.get(sent.headers["Location"]))
    assert len(applicant.people.mails()) == 2


def test_the_address_can_be_changed(applicant: Applicant) -> None:
    mail_page = applicant.register()
    typed = {"email": "otra@ejemplo.pe", "email_again": "otro@ejemplo.pe"}
    refused = applicant.fill(f"{mail_page}/cambiar", typed)
    assert refused.status_code == 422
    assert 'value="otra@ejemplo.pe"' in text_of(refused)
    changed = applicant.fill(f"{mail_page}/cambiar", {**typed, "email_again": "otra@ejemplo.pe"})
    html = text_of(applicant.get(changed.headers["Location"]))
    assert "o***@ejemplo.pe" in html
    assert applicant.people.mails()[-1][0] == "otra@ejemplo.pe"


def test_the_address_of_a_finished_registration_leads_back_to_its_page(applicant: Applicant) -> None:
    mail_page = applicant.register()
    applicant.post(mail_page, code=applicant.code())
    typed = {"email": "otra@ejemplo.pe", "email_again": "otra@ejemplo.pe"}
    answers = [applicant.get(f"{mail_page}/cambiar"), applicant.post(f"{mail_page}/cambiar", None, **typed)]
    assert {answer.headers["Location"] for answer in answers} == {mail_page}


def test_opening_the_link_verifies_nothing_and_its_button_does(applicant: Applicant) -> None:
    mail_page = applicant.register()
    link = applicant.link()
    applicant.cookies.clear()
    for _ in range(3):
        assert "Validar Correo" in text_of(applicant.get(link))
    assert "Verificación de correo" in text_of(applicant.get(mail_page))
    assert applicant.people.tools.accounts.find("1-99000001") is None

    assert applicant.post(link).headers["Location"] == link

    assert "Revisa tu correo" in text_of(applicant.get(link))
    assert applicant.people.tools.accounts.find("1-99000001") is not None
    sent = len(applicant.people.mails())
    applicant.post(link)
    assert len(applicant.people.mails()) == sent


def test_an_expired_link_says_so_and_sends_another(applicant: Applicant) -> None:
    applicant.register()
    link = applicant.link()
    applicant.clock.advance(minutes=31)
    assert "Este enlace venció" in text_of(applicant.get(link))
    assert applicant.post(link).headers["Location"] == link
    sent = applicant.post(f"{link}/reenviar")
    html = text_of(applicant.get(sent.headers["Location"]))
    assert "Tienes un correo más nuevo" in html
    assert "más reciente" in html
    check_html(html)
    assert "Validar Correo" in text_of(applicant.get(applicant.link()))


@pytest.mark.parametrize("path", ["", "/reenviar"])
def test_a_link_that_never_was_is_told_kindly(applicant: Applicant, path: str) -> None:
    answer = applicant.post(f"/verificar-correo/{'x' * 43}{path}")
    assert answer.status_code == 404
    assert "No encontramos tu registro" in text_of(answer)


@pytest.mark.parametrize("path", ["", "/reenviar", "/cambiar"])
def test_an_unknown_registration_is_told_kindly(applicant: Applicant, path: str) -> None:
    answer = applicant.post(f"/registro/correo/{'x' * 43}{path}", code="222222", email="a@b.pe", email_again="a@b.pe")
    assert answer.status_code == 404
    assert "No encontramos tu registro" in text_of(answer)


def test_without_registries_the_pages_say_so(applicant: Applicant) -> None:
    box = applicant.people.world.container
    with using(Container(replace(box.config, reniec_url=""), clock=box.clock)):
        answer = applicant.get("/registro/terminos")
        sent = applicant.post("/registro/revisar")
    assert [answer.status_code, sent.status_code] == [403, 403]
    assert "no está abierto" in text_of(answer)


def test_every_page_is_well_formed_in_every_state(applicant: Applicant) -> None:
    shown = [applicant.get(f"/registro/{step}") for step in ("terminos",)]
    applicant.accept("/registro/terminos")
    shown += [applicant.get("/registro/privacidad"), applicant.post("/registro/privacidad")]
    applicant.accept("/registro/privacidad")
    shown += [applicant.get("/registro/tipo"), applicant.post("/registro/tipo")]
    for person_type in ("juridica", "natural"):
        applicant.post("/registro/tipo", person_type=person_type)
        shown += [send(f"/registro/persona-{person_type}") for send in (applicant.get, applicant.post)]
    applicant.fill("/registro/persona-natural", a_person_form())
    shown.append(applicant.get("/registro/revisar"))
    mail_page = applicant.post("/registro/revisar").headers["Location"]
    shown += [applicant.get(mail_page), applicant.get(f"{mail_page}/cambiar"), applicant.post(f"{mail_page}/cambiar")]
    applicant.post(mail_page, code=applicant.code())
    shown.append(applicant.get(mail_page))
    for answer in shown:
        check_html(text_of(answer))
