"""The coordinator's page of when filings count: what the rule means, its change, its history, and what is refused."""

from __future__ import annotations

import re
from datetime import time

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.institution import office_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.calendar import CountsUntil, FilingRule
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.sender.office import Office
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import INSTITUTION_ID
from tests.staff_world import Staff, csrf_of

BASE = "/entidad/oficinas"
OFFICE = Office("K7M3", INSTITUTION_ID, "Oficina Sur", "Jr. Ejemplo 4", opens_at=time(8), closes_at=time(16, 30))
PAGE, OF_INSTITUTION = f"{BASE}/K7M3/presentaciones", f"{BASE}/-/presentaciones"
NORM = "Ordenanza 001-2026 de ejemplo"
SUBJECT = f"institution#{INSTITUTION_ID}"


@pytest.fixture
def browser(staff: Staff) -> Browser:
    box = staff.world.container
    added = Event(SUBJECT, EventType.OFFICE_ADDED, staff.world.clock.now, "e-added", "staff:s1")
    office_store(box).add(OFFICE, added)
    return staff.browser(staff.member(StaffRole.COORDINATOR))


def send(browser: Browser, page: str, /, **fields: str) -> HTTPResponse:
    """Send the form as it is shown, a second later, and follow where that leads."""
    browser.people.world.clock.advance(seconds=1)
    shown = browser.get(page)
    version = re.findall(r'name="version" value="(\d+)"', text_of(shown))[0]
    answer = browser.send(page, **{"csrf": csrf_of(shown), "version": version, **fields})
    return browser._follow(answer)  # noqa: SLF001 - a field is called as its own parameter


def stored(staff: Staff) -> Office:
    found = office_store(staff.world.container).find(INSTITUTION_ID, "K7M3")
    assert found is not None
    return found


def last_change(staff: Staff) -> dict[str, str]:
    return event_store(staff.world.container).list_for_subject(SUBJECT)[-1].data


@pytest.mark.parametrize("page", [PAGE, OF_INSTITUTION])
def test_the_general_rule_is_told_with_examples_its_norm_and_the_warning(browser: Browser, page: str) -> None:
    shown = text_of(browser.get(page))
    check_html(shown)
    assert "Lo que llega hasta las 23:59 de un día hábil cuenta como presentado ese día" in shown
    assert shown.count("Por ejemplo, lo que llegue el ") == 2
    assert "barrera burocrática ilegal" in shown
    assert "INDECOPI, Res. 0518-2024/SEL" in shown
    assert 'value="general" checked' in shown


def test_a_norm_that_was_pasted_is_cleaned_and_not_refused(staff: Staff, browser: Browser) -> None:
    send(browser, PAGE, counts_until="closing", norm=f"\ufeff{NORM}\u200b")
    assert stored(staff).filing_rule == FilingRule(CountsUntil.CLOSING, NORM, 2)


def test_an_office_gets_a_rule_of_its_own_and_its_history_keeps_both(staff: Staff, browser: Browser) -> None:
    led = send(browser, PAGE, counts_until="closing", norm=NORM)
    assert led.headers["Location"] == f"{PAGE}?hecho=guardada"
    rule = FilingRule(CountsUntil.CLOSING, NORM, 2)
    assert (stored(staff).filing_rule, stored(staff).version) == (rule, 2)
    assert last_change(staff)["change"] == f"filing_rule: none → closing ({NORM})"
    shown = text_of(browser.get(led.headers["Location"]))
    check_html(shown)
    assert "Guardamos la regla" in shown
    assert "Lo que llega hasta las 16:30 de un día hábil" in shown
    assert "consulta con tu asesoría legal si la norma que cita la sostiene" in shown
    assert send(browser, PAGE, counts_until="general", norm="").headers["Location"] == f"{PAGE}?hecho=guardada"
    assert (stored(staff).filing_rule, stored(staff).version) == (None, 3)
    history = text_of(browser.get(f"{BASE}/K7M3")).partition("Cómo estaba antes")[2]
    assert f"lo presentado cuenta hasta el cierre ({NORM})" in history


def test_what_is_saved_as_it_was_writes_nothing(staff: Staff, browser: Browser) -> None:
    send(browser, PAGE, counts_until="closing", norm=NORM)
    assert send(browser, PAGE, counts_until="closing", norm=f" {NORM} ").headers["Location"].endswith("guardada")
    assert stored(staff).version == 2


def test_other_data_of_an_office_change_without_its_rule(staff: Staff, browser: Browser) -> None:
    send(browser, PAGE, counts_until="closing", norm=NORM)
    typed = {"name": "Oficina Sur", "address": "Av. Nueva 1", "opens_at": "07:00", "closes_at": "15:00", "region": ""}
    send(browser, f"{BASE}/K7M3", **typed)
    assert (stored(staff).address, stored(staff).filing_rule) == (
        "Av. Nueva 1",
        FilingRule(CountsUntil.CLOSING, NORM, 2),
    )


def test_the_institutions_rule_is_that_of_offices_without_one(staff: Staff, browser: Browser) -> None:
    before = institution_store(staff.world.container).find(INSTITUTION_ID)
    assert before is not None
    send(browser, OF_INSTITUTION, counts_until="closing", norm=NORM)
    after = institution_store(staff.world.container).find(INSTITUTION_ID)
    assert after is not None
    assert after.filing_rule == FilingRule(CountsUntil.CLOSING, NORM, before.version + 1)
    assert (
        last_change(staff)["told"] == f"lo presentado cuenta ese día: según la regla general → hasta el cierre ({NORM})"
    )
    shown = text_of(browser.get(PAGE))
    assert "rige la regla de la entidad" in shown
    assert "La de la entidad: hasta el cierre" in shown
    assert "Lo que llega hasta las 16:30" in shown
    send(browser, PAGE, counts_until="midnight", norm="")
    own = stored(staff).filing_rule
    assert own is not None
    assert (own.counts_until, own.norm) == (
        CountsUntil.MIDNIGHT,
        staff.world.container.calendar.filing.rule.norm,
    )
    send(browser, OF_INSTITUTION, counts_until="general", norm="")
    gone = institution_store(staff.world.container).find(INSTITUTION_ID)
    assert gone is not None
    assert gone.filing_rule is None


@pytest.mark.parametrize("page", [PAGE, OF_INSTITUTION])
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"counts_until": "closing", "norm": " "}, "norm"),
        ({"counts_until": "closing", "norm": "x" * 301}, "norm"),
        ({"counts_until": "closing", "norm": "Norma \u4e2d"}, "norm"),
        ({"counts_until": "noon", "norm": NORM}, "counts_until"),
        ({"norm": NORM}, "counts_until"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays(
    staff: Staff, browser: Browser, page: str, typed: dict[str, str], field: str
) -> None:
    answer = send(browser, page, **typed)
    shown = text_of(answer)
    assert re.findall(r'<a href="#(\w*)">', shown.partition("error-summary")[2].partition("</ul>")[0]) == [field]
    assert answer.status_code == 422
    check_html(shown)
    if typed["norm"] == NORM:
        assert f'value="{NORM}"' in shown
    assert stored(staff).version == 1


@pytest.mark.parametrize(("page", "words"), [(PAGE, "cambió esta oficina"), (OF_INSTITUTION, "cambió los datos de la")])
def test_who_saves_over_anothers_change_is_told(staff: Staff, browser: Browser, page: str, words: str) -> None:
    stale = text_of(browser.get(page))
    version = re.findall(r'name="version" value="(\d+)"', stale)[0]
    send(staff.browser(staff.member(StaffRole.COORDINATOR)), page, counts_until="closing", norm="Otra norma")
    for shown in (version, "", "x", "²", "9" * 30):
        answer = send(browser, page, version=shown, counts_until="closing", norm=NORM)
        assert answer.status_code == 409
        assert words in text_of(answer)
        assert f'value="{NORM}"' in text_of(answer)


def test_no_other_institutions_office_and_no_officer_gets_there(staff: Staff, browser: Browser) -> None:
    assert browser.get(f"{BASE}/nadie/presentaciones").status_code == 404
    officer = staff.browser(staff.member(StaffRole.OFFICER))
    assert officer.get(PAGE).status_code == 403


def test_both_pages_of_offices_lead_to_it(browser: Browser) -> None:
    assert f'href="{PAGE}"' in text_of(browser.get(f"{BASE}/K7M3"))
    assert f'href="{OF_INSTITUTION}"' in text_of(browser.get(BASE))


def test_nothing_else_is_done_to_an_office(browser: Browser) -> None:
    assert browser.get(f"{BASE}/K7M3/otra").status_code == 404
    forged = browser.send(f"{BASE}/K7M3/otra", csrf=csrf_of(browser.get(PAGE)))
    assert browser._follow(forged).status_code == 404  # noqa: SLF001 - as above
    assert browser.get(f"{BASE}/-/estado").status_code == 404
