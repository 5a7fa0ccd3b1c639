"""The coordinator's catalogue: typed, looked at, published, changed, retired; what is wrong or stale is refused."""

from __future__ import annotations

import html
import re
from dataclasses import asdict, replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import procedure_store
from chalicelib.bootstrap.institution import office_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.filing.procedure_changes import MOST_FORMS
from chalicelib.domain.filing.typed_procedure import LONGEST
from chalicelib.domain.institution.staff import Permission, StaffRole
from chalicelib.domain.sender.office import Office
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE
from tests.browser_requests import Browser, check_html, text_of
from tests.catalogue_world import TYPED
from tests.deposit_world import INSTITUTION_ID, PDF, a_pdf
from tests.officer_world import OFFICE_ID, an_office, put_office
from tests.staff_world import Staff, csrf_of

BASE = "/entidad/procedimientos"
FIELDS = asdict(TYPED)


@pytest.fixture
def browser(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.COORDINATOR))


def hidden_of(page: HTTPResponse) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text_of(page))
    return {name: html.unescape(value) for name, value in found}


def post(browser: Browser, page: str, /, **fields: str) -> HTTPResponse:
    """Post fields as they are, and follow where that leads."""
    return browser._follow(browser.send(page, **fields))  # noqa: SLF001 - a field is called as its own parameter


def look(browser: Browser, at: str = f"{BASE}/nuevo", **changes: str) -> HTTPResponse:
    """Fill the form of a new one or of one that there is, and see how it will be read."""
    browser.people.world.clock.advance(seconds=1)
    page = at if at.endswith("nuevo") else f"{at}/cambiar"
    hidden = {name: value for name, value in hidden_of(browser.get(page)).items() if name in {"csrf", "version"}}
    return post(browser, at, **{**FIELDS, **hidden, **changes, "step": "revisar"})


def publish(browser: Browser, seen: HTTPResponse, at: str = f"{BASE}/nuevo") -> HTTPResponse:
    """Publish what is seen, from the hidden fields of its page alone."""
    return post(browser, at, **hidden_of(seen), step="publicar")


def added(browser: Browser, **changes: str) -> str:
    """Return the page of one that was added."""
    led = publish(browser, look(browser, **changes)).headers["Location"]
    assert led.endswith("?hecho=publicado")
    return led.partition("?")[0]


def stored(staff: Staff, page: str) -> Procedure:
    found = procedure_store(staff.world.container).find(INSTITUTION_ID, page.rpartition("/")[2])
    assert found is not None
    return found


def logged(staff: Staff) -> list[Event]:
    events = event_store(staff.world.container).list_for_subject(f"institution#{INSTITUTION_ID}")
    return [event for event in events if event.type.value.startswith("procedure.")]


def fields_in_error(page: HTTPResponse) -> list[str]:
    return re.findall(r'<a href="#(\w*)">', text_of(page).partition("error-summary")[2].partition("</ul>")[0])


def public(page: str) -> str:
    return f"/tramites/{INSTITUTION_ID}/{page.rpartition('/')[2]}"


def test_a_procedure_is_typed_looked_at_and_published(staff: Staff, browser: Browser) -> None:
    assert "todavía no publicó" in text_of(browser.get(BASE))
    check_html(text_of(browser.get(f"{BASE}/nuevo")))
    seen = look(browser, description="De lo que obra.\r\n\r\nSe pide <aquí>.", optional="Si es por otro, el poder.")
    shown = text_of(seen)
    check_html(shown)
    for word in (
        "¿Publicar este trámite?",
        "S/\xa01.50",
        "5 días hábiles",
        "Si es por otro, el poder.",
        "&lt;aquí&gt;",
    ):
        assert word in shown
    assert procedure_store(staff.world.container).list_for_institution(INSTITUTION_ID) == ()
    page = publish(browser, seen).headers["Location"]
    check_html(text_of(browser.get(page)))
    assert "Ya se lee en el catálogo" in text_of(browser.get(page))
    kept = stored(staff, page.partition("?")[0])
    assert (kept.version, kept.title, kept.description) == (1, "Copia certificada", "De lo que obra.\nSe pide <aquí>.")
    assert kept.changed_by.startswith("staff:")
    assert [(event.type, event.data["version"]) for event in logged(staff)] == [(EventType.PROCEDURE_ADDED, "1")]
    listed = text_of(browser.get(BASE))
    check_html(listed)
    assert "Copia certificada" in listed
    assert "Copia certificada" in text_of(browser.get(f"{BASE}?q=copias+certificadas"))
    narrowed = text_of(browser.get(f"{BASE}?q=divorcio"))
    check_html(narrowed)
    assert "Ningún trámite de la entidad tiene «divorcio»" in narrowed


def test_the_form_comes_back_from_the_look_with_what_was_typed(browser: Browser) -> None:
    seen = look(browser, title="Una copia", requirements="Uno.\nDos.")
    back = text_of(post(browser, f"{BASE}/nuevo", **hidden_of(seen), step="corregir"))
    check_html(back)
    assert 'value="Una copia"' in back
    assert re.search(r"Uno\.\r?\nDos\.</textarea>", back)
    assert 'value="exclusive" checked' in back


def test_a_change_is_a_version_says_what_it_changes_and_keeps_the_one_before(staff: Staff, browser: Browser) -> None:
    page = added(browser)
    seen = look(browser, page, cost="0", requirements="Solicitud.")
    assert "Cambia los requisitos y el costo." in text_of(seen)
    assert publish(browser, seen, page).headers["Location"] == f"{page}?hecho=cambiado"
    assert (stored(staff, page).version, stored(staff, page).cost_cents) == (2, 0)
    assert logged(staff)[-1].data["change"] == "requirements, cost_cents"
    versions = text_of(browser.get(f"{page}/versiones"))
    check_html(versions)
    assert "Cambió los requisitos y el costo" in versions
    assert "Persona" in versions
    older = text_of(browser.get(f"{public(page)}?version=1"))
    check_html(older)
    assert "no es la vigente" in older
    assert "S/\xa01.50" in older
    assert "Gratuito" in text_of(browser.get(public(page)))


def test_the_button_pressed_twice_publishes_one_and_changes_once(staff: Staff, browser: Browser) -> None:
    seen = look(browser)
    first, again = publish(browser, seen), publish(browser, seen)
    assert first.headers["Location"] == again.headers["Location"]
    page = first.headers["Location"].partition("?")[0]
    other = post(browser, f"{BASE}/nuevo", **{**hidden_of(seen), "title": "Otra", "tupa_code": ""}, step="publicar")
    assert other.status_code == 409
    changed = look(browser, page, cost="0")
    assert publish(browser, changed, page).headers["Location"] == f"{page}?hecho=cambiado"
    assert publish(browser, changed, page).headers["Location"] == f"{page}?hecho=igual"
    assert len(procedure_store(staff.world.container).list_for_institution(INSTITUTION_ID)) == 1
    assert (stored(staff, page).version, len(logged(staff))) == (2, 2)


def test_a_name_that_was_taken_since_the_look_is_refused_at_the_end_too(staff: Staff, browser: Browser) -> None:
    mine, others = look(browser), look(staff.browser(staff.member(StaffRole.COORDINATOR)))
    assert publish(browser, mine).headers["Location"].endswith("hecho=publicado")
    other = staff.browser(staff.member(StaffRole.COORDINATOR))
    known = {**hidden_of(others), "csrf": csrf_of(other.get(f"{BASE}/nuevo"))}
    answer = post(other, f"{BASE}/nuevo", **known, step="publicar")
    assert answer.status_code == 409
    assert fields_in_error(answer) == ["title"]
    assert 'value="Copia certificada"' in text_of(answer)
    assert len(procedure_store(staff.world.container).list_for_institution(INSTITUTION_ID)) == 1


def test_who_publishes_is_told_where_no_officer_could_attend_to_what_is_filed(staff: Staff, browser: Browser) -> None:
    put_office(staff.world.container, an_office())
    staff.member(permissions=(Permission.DEPOSIT,))
    told = "Ningún funcionario puede atender lo que se presente con este trámite"
    assert told in text_of(look(browser))
    staff.member(permissions=(Permission.ATTEND,), office_id=OFFICE_ID)
    assert told in text_of(look(browser)), "what is filed with the institution is not theirs"
    assert told not in text_of(look(browser, office_id=OFFICE_ID))
    staff.member(permissions=(Permission.ATTEND,))
    assert told not in text_of(look(browser))


def test_what_is_pasted_with_signs_that_nobody_sees_is_cleaned_and_not_refused(staff: Staff, browser: Browser) -> None:
    page = added(browser, norm="Ley\u200b N.° 28976", requirements="Solicitud\tfirma\u00adda\r\nPlano\ufeff del local")
    kept = stored(staff, page)
    assert kept.norm == "Ley N.° 28976"
    assert [one.text for one in kept.requirements if not one.is_optional] == ["Solicitud firmada", "Plano del local"]


def test_what_changes_nothing_is_no_version(staff: Staff, browser: Browser) -> None:
    page = added(browser)
    seen = look(browser, page)
    assert "No cambiaste nada" in text_of(seen)
    assert 'value="publicar"' not in text_of(seen)
    assert publish(browser, seen, page).headers["Location"] == f"{page}?hecho=igual"
    assert (stored(staff, page).version, len(logged(staff))) == (1, 1)


def test_who_publishes_what_another_changed_meanwhile_is_told_and_keeps_what_was_typed(
    staff: Staff, browser: Browser
) -> None:
    page = added(browser)
    other = staff.browser(staff.member(StaffRole.COORDINATOR))
    mine = look(browser, page, cost_note="Mi nota")
    publish(other, look(other, page, cost_note="Otra nota"), page)
    answer = publish(browser, mine, page)
    assert answer.status_code == 409
    assert "Otra persona cambió este trámite" in text_of(answer)
    assert "Mi nota" in text_of(answer)
    again = post(browser, page, **{**FIELDS, **hidden_of(answer), "step": "publicar"})
    assert again.status_code == 409  # the form stays on the version that it was made of
    assert (stored(staff, page).version, stored(staff, page).cost_note) == (2, "Otra nota")
    for forged in ("", "x", "-1", "²", "9" * 30):
        assert post(browser, page, **{**hidden_of(mine), "version": forged, "step": "publicar"}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        (dict.fromkeys(FIELDS, ""), ["kind", "title", "description", "reply", "norm"]),
        ({"title": "x" * 201, "cost": "mucho", "days": "0"}, ["title", "cost", "days"]),
        ({"requirements": "Uno.\nDos \u4e2d.", "title": "\u4e2d"}, ["title", "requirements"]),
        ({"requirements": "x" * 30_000}, ["requirements"]),
        ({"reply": "negative", "days": "90", "office_id": "otra"}, ["answer_norm", "office_id"]),
        ({"title": "COPIA certíficada"}, ["title"]),
        ({"title": "Otra", "tupa_code": "se-01"}, ["tupa_code"]),
    ],
)
def test_all_that_is_wrong_is_told_beside_its_field(
    staff: Staff, browser: Browser, changes: dict[str, str], fields: list[str]
) -> None:
    added(browser)
    answer = look(browser, **changes)
    assert fields_in_error(answer) == fields
    assert text_of(answer).count("<title>Error: ") == 1
    check_html(text_of(answer))
    assert len(procedure_store(staff.world.container).list_for_institution(INSTITUTION_ID)) == 1


def test_the_longest_texts_are_taken_however_they_are_escaped(staff: Staff, browser: Browser) -> None:
    longest = {name: "Ñ" * most for name, most in LONGEST.items()}
    longest["requirements"] = "\r\n".join(["Ñ" * 231] * 30)
    longest["optional"] = "\r\n".join(["Ñ" * 114] * 30)
    longest["keywords"] = ",".join(f"{n}{'Ñ' * 20}" for n in range(15))
    page = added(browser, **longest)
    kept = stored(staff, page)
    assert len(kept.requirements) == 60
    assert kept.description == longest["description"]


def test_an_office_receives_it_while_it_is_open(staff: Staff, browser: Browser) -> None:
    offices = office_store(staff.world.container)
    made = Event(f"institution#{INSTITUTION_ID}", EventType.OFFICE_ADDED, staff.world.clock(), "o1", "staff:s1")
    office = Office("OF-1", INSTITUTION_ID, "Mesa de Partes Sur", "Jr. Ejemplo 4")
    offices.add(office, made)
    page = added(browser, office_id="OF-1")
    for shown in (text_of(browser.get(page)), text_of(browser.get(public(page)))):
        assert "Mesa de Partes Sur" in shown
        assert "Jr. Ejemplo 4" in shown
    offices.update(replace(office, is_closed=True, version=2), replace(made, event_id="o2"))
    closed = text_of(browser.get(public(page)))
    assert "La entidad cerró esta oficina" in closed
    assert "Jr. Ejemplo 4" not in closed
    assert "Mesa de Partes Sur" in text_of(browser.get(f"{page}/cambiar"))
    assert "Mesa de Partes Sur" not in text_of(browser.get(f"{BASE}/nuevo"))


def test_a_procedure_is_retired_with_a_reason_that_all_read_and_taken_up_again(staff: Staff, browser: Browser) -> None:
    page = added(browser)
    asked = browser.get(f"{page}/retirar")
    check_html(text_of(asked))
    hidden = hidden_of(asked)
    short = browser.post_file(f"{page}/retirar", "", b"", None, **hidden, reason="x")
    assert fields_in_error(short) == ["reason"]
    led = browser.send_file(f"{page}/retirar", "", b"", None, **hidden, reason="La ordenanza 12 lo eliminó")
    assert led.headers["Location"] == f"{page}?hecho=retirado"
    assert (
        browser.send_file(f"{page}/retirar", "", b"", None, **hidden, reason="Otro motivo")
        .headers["Location"]
        .endswith("hecho=retirado")
    )
    kept = stored(staff, page)
    assert (kept.version, kept.is_retired, kept.retired_reason) == (2, True, "La ordenanza 12 lo eliminó")
    assert {event.data["version"]: event.data["reason"] for event in logged(staff)}["2"] == "La ordenanza 12 lo eliminó"
    for shown in (text_of(browser.get(page)), text_of(browser.get(public(page)))):
        check_html(shown)
        assert "La ordenanza 12 lo eliminó" in shown
    assert "Retirado el" in text_of(browser.get(BASE))
    assert browser.get(f"{page}/retirar").headers["Location"] == page
    again = browser.get(f"{page}/retomar")
    check_html(text_of(again))
    led = browser.send_file(f"{page}/retomar", "", b"", None, **hidden_of(again))
    assert led.headers["Location"] == f"{page}?hecho=retomado"
    assert not stored(staff, page).is_retired
    assert "Ya no se atiende" not in text_of(browser.get(public(page)))
    assert "Cambió si se atiende" in text_of(browser.get(f"{page}/versiones"))


def test_what_was_retired_is_not_taken_up_beside_another_of_its_name(browser: Browser) -> None:
    page = added(browser)
    browser.send_file(f"{page}/retirar", "", b"", None, **hidden_of(browser.get(f"{page}/retirar")), reason="Cambió")
    added(browser)
    answer = browser.post_file(f"{page}/retomar", "", b"", None, **hidden_of(browser.get(f"{page}/retomar")))
    assert answer.status_code == 409
    assert "ya se llama así" in text_of(answer)


def forms(browser: Browser, page: str, filename: str, content: bytes, title: str = "Solicitud") -> Any:
    at = f"{page}/formularios"
    known = {"csrf": csrf_of(browser.get(at)), "version": version_of(browser, at)}
    return browser.post_file(at, filename, content, None, **known, form_title=title)


def version_of(browser: Browser, at: str) -> str:
    return hidden_of(browser.get(at))["version"]


def test_a_form_is_inspected_offered_to_all_and_taken_out_while_its_version_keeps_it(
    staff: Staff, browser: Browser
) -> None:
    page = added(browser)
    check_html(text_of(browser.get(f"{page}/formularios")))
    led = forms(browser, page, "Solicitud única.pdf", PDF)
    assert led.headers["Location"] == f"{page}/formularios?hecho=agregado"
    kept = stored(staff, page)
    [form] = kept.forms
    assert (kept.version, form.name, form.title, form.size) == (2, "Solicitud única.pdf", "Solicitud", len(PDF))
    assert form.key == f"procedures/{INSTITUTION_ID}/{form.sha256}"
    assert files(staff.world.container).get_document(form.key) == PDF
    stranger = staff.browser()
    shown = text_of(stranger.get(public(page)))
    check_html(shown)
    link = stranger.get(html.unescape(re.findall(r'href="([^"]*formulario=[^"]*)"', shown)[0]))
    assert link.status_code == 303
    assert f"/procedures/{INSTITUTION_ID}/{form.sha256}" in link.headers["Location"]
    listed = text_of(browser.get(f"{page}/formularios?hecho=agregado"))
    check_html(listed)
    taken = {"csrf": csrf_of(browser.get(page + "/formularios")), "version": "2", "remove": form.sha256}
    led = browser.send_file(f"{page}/formularios", "", b"", None, **taken)
    assert led.headers["Location"].endswith("hecho=quitado")
    assert stored(staff, page).forms == ()
    assert stranger.get(f"{public(page)}?formulario={form.sha256}").status_code == 404
    older = text_of(stranger.get(f"{public(page)}?version=2"))
    check_html(older)
    [address] = re.findall(r'href="([^"]*formulario=[^"]*)"', older)
    assert stranger.get(html.unescape(address)).status_code == 303


@pytest.mark.parametrize(
    ("filename", "content", "title", "fields"),
    [
        ("", b"", "", ["file", "form_title"]),
        ("a.docx", PDF, "Solicitud", ["file"]),
        ("a.pdf", b"%PDF-1.7 nada", "Solicitud", ["file"]),
        ("../a.pdf", PDF, "Solicitud", ["file"]),
        ("a.pdf", b"%PDF-1.7" + b" " * MAX_INLINE_SIZE, "Solicitud", ["file"]),
        ("a.pdf", PDF, "x" * 121, ["form_title"]),
        ("a.pdf", PDF, "\u4e2d", ["form_title"]),
    ],
)
def test_what_is_no_form_to_download_is_refused_and_what_was_typed_stays(  # noqa: PLR0913, PLR0917 - a form and what is told
    staff: Staff, browser: Browser, filename: str, content: bytes, title: str, fields: list[str]
) -> None:
    page = added(browser)
    answer = forms(browser, page, filename, content, title)
    assert fields_in_error(answer) == fields
    check_html(text_of(answer))
    assert f'value="{title}"' in text_of(answer)
    assert stored(staff, page).version == 1


def test_a_procedure_has_some_forms_at_most_and_each_once(browser: Browser) -> None:
    page = added(browser)
    for number in range(MOST_FORMS):
        content = a_pdf(f"Formulario {number}")
        assert "hecho=agregado" in forms(browser, page, f"f{number}.pdf", content).headers["Location"]
        if not number:
            assert fields_in_error(forms(browser, page, "otro.pdf", content)) == ["file"]
    assert "quita uno" in text_of(browser.get(f"{page}/formularios"))
    answer = browser.post_file(
        f"{page}/formularios",
        "uno-mas.pdf",
        a_pdf("Uno más"),
        None,
        csrf=csrf_of(browser.get(page + "/formularios")),
        version=version_of(browser, f"{page}/formularios"),
        form_title="Uno más",
    )
    assert answer.status_code == 409


@pytest.mark.parametrize("part", ["", "/cambiar", "/formularios", "/versiones", "/retirar", "/retomar"])
def test_what_the_institution_does_not_have_is_not_found(browser: Browser, part: str) -> None:
    assert browser.get(f"{BASE}/otro{part}").status_code == 404


def test_a_deed_that_there_is_not_is_not_found(browser: Browser) -> None:
    page = added(browser)
    known = {"csrf": csrf_of(browser.get(f"{page}/cambiar"))}
    assert browser.get(f"{page}/borrar").status_code == 404
    for deed in ("borrar", "versiones", "cambiar"):
        assert browser.post_file(f"{page}/{deed}", "", b"", None, **known).status_code == 404


def test_only_a_coordinator_edits_the_own_catalogue(staff: Staff, browser: Browser) -> None:
    page = added(browser)
    officer = staff.browser(staff.member(StaffRole.OFFICER, permissions=tuple(Permission)))
    for at in (BASE, f"{BASE}/nuevo", page, f"{page}/cambiar"):
        assert officer.get(at).status_code == 403
    assert staff.browser().get(BASE).status_code in {303, 401}
    assert "Catálogo" not in text_of(officer.get("/entidad"))
    assert "Catálogo" in text_of(browser.get("/entidad"))
