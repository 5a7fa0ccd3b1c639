"""The coordinator's pages of keys: registered after a last look, compared, revoked; and what is refused of them."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.sender.key_fingerprint import key_fingerprint
from chalicelib.store.tables import TokenItem
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import INSTITUTION_ID, KEY_ID, a_signing_key, an_institution, put_institution, put_key
from tests.services.sender.test_read_public_key import der_of, jwk_of, pem_of
from tests.staff_world import Staff, csrf_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
NEW = "/entidad/claves/registrar"
DAYS = {
    **dict(zip(("not_before_day", "not_before_month", "not_before_year"), ("9", "3", "2026"), strict=True)),
    **dict(zip(("not_after_day", "not_after_month", "not_after_year"), ("31", "diciembre", "2026"), strict=True)),
}


@pytest.fixture
def browser(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.COORDINATOR))


def send(browser: Browser, fields: dict[str, str], file: bytes | None = None, *, at: str = NEW) -> HTTPResponse:
    """Send the form, with a file or an empty place for one, and follow where it leads."""
    texts = fields if "csrf" in fields else {"csrf": csrf_of(browser.get(NEW)), **fields}
    return browser.send_files(at, {"public_key_file": ("" if file is None else "clave.pem", file or b"")}, texts)


def typed(**changes: str) -> dict[str, str]:
    return {"public_key": pem_of(KEY), "key_id": "2027-1", **DAYS, "step": "revisar", **changes}


def hidden(page: HTTPResponse) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text_of(page)))


def errors(page: HTTPResponse) -> list[str]:
    summary = text_of(page).partition("error-summary")[2].partition("</ul>")[0]
    return [re.sub("<[^>]+>", "", line).strip() for line in summary.split("<li>")[1:]]


def fields_in_error(page: HTTPResponse) -> list[str]:
    return re.findall(r'<a href="#(\w*)">', text_of(page).partition("error-summary")[2].partition("</ul>")[0])


def test_a_key_is_looked_at_registered_and_signs(staff: Staff, browser: Browser) -> None:
    check = send(browser, typed())
    said = text_of(check)
    fingerprint = key_fingerprint(der_of(KEY)).partition(":")[2]
    assert " ".join(fingerprint[at : at + 4] for at in range(0, 43, 4)) in said
    assert "las 00:00 del 09/03/2026" in said
    assert "las 24:00 del 31/12/2026" in said
    store = institution_store(staff.world.container)
    assert store.find_key(INSTITUTION_ID, "2027-1") is None

    led = send(browser, {**hidden(check), "step": "registrar"})

    assert led.headers["Location"] == "/entidad/claves?hecho=registrada&clave=2027-1"
    key = store.find_key(INSTITUTION_ID, "2027-1")
    assert key is not None
    assert (key.not_before.isoformat(), key.not_after.isoformat()) == (
        "2026-03-09T05:00:00+00:00",
        "2027-01-01T05:00:00+00:00",
    )
    assert staff.world.deposit(keyid=f"{INSTITUTION_ID}:2027-1", private_key=KEY).status_code == 201
    assert "09/03/2026" in text_of(browser.get("/entidad/claves/2027-1")).partition("Último uso")[2][:60]
    [event] = event_store(staff.world.container).list_for_subject(f"institution#{INSTITUTION_ID}")
    assert event.actor.startswith("staff:")
    assert event.origin
    again = send(browser, {**hidden(check), "csrf": csrf_of(browser.get(NEW)), "step": "registrar"})
    assert again.headers["Location"] == led.headers["Location"]


@pytest.mark.parametrize("kind", ["pem", "jwk", "der", "bom"])
def test_a_file_is_taken_in_place_of_a_text(browser: Browser, kind: str) -> None:
    content = {
        "pem": pem_of(KEY).encode(),
        "jwk": json.dumps(jwk_of(KEY)).encode(),
        "der": der_of(KEY),
        "bom": b"\xef\xbb\xbf" + pem_of(KEY).encode(),
    }[kind]
    assert "Revisa la clave" in text_of(send(browser, typed(public_key=""), content))
    assert fields_in_error(send(browser, typed(), content)) == ["public_key"]


def test_from_the_last_look_one_goes_back_to_the_form_with_all_that_was_typed(browser: Browser) -> None:
    check = send(browser, typed())
    form = text_of(send(browser, {**hidden(check), "step": "corregir"}))
    assert pem_of(KEY).strip() in form
    assert 'value="2027-1"' in form
    assert 'name="not_after_month" type="text" inputmode="numeric" value="12"' in form or "diciembre" in form


def _private_texts() -> list[str]:
    key = ec.derive_private_key(777, ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    raw = base64.urlsafe_b64encode(KEY.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())).decode()
    return [pem, json.dumps({**jwk_of(KEY), "d": raw.rstrip("=")}), pem + pem_of(KEY)]


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("is_file", [False, True])
def test_a_private_key_is_neither_kept_nor_shown_nor_logged(
    staff: Staff, browser: Browser, caplog: pytest.LogCaptureFixture, number: int, *, is_file: bool
) -> None:
    text = _private_texts()[number]
    secret = re.findall(r"[A-Za-z0-9_+/-]{40,}", text)[0][5:30]
    fields = typed(public_key="" if is_file else text)
    page = send(browser, fields, text.encode() if is_file else None)
    assert "Eso es una clave privada. No la guardamos" in errors(page)[0]
    for place in (text_of(page), str([vars(record) for record in caplog.records])):
        assert secret not in place
    assert 'value="2027-1"' in text_of(page)
    assert institution_store(staff.world.container).find_key(INSTITUTION_ID, "2027-1") is None
    assert TokenItem.count() > 0


def test_a_private_key_is_not_kept_over_a_code_that_is_asked_again_nor_over_a_session_that_ended(
    staff: Staff, browser: Browser
) -> None:
    text = _private_texts()[0]
    fields = {"csrf": csrf_of(browser.get(NEW)), **typed(public_key=text)}
    for minutes, led in ((26, "/entidad/confirmar"), (60, "/entidad/ingresar")):
        if minutes == 26:
            for _ in range(2):  # the session stays open while its code grows old
                staff.world.clock.advance(minutes=13)
                browser.get("/entidad")
        else:
            staff.world.clock.advance(minutes=minutes)
        before = TokenItem.count()
        answer = send(browser, fields)
        assert answer.headers["Location"].startswith(led)
        assert "borrador" not in answer.headers["Location"]
        assert TokenItem.count() == before


@pytest.mark.parametrize(
    ("changes", "fields", "told"),
    [
        ({"public_key": ""}, ["public_key"], "Completa «Clave pública»."),
        ({"public_key": "nada"}, ["public_key"], "No se puede leer como clave pública"),
        ({"public_key": "x" * 4000}, ["public_key"], "No se puede leer como clave pública"),
        ({"public_key": pem_of(rsa.generate_private_key(65537, 2048))}, ["public_key"], "no es Ed25519 ni P-256"),
        ({"public_key": pem_of(ec.derive_private_key(9, ec.SECP384R1()))}, ["public_key"], "no es Ed25519 ni P-256"),
        ({"public_key": "own"}, ["public_key"], "ya se registró, como «2026-1»"),
        ({"public_key": "other"}, ["public_key"], "Esa clave pública no se puede usar"),
        ({"key_id": KEY_ID}, ["key_id"], "ya es de otra clave"),
        ({"key_id": "2027 uno"}, ["key_id"], "de 1 a 64 letras"),
        ({"not_after_month": "2", "not_after_day": "30"}, ["not_after"], "febrero de 2026 tiene 28 días"),
        ({"not_after_month": "13"}, ["not_after_month"], "el mes va de 1 a 12"),
        ({"not_after_year": "2025"}, ["not_after"], "ya habría vencido"),
        ({"not_before_year": "2027"}, ["not_after"], "La clave vence antes de empezar"),
        ({"not_after_year": "2029"}, ["not_after"], "tres años a lo más"),
        (
            {"public_key": "nada", "key_id": "", "not_before_day": "", "not_before_month": "", "not_before_year": ""},
            ["public_key", "key_id", "not_before"],
            "Completa «Identificador de la clave».",
        ),
        ({"public_key": "own", "key_id": "ñ", "not_after_year": "2029"}, ["public_key", "key_id", "not_after"], ""),
    ],
)
def test_all_that_is_wrong_is_told_at_once_beside_its_field(
    staff: Staff, browser: Browser, changes: dict[str, str], fields: list[str], told: str
) -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    put_institution(staff.world.container, an_institution(institution_id="otra"))
    store, world = institution_store(staff.world.container), staff.world
    put_key(world.container, a_signing_key())
    event = replace(_an_event(staff), subject="institution#otra")
    store.add_key(a_signing_key(institution_id="otra", public_key=der_of(other)), event)
    keys = {"own": _pem(a_signing_key().public_key), "other": pem_of(other)}
    changes = {name: keys.get(text, text) for name, text in changes.items()}

    page = send(browser, typed(**changes))

    assert page.status_code in (409, 422)
    assert fields_in_error(page) == fields
    assert told in " ".join(errors(page))
    assert "otra-entidad" not in text_of(page)


def _pem(der: bytes) -> str:
    return f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(der).decode()}\n-----END PUBLIC KEY-----"


def _an_event(staff: Staff) -> Any:
    from chalicelib.domain.event import Event, EventType  # noqa: PLC0415

    return Event("s", EventType.INSTITUTION_KEY_ADDED, staff.world.clock.now, "e1", "operator:x")


def test_twenty_keys_are_the_most(staff: Staff, browser: Browser) -> None:
    for number in range(17):
        put_key(staff.world.container, a_signing_key(key_id=f"k{number}", public_key=bytes([number])))
    assert "Revisa la clave" in text_of(send(browser, typed()))
    put_key(staff.world.container, a_signing_key(key_id="k18", public_key=b"18"))
    assert errors(send(browser, typed())) == [
        "La entidad ya tiene 20 claves que valen o van a valer: hay que revocar antes una."
    ]


def test_a_key_is_revoked_at_once_with_its_reason(staff: Staff, browser: Browser) -> None:
    page = browser.get(f"/entidad/claves/{KEY_ID}/revocar")
    assert "¿Revocar la clave 2026-1?" in text_of(page)
    assert errors(browser.post(f"/entidad/claves/{KEY_ID}/revocar", None, csrf=csrf_of(page), reason="")) != []
    sent = {"csrf": csrf_of(page), "reason": "Pudo verla otra persona"}
    led = browser.post(f"/entidad/claves/{KEY_ID}/revocar", None, **sent)
    assert led.headers["Location"] == f"/entidad/claves?hecho=revocada&clave={KEY_ID}"
    assert staff.world.deposit().json_body["code"] == "key_not_valid"
    again = browser.post(f"/entidad/claves/{KEY_ID}/revocar", None, **sent)
    assert again.headers["Location"] == led.headers["Location"]
    assert "Revocada" in text_of(browser.get(f"/entidad/claves/{KEY_ID}"))
    [event] = event_store(staff.world.container).list_for_subject(f"institution#{INSTITUTION_ID}")
    assert event.data["reason"] == "Pudo verla otra persona"


@pytest.mark.parametrize("path", ["/entidad/claves/nada", "/entidad/claves/nada/revocar", "/entidad/claves/ajena"])
def test_a_key_that_is_not_there_or_anothers_is_not_found(staff: Staff, browser: Browser, path: str) -> None:
    put_key(staff.world.container, a_signing_key(institution_id="otra", key_id="ajena"))
    assert browser.get(path).status_code == 404


def test_an_officer_sees_no_keys_and_a_forged_form_is_refused(staff: Staff, browser: Browser) -> None:
    officer = staff.browser(staff.member())
    for path in ("/entidad/claves", NEW, f"/entidad/claves/{KEY_ID}", f"/entidad/claves/{KEY_ID}/revocar"):
        assert officer.get(path).status_code == 403
    assert send(browser, typed(csrf="0" * 64)).status_code == 403


@pytest.mark.parametrize(
    ("days", "told"), [(31, ""), (29, "dentro de 29 días"), (0.5, "Tus sistemas pueden firmar hasta")]
)
def test_the_pages_warn_before_the_last_key_ends(staff: Staff, browser: Browser, days: float, told: str) -> None:
    for key_id in (KEY_ID, "p256"):
        end = staff.world.clock.now + timedelta(days=days)
        put_key(staff.world.container, a_signing_key(key_id=key_id, not_after=end))
    said = text_of(browser.get("/entidad/claves"))
    assert ("pueden firmar hasta" in said) is bool(told)
    assert told in said


def test_without_a_good_key_the_page_says_what_to_do(staff: Staff, browser: Browser) -> None:
    for key_id in (KEY_ID, "p256"):
        put_key(staff.world.container, a_signing_key(key_id=key_id, revoked_at=staff.world.clock.now))
    for page in ("/entidad/claves", "/entidad"):
        assert "Ninguna clave vale ahora" in text_of(browser.get(page))
    assert "Ninguna clave" not in text_of(staff.browser(staff.member()).get("/entidad"))


def test_every_page_of_keys_is_what_every_page_has_to_be(browser: Browser) -> None:
    pages = [browser.get(path) for path in ("/entidad/claves", NEW, f"/entidad/claves/{KEY_ID}")]
    pages += [send(browser, typed()), send(browser, typed(key_id=""))]
    pages.append(browser.get(f"/entidad/claves/{KEY_ID}/revocar"))
    for page in pages:
        check_html(text_of(page))
