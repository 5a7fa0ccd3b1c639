"""*Verificar constancia*: anybody who holds a receipt learns whether it was issued, and what it says (REC-5)."""

from __future__ import annotations

import hashlib
import html as entities
import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from bench.ledger import ledger
from chalicelib.domain.deadline import Distance, Regime
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import PDF, a_body, an_institution, put_institution
from tests.evidence_world import ANNEX, PAGE, Issued, guesses, issue, post_file, post_form
from tests.gateway_requests import Lines
from tests.kept import everything, left_by

OTHER_HASH = hashlib.sha256(b"otro archivo").hexdigest()
PDF_HASH, ANNEX_HASH = hashlib.sha256(PDF).hexdigest(), hashlib.sha256(ANNEX).hexdigest()


@pytest.fixture
def issued(browser: Browser, moto_engine: Engine) -> Issued:
    return issue(browser.people.world, moto_engine)


def _text(html: str) -> str:
    """Return what a page says, without its tags."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return entities.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def test_the_address_on_the_paper_answers_with_what_the_paper_says(browser: Browser, issued: Issued) -> None:
    answer = browser.get(f"{PAGE}/{issued.code}")

    html = text_of(answer)
    check_html(html)
    assert answer.status_code == 200
    said = _text(html)
    for told in (
        *("Este servicio emitió esta constancia", issued.code, issued.notice_id, issued.sha256, PDF_HASH, ANNEX_HASH),
        *("Entidad de Demostración", "Av. Ejemplo 123, Lima", "(01) 000-0000", "EXP-2026-000098, del 16/02/2026"),
        *("CARTA 000079-2026", "Respuesta a su solicitud de información", "09/03/2026 15:15:30 (hora de Lima)"),
        *("06/03/2026 11:05:00 (hora de Lima)", "Persona Firmante de Ejemplo", "carta-000079-2026.pdf", "cuadro.csv"),
        *("Depósito en la casilla", "lunes 23 de marzo de 2026", "u***@e***.pe", "+51 *** *** 001", "Base legal:"),
    ):
        assert told in said, told


def test_how_the_term_was_counted_and_what_the_act_leads_to_is_told_as_on_the_paper(
    browser: Browser, moto_engine: Engine
) -> None:
    distances = (Distance("Villa Lejana", 3, "Cuadro de ejemplo"),)
    put_institution(browser.people.world.container, an_institution(distances=distances))
    remedy = {"name": "Reconsideración", "body": "Gerencia", "term": {"amount": 15, "unit": "business_days"}}
    body: dict[str, Any] = {
        "document": {**a_body()["document"], "remedies": [remedy], "ends_administrative_path": False},
        "term": {"amount": 2, "unit": "months", "place": "Villa Lejana"},
    }
    issued = issue(browser.people.world, moto_engine, **body)

    said = _text(text_of(browser.get(f"{PAGE}/{issued.code}")))

    for told in (
        *("Horario de atención De 08:30 a 16:30", "Más, por distancia 3 días hábiles", "de fecha a fecha"),
        *("bajo este régimen: D.S. 001-2026-D***, art. 1.", "El plazo termina después de 2025"),
        *("No agota la vía administrativa", "Reconsideración. Ante: Gerencia. Plazo: 15 días hábiles"),
    ):
        assert told in said, told
    assert "Lejana" not in said


def test_whose_it_is_stays_masked_wherever_it_is_written(browser: Browser, moto_engine: Engine) -> None:
    body: dict[str, Any] = {
        "document": {
            **a_body()["document"],
            "type": "CARTA A QUISPE",
            "number": "79-QUISPE-4000-0002",
            "subject": "Multa a María Ñusta Quispe, DNI 40000002",
            "office": "Sucesión Quispe",
            "signed_by": "María Quispe",
            "prepared_by": "Ñusta de 40.000.002",
            "remedies": [
                {"name": "Queja de Quispe", "body": "M. QUISPE", "term": {"amount": 15, "unit": "business_days"}}
            ],
        },
        "case_file": {"number": "EXP-40000002", "opened_on": "2026-02-16"},
        "main": {**a_body()["main"], "filename": "ResolucionQuispeMaria_40000002.pdf"},
    }
    issued = issue(browser.people.world, moto_engine, **body)

    said = _text(text_of(browser.get(f"{PAGE}/{issued.code}")))

    assert "Q*** D*** M*** Ñ***" in said
    assert "DNI *** 002 (casilla electrónica 1-*** 002)" in said
    assert "Multa a M*** Ñ*** Q***, DNI *** 002" in said
    assert not re.search(r"quispe|mar[ií]a|ñusta|4000000|4000.0002|40.000.002", said, re.IGNORECASE)


@pytest.mark.parametrize("writing", ["around", "lower", "spaces", "bare", "dashes", "label", "address", "wide"])
def test_a_code_is_read_in_any_writing(browser: Browser, issued: Issued, writing: str) -> None:
    code = {
        "lower": issued.code.lower(),
        "spaces": issued.code.replace("-", " "),
        "bare": issued.code.replace("-", ""),
        "dashes": issued.code.replace("-", "\u2013") + ".",
        "label": f"Código: {issued.code}",
        "address": f"https://casilla.example.pe/verificar/{issued.code}",
        "wide": "".join(chr(ord(sign) + 0xFEE0) for sign in issued.code),
    }.get(writing, f" {issued.code} ")

    if writing != "address":
        assert browser.get(f"{PAGE}/{quote(code)}").status_code == 200
    led = browser.get(f"{PAGE}?code={quote(code)}")
    assert (led.status_code, led.headers["Location"]) == (303, f"{PAGE}/{issued.code}")


def test_a_typing_mistake_is_told_before_anything_is_read_or_counted(browser: Browser, issued: Issued) -> None:
    wrong = ("2" if issued.code[0] != "2" else "3") + issued.code[1:]
    for address in (f"{PAGE}/{wrong}", f"{PAGE}?code={wrong}", f"{PAGE}/no-es-un-codigo", f"{PAGE}?code=%3Cb%3E"):
        with ledger() as book:
            answer = browser.get(address)
        html = text_of(answer)
        check_html(html)
        assert (answer.status_code, book.calls) == (422, 0), address
        assert "Hay un error al escribir el código" in html
        assert "<b>" not in html


def test_an_unknown_code_gets_a_page_that_says_so_and_what_to_do(browser: Browser) -> None:
    [code] = guesses(1)
    answer = browser.get(f"{PAGE}/{code}")

    check_html(text_of(answer))
    assert answer.status_code == 404
    assert f"no tiene ninguna constancia con el código {code}" in _text(text_of(answer))


def test_who_types_the_number_in_place_of_the_code_is_told_which_one_counts(browser: Browser, issued: Issued) -> None:
    browser.get(PAGE)
    with ledger() as known:
        answer = browser.get(f"{PAGE}/{issued.notice_id}")
    with ledger() as unknown:
        other = browser.get(f"{PAGE}/{guesses(1)[0]}")

    said = _text(text_of(answer))
    assert (answer.status_code, other.status_code) == (404, 404)
    assert "La constancia lleva dos números de la misma forma: el N.º y, debajo del código QR, el código" in said
    assert "no lo emitió" not in said
    assert said.replace(issued.notice_id, "") == _text(text_of(other)).replace(guesses(1)[0], "")
    assert sorted(known.operations) == sorted(unknown.operations)  # nothing tells that the number exists
    assert "No es el N.º de la constancia" in text_of(browser.get(PAGE))


def test_the_receipt_s_own_file_finds_its_page(browser: Browser, issued: Issued) -> None:
    assert hashlib.sha256(issued.receipt).hexdigest() == issued.sha256

    led = post_file(browser, "constancia.pdf", issued.receipt, code="", sha256="")
    assert (led.status_code, led.headers["Location"]) == (303, f"{PAGE}?sha256={issued.sha256}")

    said = _text(text_of(browser.get(led.headers["Location"])))
    assert "Este archivo es exactamente la constancia que este servicio emitió" in said
    assert issued.code in said


@pytest.mark.parametrize("content", [PDF, ANNEX])
def test_a_document_s_hash_alone_finds_nobody_s_notice(browser: Browser, issued: Issued, content: bytes) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    answer = browser.get(f"{PAGE}?sha256={sha256}")

    html = text_of(answer)
    check_html(html)
    assert answer.status_code == 404
    assert "Sin él no lo buscamos" in html
    assert issued.code not in html
    assert f'name="sha256" value="{sha256}"' in html  # the code is all that is left to write
    led = post_form(browser, code=issued.code.lower(), sha256=sha256)
    assert led.headers["Location"] == f"{PAGE}/{issued.code}?sha256={sha256}"


@pytest.mark.parametrize(
    ("sha256", "told"),
    [
        (PDF_HASH, "Este archivo es exactamente el documento principal, «carta-000079-2026.pdf»"),
        (ANNEX_HASH, "Este archivo es exactamente el anexo 1, «cuadro.csv»"),
        (OTHER_HASH, "Este archivo no es ninguno de los de esta constancia"),
    ],
)
def test_with_the_code_a_file_is_compared(browser: Browser, issued: Issued, sha256: str, told: str) -> None:
    answer = browser.get(f"{PAGE}/{issued.code}?sha256={sha256}")

    check_html(text_of(answer))
    assert told in _text(text_of(answer))


@pytest.mark.parametrize(
    "pasted",
    ["{}", "{}  constancia.pdf", "  {} *a b.pdf\n", "upper", "spaced", "\\{}  raro\\\\n.pdf"],
)
def test_a_hash_is_read_as_programs_print_it(browser: Browser, issued: Issued, pasted: str) -> None:
    spaced = " ".join(re.findall("..", issued.sha256))
    text = {"upper": issued.sha256.upper(), "spaced": spaced}.get(pasted, pasted.format(issued.sha256))

    led = post_form(browser, code="", sha256=text)
    assert (led.status_code, led.headers.get("Location")) == (303, f"{PAGE}?sha256={issued.sha256}")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"code": "", "sha256": ""}, "Escribe el código o elige un archivo."),
        ({"code": "", "sha256": "abc"}, "El SHA-256 no está completo"),
        ({"code": "2222", "sha256": ""}, "Hay un error al escribir el código"),
    ],
)
def test_what_the_form_lacks_is_told_beside_its_field_without_a_call(
    browser: Browser, fields: dict[str, str], told: str
) -> None:
    browser.get(PAGE)
    with ledger() as book:
        answer = post_form(browser, **fields)

    check_html(text_of(answer))
    assert (answer.status_code, book.calls) == (422, 0)
    assert told in text_of(answer)


@pytest.mark.parametrize("code", ["", "de la constancia", "2222"])
def test_a_file_that_was_not_chosen_is_told_beside_the_field_for_it(
    browser: Browser, issued: Issued, code: str
) -> None:
    code = issued.code if code == "de la constancia" else code
    for page in (PAGE, f"{PAGE}/{issued.code}"):
        html = text_of(browser.get(page))
        [button] = re.findall(r'<button[^>]*class="second"[^>]*>(?:Verificar el archivo|Comparar)<', html)
        assert 'name="by" value="file"' in button, page

    answer = post_form(browser, code=code, sha256=" ", by="file")

    html = text_of(answer)
    check_html(html)
    assert answer.status_code == 422
    assert '<a href="#file">Elige el archivo' in html
    assert 'id="file-error"' in html
    assert re.findall(r'<input id="(\w+)"[^>]*aria-invalid', html) == ["file"]
    assert f'value="{code}"' in html or not code


@pytest.mark.parametrize("by", ["", "file"])
def test_a_hash_that_was_pasted_counts_whichever_button_is_pressed(browser: Browser, issued: Issued, by: str) -> None:
    led = post_form(browser, code="", sha256=issued.sha256, by=by)
    assert led.headers["Location"] == f"{PAGE}?sha256={issued.sha256}"


@pytest.mark.parametrize(
    ("file", "title", "box"),
    [
        (None, "Este servicio emitió la constancia {code}", "Este servicio emitió esta constancia."),
        ("receipt", "El archivo es la constancia {code}", "Este archivo es exactamente la constancia"),
        ("document", "El archivo es un documento de la constancia {code}", "Este archivo es exactamente"),
        ("none", "El archivo no es de la constancia {code}", "Este archivo no es ninguno"),
    ],
)
def test_what_came_of_a_verification_stands_in_the_title_and_is_where_the_page_begins(
    browser: Browser, issued: Issued, file: str | None, title: str, box: str
) -> None:
    hashes = {"receipt": issued.sha256, "document": PDF_HASH, "none": OTHER_HASH}
    asked = f"?sha256={hashes[file]}" if file else ""

    html = text_of(browser.get(f"{PAGE}/{issued.code}{asked}"))

    check_html(html)
    assert f"<title>{title.format(code=issued.code)} \N{EN DASH} " in html
    [begins] = re.findall(r'<div class="box \w+"[^>]* tabindex="-1" data-outcome><p><strong>([^<]+)', html)
    assert begins.startswith(box)


def test_a_file_that_is_sent_is_hashed_and_forgotten_which_the_page_says_before(
    browser: Browser, moto_engine: Engine, issued: Issued, lines: Lines
) -> None:
    assert "lo olvida: no lo guarda" in text_of(browser.get(PAGE))
    config = browser.people.world.container.config
    before = everything(moto_engine, config)

    with ledger() as book:
        led = post_file(browser, "secreto-9876.pdf", PDF, code=issued.code, sha256="")

    assert (led.status_code, book.calls) == (303, 0)
    assert browser.get(led.headers["Location"]).status_code == 200
    left = left_by(before, everything(moto_engine, config))
    assert {place.partition("#")[0] for place in left} == {"tokens_table limit"}
    assert "secreto" not in str(left) + json.dumps(lines)
    assert PDF_HASH not in json.dumps(lines)


@pytest.mark.parametrize("size", [4 * 1024 * 1024 + 1, 5 * 1024 * 1024])
def test_a_file_that_is_too_large_to_send_is_told_what_to_do(browser: Browser, size: int) -> None:
    answer = post_file(browser, "grande.pdf", bytes(size), code="7K3C-EYPZ", sha256="")

    check_html(text_of(answer))
    assert answer.status_code == 413
    assert "Calcula su SHA-256" in text_of(answer)
    assert 'value="7K3C-EYPZ"' in text_of(answer)
    assert "uno mayor puede terminar en una página de error" in text_of(browser.get(PAGE))


def test_an_empty_file_is_refused_in_words_without_a_call(browser: Browser, issued: Issued) -> None:
    with ledger() as book:
        answer = post_file(browser, "vacio.pdf", b"", code=issued.code, sha256="")

    check_html(text_of(answer))
    assert (answer.status_code, book.calls) == (422, 0)
    assert "El archivo está vacío: tiene 0 bytes" in text_of(answer)
    assert f'value="{issued.code}"' in text_of(answer)


def test_search_engines_are_told_to_leave_it_out(browser: Browser, issued: Issued) -> None:
    for address in (
        PAGE,
        f"{PAGE}/{issued.code}",
        f"{PAGE}/{guesses(1)[0]}",
        f"{PAGE}/x",
        f"{PAGE}?sha256={OTHER_HASH}",
    ):
        answer = browser.get(address)
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow", address
        assert '<meta name="robots" content="noindex, nofollow">' in text_of(answer), address
        assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_that_happened_after_the_deposit_is_shown(browser: Browser, moto_engine: Engine) -> None:
    world = browser.people.world
    put_institution(world.container, an_institution(regime=Regime.ACKNOWLEDGEMENT))
    issued = issue(world, moto_engine)
    before = text_of(browser.get(f"{PAGE}/{issued.code}"))
    assert "a más tardar, el martes 17 de marzo de 2026" in before

    world.clock.advance(hours=1)
    browser.enter()
    opened = browser.submit(browser.get(f"/casilla/{issued.notice_id}"), f"/casilla/{issued.notice_id}")
    assert opened.status_code in {200, 303}
    browser.cookies.clear()

    assert text_of(browser.get(f"{PAGE}/{issued.code}")) == before


def test_each_regime_says_the_dates_as_the_receipt_prints_them(browser: Browser, moto_engine: Engine) -> None:
    world = browser.people.world
    for regime, told in {
        Regime.DEPOSIT: "Surte efectos lunes 9 de marzo de 2026",
        Regime.ACKNOWLEDGEMENT: "Cuando abra la notificación por primera vez (acuse de recibo)",
        Regime.IMMEDIATE: "Inmediato (medida cautelar)",
    }.items():
        issued = issue(world, moto_engine, key=f"clave-{regime}", regime=regime.value)
        assert told in _text(text_of(browser.get(f"{PAGE}/{issued.code}"))), regime


def test_two_receipts_with_one_code_are_both_shown(browser: Browser, moto_engine: Engine, issued: Issued) -> None:
    other = issue(browser.people.world, moto_engine, key="clave-2")
    moto_engine.client("dynamodb").update_item(
        TableName=browser.people.world.container.config.notices_table,
        Key={"notice_id": {"S": other.notice_id}},
        UpdateExpression="SET verification_code = :code",
        ExpressionAttributeValues={":code": {"S": issued.code}},
    )

    html = text_of(browser.get(f"{PAGE}/{issued.code}"))

    check_html(html)
    assert "Hay 2 constancias con este código" in html
    assert issued.notice_id in html
    assert other.notice_id in html


def test_within_a_session_it_answers_the_same(browser: Browser, issued: Issued) -> None:
    browser.enter()

    assert browser.get(f"{PAGE}/{issued.code}").status_code == 200
    assert post_file(browser, "a.pdf", PDF, code=issued.code, sha256="").status_code == 303


def test_every_page_leads_there(browser: Browser) -> None:
    for address in ("/", "/ingresar", "/preguntas-frecuentes"):
        assert '<a href="/verificar">Verificar constancia</a>' in text_of(browser.get(address))


def test_a_form_from_elsewhere_is_refused(browser: Browser) -> None:
    answer: Any = browser.post_file(PAGE, "a.pdf", PDF, {"sec-fetch-site": "cross-site"}, code="", sha256="")

    assert answer.status_code == 403
