"""A coordinator asks for somebody's looks between two days, sees them, takes them along, and anybody verifies them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.domain.audit.audit import Span
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import Permission
from chalicelib.domain.registration.assurance import Source
from chalicelib.domain.registration.identity import Outcome
from chalicelib.gateways.files import Files
from chalicelib.renderers.audit.audit_rows import _FOUND, _REGISTRIES
from chalicelib.services.audit.ask_audit import MOST_OPEN, AuditWish, ask_audit
from chalicelib.services.audit.prepare_audits import prepare_audits
from tests.audit_world import AUDITS, LOOKED_AT, Coordinator, a_look
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import INSTITUTION_ID, KEY_ID, an_institution, put_institution
from tests.staff_world import Staff

FIRST = f"{AUDITS}/2026-000001"
AT_DESK = "Registro de una casilla en mesa de partes"


def words(page: HTTPResponse) -> str:
    html = text_of(page)
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def content(engine: Engine, coordinator: Coordinator, key: str) -> bytes:
    bucket = coordinator.staff.world.container.config.documents_bucket
    body: bytes = engine.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def rows_of(file: bytes) -> list[list[str]]:
    assert file.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_list_is_asked_for_made_shown_taken_along_and_verified(
    coordinator: Coordinator, browser: Browser, moto_engine: Engine
) -> None:
    coordinator.keep(*(a_look(number, occurred_at=LOOKED_AT + timedelta(seconds=number)) for number in range(60)))
    assert coordinator.ask() == FIRST
    assert "Se está preparando" in words(coordinator.browser.get(FIRST))
    report = coordinator.run()
    assert (report["made"], report["failed"], report["is_complete"]) == (1, 0, True)

    shown = words(coordinator.browser.get(FIRST))
    assert "60" in shown
    assert shown.count("Preguntó si tiene casilla") == 50
    assert "DNI 40000000" in shown
    [more] = re.findall(r'href="([^"]*desde=[^"]*)"', text_of(coordinator.browser.get(FIRST)))
    assert words(coordinator.browser.get(more)).count("Preguntó si tiene casilla") == 10
    assert "N.º 2026-000001" in words(coordinator.browser.get(AUDITS))

    made = coordinator.made("2026-000001")
    table = content(moto_engine, coordinator, made.csv.object_key)
    assert hashlib.sha256(table).hexdigest() == made.csv.sha256
    assert len(rows_of(table)) == 61
    paper = content(moto_engine, coordinator, made.pdf.object_key)
    assert (paper[:5], hashlib.sha256(paper).hexdigest()) == (b"%PDF-", made.pdf.sha256)
    for name, key in (("csv", made.csv.object_key), ("pdf", made.pdf.object_key)):
        assert key in coordinator.browser.get(f"{FIRST}/{name}").headers["Location"]

    public = words(browser.get(f"/verificar/{made.code}"))
    assert "Este servicio hizo esta relación" in public
    assert "Del 01/03/2026 al 08/03/2026" in public
    for hidden in ("40000000", coordinator.member.name, "Persona 100", "Queja de un administrado"):
        assert hidden not in public
    assert "exactamente el CSV" in words(browser.get(f"/verificar/{made.code}?sha256={made.csv.sha256}"))
    assert "exactamente el PDF" in words(browser.get(f"/verificar?sha256={made.pdf.sha256}"))
    assert "no es ninguno" in words(browser.get(f"/verificar/{made.code}?sha256={'0' * 64}"))


def test_asking_seeing_and_taking_are_events_with_their_reason(coordinator: Coordinator) -> None:
    coordinator.ask()
    coordinator.browser.get(FIRST)
    coordinator.run()
    coordinator.browser.get(FIRST)
    coordinator.browser.get(f"{FIRST}/csv")
    events = coordinator.events("2026-000001")

    assert {event.type for event in events} == {EventType.AUDIT_ASKED, EventType.AUDIT_MADE, EventType.AUDIT_SHOWN}
    shown = [event for event in events if event.type is EventType.AUDIT_SHOWN]
    assert len(shown) == 2
    assert {(one.actor, one.data["reason"], one.looker) for one in shown} == {
        (coordinator.member.actor, "Queja de un administrado", coordinator.member.actor)
    }


def test_days_are_the_countrys_and_whole(coordinator: Coordinator, moto_engine: Engine) -> None:
    """Lima is five hours behind: 05:00 UTC begins a day, and 04:59:59.999999 ends it."""
    at = [
        datetime(2026, 3, 1, 4, 59, 59, 999_999, UTC),
        datetime(2026, 3, 1, 5, 0, 0, 0, UTC),
        datetime(2026, 3, 9, 4, 59, 59, 999_999, UTC),
        datetime(2026, 3, 9, 5, 0, 0, 0, UTC),
    ]
    coordinator.keep(*(a_look(number, occurred_at=one) for number, one in enumerate(at)))
    coordinator.ask()
    coordinator.run()
    table = content(moto_engine, coordinator, coordinator.made("2026-000001").csv.object_key)

    assert [row[:2] for row in rows_of(table)[1:]] == [["01/03/2026", "00:00:00"], ["08/03/2026", "23:59:59"]]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"last_day_day": "9"}, "last_day"),  # today
        ({"last_day_day": "10"}, "last_day"),
        ({"last_day_day": "31", "last_day_month": "2"}, "last_day"),
        ({"first_day_day": "5", "first_day_month": "2"}, "first_day"),  # 32 days
        ({"first_day_day": "9"}, "first_day"),
        ({"first_day_day": ""}, "first_day"),
        ({"reason": "no"}, "reason"),
        ({"looker": ""}, "looker"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_takes_no_number(
    coordinator: Coordinator, typed: dict[str, str], field: str
) -> None:
    page = coordinator.browser.post(f"{AUDITS}/pedir", None, **coordinator.form(**typed))

    assert f'href="#{field}"' in text_of(page)
    assert 'value="2026"' in text_of(page)
    assert coordinator.ask() == FIRST


def test_thirty_one_days_are_the_most(coordinator: Coordinator) -> None:
    assert coordinator.ask(first_day_day="6", first_day_month="2") == FIRST


def test_whose_looks_are_asked_for_has_to_be_of_the_own_institution(coordinator: Coordinator) -> None:
    put_institution(coordinator.staff.world.container, an_institution(institution_id="otra-entidad"))
    other = coordinator.staff.member(institution_id="otra-entidad")
    for forged in (other.actor, "institution:otra-entidad:2026-1", "operator:rquispe", "staff:s999", "x" * 600):
        page = coordinator.browser.post(f"{AUDITS}/pedir", None, **coordinator.form(looker=forged))
        assert page.status_code == 404

    assert coordinator.ask(looker=f"institution:{INSTITUTION_ID}:{KEY_ID}") == FIRST


def test_another_institutions_list_is_not_there(coordinator: Coordinator) -> None:
    coordinator.ask()
    coordinator.run()
    put_institution(coordinator.staff.world.container, an_institution(institution_id="otra-entidad"))
    officer = coordinator.staff.member(institution_id="otra-entidad", permissions=(Permission.AUDIT,))
    browser = coordinator.staff.browser(officer)
    for address in (FIRST, f"{FIRST}/csv", f"{FIRST}/pdf"):
        assert browser.get(address).status_code == 404
    for address in (f"{AUDITS}/2026-000002", f"{AUDITS}/x", f"{FIRST}/x"):
        assert coordinator.browser.get(address).status_code == 404
    assert "todavía no pidió" in words(browser.get(AUDITS))
    assert len([one for one in coordinator.events("2026-000001") if one.type is EventType.AUDIT_SHOWN]) == 0


def test_who_left_can_still_be_asked_about(coordinator: Coordinator) -> None:
    gone = coordinator.staff.member()
    at = f"/entidad/equipo/{gone.staff_id}/quitar"
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text_of(coordinator.browser.get(at))))
    coordinator.browser.send(at, **{**hidden, "reason": "Ya no trabaja aquí"})
    shown = text_of(coordinator.browser.get(f"{AUDITS}/pedir"))

    assert f'value="{gone.actor}">{gone.name} (ya no está)<' in shown
    assert coordinator.ask(looker=gone.actor) == FIRST


def test_a_form_sent_twice_makes_one_list(coordinator: Coordinator) -> None:
    form = coordinator.form()
    led = [coordinator.browser.send(f"{AUDITS}/pedir", **form).headers["Location"] for _ in range(3)]

    assert led == [FIRST] * 3
    assert coordinator.ask() == f"{AUDITS}/2026-000002"


def test_one_filled_in_anew_after_going_back_is_not_taken_for_the_one_before(coordinator: Coordinator) -> None:
    form = coordinator.form()
    coordinator.browser.send(f"{AUDITS}/pedir", **form)

    shown = text_of(coordinator.browser.post(f"{AUDITS}/pedir", None, **{**form, "reason": "Otra razón"}))

    assert "ya se pidió la relación 2026-000001, con otros datos" in shown
    assert form["request_id"] not in shown
    assert coordinator.browser.send(f"{AUDITS}/pedir", **form).headers["Location"] == FIRST


def wish(request_id: str) -> AuditWish:
    day = datetime(2026, 3, 5, tzinfo=UTC).date()
    return AuditWish(request_id, "staff:s40000100", Span(day, day), "Una razón")


@pytest.mark.parametrize(
    ("ids", "numbers"), [(["a" * 32] * 8, {1}), ([f"{n:032x}" for n in range(8)], set(range(1, 9)))]
)
def test_eight_at_once_get_one_number_for_one_form_and_no_gap_between_many(
    coordinator: Coordinator, ids: list[str], numbers: set[int]
) -> None:
    signed_in = coordinator.staff.tools.sessions.find(
        coordinator.staff.enter(coordinator.member), coordinator.staff.world.clock.now
    )
    assert signed_in

    def ask(request_id: str) -> int:
        return ask_audit(wish(request_id), signed_in, origin="", tools=coordinator.tools).number

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, ids)) == numbers
    assert coordinator.run()["made"] == len(numbers)
    assert len(
        [e for n in numbers for e in coordinator.events(f"2026-{n:06d}") if e.type is EventType.AUDIT_ASKED]
    ) == len(numbers)


def test_what_fails_is_made_by_the_next_run_and_an_earlier_one_never_changes(
    coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator.ask()
    with monkeypatch.context() as patched:
        patched.setattr(Files, "put_document", _refuse)
        report = coordinator.run()
        assert (report["failed"], report["is_complete"]) == (1, False)
    coordinator.run()
    made = coordinator.made("2026-000001")
    assert coordinator.run()["made"] == 0
    audit = replace(coordinator.audit("2026-000001"), made=None)
    event = a_look(type=EventType.AUDIT_MADE)
    other = replace(made, count=99, code="x", pdf=replace(made.pdf, sha256="0" * 64))
    assert coordinator.tools.audits.finish(audit, other, event) is False
    assert coordinator.tools.audits.refuse(audit, event) is False
    assert coordinator.made("2026-000001") == made


class Killed(BaseException):
    """As when the process ends: no code of the job goes on."""


def test_one_that_kills_its_run_keeps_no_other_waiting_and_is_told_until_it_is_made(
    coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = coordinator.staff.world.clock
    deadly, other = (coordinator.ask(reason=f"Razón {number}").rpartition("/")[2] for number in (1, 2))
    put, tried = Files.put_document, []

    def kill(files: Files, key: str, *content: Any) -> None:
        if deadly in key:
            tried.append(key)
            raise Killed
        put(files, key, *content)

    def run() -> dict[str, Any]:
        clock.advance(minutes=2)
        return coordinator.run()

    with monkeypatch.context() as patched:
        patched.setattr(Files, "put_document", kill)
        for _ in range(3):
            with pytest.raises(Killed):
                run()
        assert coordinator.audit(other).is_open
        reports = [run() for _ in range(3)]
        assert [one["made"] for one in reports] == [1, 0, 0]
        assert {(one["failed"], one["given_up"], one["is_complete"]) for one in reports} == {(1, 1, False)}
        assert reports[-1]["oldest_waiting_s"] >= 12 * 60
        assert len(tried) == 3
        later = coordinator.ask(reason="Razón 3").rpartition("/")[2]
        clock.advance(minutes=30)
        with pytest.raises(Killed):
            coordinator.run()
        assert not coordinator.audit(later).is_open
    assert run()["failed"] == 1
    clock.advance(minutes=30)
    report = run()
    assert (report["made"], report["failed"], report["given_up"], report["is_complete"]) == (1, 0, 0, True)
    assert not coordinator.audit(deadly).is_open


def test_of_two_runs_one_begins_a_list_and_none_one_that_is_made(coordinator: Coordinator) -> None:
    coordinator.ask()
    audits, now = coordinator.tools.audits, coordinator.staff.world.clock()
    [one] = audits.list_open()
    assert audits.begin(one, now)
    assert not audits.begin(one, now)
    [again] = audits.list_open()
    assert (again.tries, again.tried_at) == (1, now)
    coordinator.run()
    assert not audits.begin(again, now)
    assert not audits.begin(one, now)
    assert audits.list_open() == ()


def _refuse(*_: Any) -> None:
    raise OSError("no disk")


def test_more_looks_than_a_list_holds_are_told_and_end(coordinator: Coordinator) -> None:
    coordinator.keep(*(a_look(number) for number in range(4)))
    coordinator.ask()
    report = prepare_audits(coordinator.tools, until=coordinator.staff.world.clock() + timedelta(minutes=4), most=3)
    assert (report.refused, report.made) == (1, 0)
    assert "Hay más de" in words(coordinator.browser.get(FIRST))
    assert coordinator.run()["refused"] == 0
    assert coordinator.browser.get(f"{FIRST}/csv").status_code == 404


def test_no_cell_is_a_formula_and_every_row_is_one_line(coordinator: Coordinator, moto_engine: Engine) -> None:
    hostile = ['=HYPERLINK("http://x";"y")', "+1+1", "-2", "@SUM(A1)", "\t=1", "\uff1d1", 'a";\r\n=1', "\u2028=1"]
    coordinator.keep(*(a_look(number, data={"reason": text}) for number, text in enumerate(hostile)))
    coordinator.ask()
    coordinator.run()
    file = content(moto_engine, coordinator, coordinator.made("2026-000001").csv.object_key)

    assert file.count(b"\r\n") == len(hostile) + 1
    for row in rows_of(file):
        assert len(row) == 7
        assert not [cell for cell in row if cell.lstrip().startswith(tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20"))]


def test_only_who_may_audit_sees_the_page(staff: Staff) -> None:
    allowed = staff.browser(staff.member(permissions=(Permission.AUDIT,)))
    refused = staff.browser(staff.member(permissions=(Permission.CONSULT, Permission.SEE_SENT, Permission.DEPOSIT)))

    assert "Auditoría" in text_of(allowed.get("/entidad"))
    assert allowed.get(AUDITS).status_code == 200
    assert "Auditoría" not in text_of(refused.get("/entidad"))
    assert refused.get(AUDITS).status_code == 403


KEY = "3f2a91bc77d0" + "e" * 52


def test_a_registration_is_named_by_its_reference_and_a_registry_with_what_it_said(
    coordinator: Coordinator, moto_engine: Engine
) -> None:
    of_registration = {"subject": f"registration#{KEY}"}
    consulted = {**of_registration, "type": EventType.REGISTRY_CONSULTED}
    desk = {"reason": "officer_registration"}
    coordinator.keep(
        a_look(1, **of_registration, type=EventType.REGISTRATION_SHOWN, data={"reason": "registration_review"}),
        a_look(2, **consulted, data={**desk, "registry": "reniec", "result": "mismatched"}),
        a_look(3, **consulted, data={**desk, "registry": "sunat_representatives", "result": "not_listed"}),
        a_look(4, **consulted, data={**desk, "registry": "=cmd", "result": "=cmd"}),
        a_look(5, data={"reason": "registration_review", "way": "registration", "result": "has_mailbox"}),
    )
    coordinator.ask()
    coordinator.run()
    shown = words(coordinator.browser.get(FIRST))
    rows = rows_of(content(moto_engine, coordinator, coordinator.made("2026-000001").csv.object_key))[1:]

    assert [row[2:6] for row in rows] == [
        ["Revisó un registro", "Registro 3F2A-91BC-77D0", "Revisión de un registro", "Se le respondió"],
        ["Consultó RENIEC", "Registro 3F2A-91BC-77D0", AT_DESK, "Los datos no coinciden"],
        ["Consultó los representantes en SUNAT", "Registro 3F2A-91BC-77D0", AT_DESK, "No figura como representante"],
        ["Consultó un registro de identidad", "Registro 3F2A-91BC-77D0", AT_DESK, "Se le respondió"],
        ["Preguntó si tiene casilla", "DNI 40000005", "Revisión de un registro", "Ya tiene casilla"],
    ]
    assert KEY not in shown
    assert "Consultó RENIEC" in shown


@pytest.mark.parametrize(("kind", "said"), [(Source, _REGISTRIES), (Outcome, _FOUND)])
def test_every_registry_and_what_it_may_say_has_words(kind: type[Source | Outcome], said: dict[str, str]) -> None:
    never = {Source.IDENTITY_PROVIDER, Source.OPERATOR, Outcome.NOT_CHECKED}
    assert {one.value for one in kind if one not in never} <= set(said)


def a_key_look(number: int, **data: str) -> Event:
    return a_look(number, actor=f"institution:{INSTITUTION_ID}:{KEY_ID}", data=data)


def test_the_looks_of_a_key_say_what_came_of_them(coordinator: Coordinator) -> None:
    coordinator.keep(a_key_look(1), a_key_look(2, way="deposit", refused="recipient_without_mailbox"))
    coordinator.ask(looker=f"institution:{INSTITUTION_ID}:{KEY_ID}")
    coordinator.run()
    shown = words(coordinator.browser.get(FIRST))

    for expected in (
        f"Clave {KEY_ID}",
        "Depósito que no se hizo",
        "No tiene casilla",
        "Se le respondió",
        "Depositar una",
    ):
        assert expected in shown


def test_a_list_of_yesterday_waits_until_all_of_it_can_be_found(coordinator: Coordinator) -> None:
    clock = coordinator.staff.world.clock
    zone = coordinator.tools.zone
    today = clock.now.astimezone(zone).date() + timedelta(days=1)
    clock.now = datetime.combine(today, time(0, 0, 30), zone)
    coordinator.browser = coordinator.staff.browser(coordinator.member)
    day = today - timedelta(days=1)
    first = {"first_day_day": f"{day.day}", "first_day_month": f"{day.month}", "first_day_year": f"{day.year}"}
    last = {"last_day_day": f"{day.day}", "last_day_month": f"{day.month}", "last_day_year": f"{day.year}"}
    reference = coordinator.ask(**first, **last).rpartition("/")[2]

    clock.now = datetime.combine(today, time(0, 14, 59), zone)
    report = coordinator.run()

    assert (report["early"], report["made"]) == (1, 0)
    assert coordinator.audit(reference).is_open
    clock.now = datetime.combine(today, time(0, 15), zone)
    assert coordinator.run()["made"] == 1


def test_an_institution_waits_for_twenty_lists_at_most_and_the_first_asked_is_the_first_made(
    coordinator: Coordinator,
) -> None:
    world = coordinator.staff.world
    for number in range(MOST_OPEN):
        world.clock.advance(seconds=1)
        reference = coordinator.ask().rpartition("/")[2]
        assert coordinator.audit(reference).number == number + 1
    answer = coordinator.browser.post(f"{AUDITS}/pedir", None, **coordinator.form())
    assert (answer.status_code, "ya espera 20 relaciones" in text_of(answer)) == (409, True)
    one = coordinator.audit(reference)
    world.clock.advance(seconds=1)
    other = replace(one, institution_id="a-otra", number=1, request_id="r" * 32, asked_at=world.clock())
    assert coordinator.tools.audits.add(other, coordinator.tools.event(EventType.AUDIT_ASKED, other, "staff:x"))
    found = [coordinator.tools.audits.find_open(one.key) for one in coordinator.tools.audits.list_open()]
    assert [audit and audit.number for audit in found] == [*range(1, MOST_OPEN + 1), 1]
    assert coordinator.run()["made"] == MOST_OPEN + 1
    assert coordinator.ask().endswith(f"{MOST_OPEN + 1:06d}")
