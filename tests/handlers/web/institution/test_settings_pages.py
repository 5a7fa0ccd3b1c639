"""An institution's contacts, emblem and colours: who changes them, where they show, and what is refused."""

from __future__ import annotations

import io
import re

import pytest
from chalice.test import HTTPResponse
from PIL import Image, PngImagePlugin

from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.sender.institution import Institution
from chalicelib.services.institution.change_emblem import LARGEST_EMBLEM
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import INSTITUTION_ID
from tests.staff_world import Staff, csrf_of

OWN, PLATFORM = "/entidad/institucion", f"/plataforma/entidades/{INSTITUTION_ID}"
NEW = f"{OWN}/contactos/nuevo"
CONTACT = {"subject": "Licencias", "desk": "Mesa de partes", "phone": "01 000", "email": "", "hours": ""}


@pytest.fixture
def coordinator(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.COORDINATOR))


@pytest.fixture
def administrator(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))


def post(browser: Browser, page: str, /, **fields: str) -> HTTPResponse:
    shown = text_of(browser.get(page))
    seen = dict(re.findall(r'<input type="hidden" name="(seen)" value="([^"]*)"', shown))
    return browser._follow(browser.send(page, **{"csrf": csrf_of(browser.get(page)), **seen, **fields}))  # noqa: SLF001


def a_png(width: int = 96, height: int = 96, *, noise: bool = False) -> bytes:
    image = Image.effect_noise((width, height), 90) if noise else Image.new("RGB", (width, height), "#0056ac")
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=PngImagePlugin.PngInfo())
    return out.getvalue()


def send_picture(browser: Browser, content: bytes, **fields: str) -> HTTPResponse:
    page = f"{PLATFORM}/emblema"
    texts = {"csrf": csrf_of(browser.get(page)), "step": "guardar", **fields}
    return browser.send_files(page, {"emblem": ("emblema.png", content)}, texts)


def own(staff: Staff) -> Institution:
    found = institution_store(staff.world.container).find(INSTITUTION_ID)
    assert found is not None
    return found


def fields_in_error(page: HTTPResponse) -> list[str]:
    return re.findall(r'<a href="#(\w*)">', text_of(page).partition("error-summary")[2].partition("</ul>")[0])


def test_a_contact_is_added_shown_to_holders_changed_and_taken_out(staff: Staff, coordinator: Browser) -> None:
    assert "Mesa de partes" not in text_of(Browser(staff.people).get(f"/entidades/{INSTITUTION_ID}"))
    assert post(coordinator, NEW, **CONTACT).headers["Location"] == f"{OWN}?hecho=guardado"
    [contact] = own(staff).contacts
    page = f"{OWN}/contactos/{contact.contact_id}"
    assert "Mesa de partes" in text_of(Browser(staff.people).get(f"/entidades/{INSTITUTION_ID}"))
    post(coordinator, page, **{**CONTACT, "email": "mesa@entidad.example"})
    assert own(staff).contacts[0].email == "mesa@entidad.example"
    taken_out = {"csrf": csrf_of(coordinator.get(page)), "step": "quitar"}
    seen = re.findall(r'name="seen" value="(\w+)"', text_of(coordinator.get(page)))[0]
    for _ in range(2):
        assert coordinator.send(page, **taken_out, seen=seen).headers["Location"] == f"{OWN}?hecho=quitado"
    assert own(staff).contacts == ()


def test_what_another_changed_meanwhile_is_told_and_what_was_typed_stays(staff: Staff, coordinator: Browser) -> None:
    post(coordinator, NEW, **CONTACT)
    page = f"{OWN}/contactos/{own(staff).contacts[0].contact_id}"
    csrf = csrf_of(coordinator.get(page))
    stale = re.findall(r'name="seen" value="(\w+)"', text_of(coordinator.get(page)))[0]
    post(staff.browser(staff.member(StaffRole.COORDINATOR)), page, **{**CONTACT, "phone": "02"})
    for seen in (stale, ""):
        answer = coordinator._follow(  # noqa: SLF001 - one of the fields is called as its parameter
            coordinator.send(page, **{**CONTACT, "phone": "03"}, csrf=csrf, seen=seen)
        )
        assert answer.status_code == 409
        assert "Otra persona cambió los datos" in text_of(answer)
        assert 'value="03"' in text_of(answer)
    assert own(staff).contacts[0].phone == "02"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"subject": "", "desk": "", "phone": ""}, ["subject", "desk", "phone"]),
        ({"email": "nada", "hours": "x" * 81}, ["hours", "email"]),
        ({"desk": "Mesa \u4e2d"}, ["desk"]),
    ],
)
def test_all_that_is_wrong_is_told_beside_its_field(
    staff: Staff, coordinator: Browser, changes: dict[str, str], fields: list[str]
) -> None:
    answer = post(coordinator, NEW, **{**CONTACT, **changes})
    assert fields_in_error(answer) == fields
    check_html(text_of(answer))
    assert own(staff).contacts == ()


def test_an_emblem_shows_in_the_consoles_header_and_is_served_by_its_hash(
    staff: Staff, coordinator: Browser, administrator: Browser
) -> None:
    assert send_picture(administrator, a_png()).headers["Location"] == f"{PLATFORM}?hecho=cambiada"
    emblem = own(staff).emblem
    address = f"/emblemas/{INSTITUTION_ID}/{emblem}.svg"
    assert f'<img src="{address}"' in text_of(coordinator.get("/entidad"))
    assert address not in text_of(administrator.get("/plataforma"))
    served = Browser(staff.people).get(address)
    assert served.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in served.headers["Cache-Control"]
    assert re.fullmatch(r'<svg [^>]*><image [^>]*href="data:image/png;base64,[A-Za-z0-9+/=]+"/></svg>', text_of(served))
    for other in (f"/emblemas/otra/{emblem}.svg", f"/emblemas/{INSTITUTION_ID}/{emblem}.png", f"{address[:-5]}0.svg"):
        assert Browser(staff.people).get(other).status_code == 404
    page = f"{PLATFORM}/emblema"
    send_picture(administrator, b"", step="quitar")
    assert own(staff).emblem is None
    assert Browser(staff.people).get(address).status_code == 200, "what was named once stays"
    check_html(text_of(administrator.get(page)))


def _padded(size: int) -> bytes:
    """Return a whole picture of just that many bytes."""
    info, png = PngImagePlugin.PngInfo(), a_png()
    info.add(b"tEXt", b"c\x00" + b"x" * (size - len(png) - 14))
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Completa «Imagen del emblema»"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no es una imagen PNG"),
        (a_png()[:-9], "incompleta o dañada"),
        (a_png() + b"%PDF-1.7", "después de su final"),
        (a_png(47, 96), "mide 47 por 96 puntos"),
        (a_png(513, 96), "mide 513 por 96 puntos"),
        (_padded(LARGEST_EMBLEM + 1), "pesa más de 64 KB"),
        (a_png(400, 400, noise=True), "pesa más de 64 KB"),
    ],
)
def test_what_is_no_emblem_is_refused(staff: Staff, administrator: Browser, content: bytes, told: str) -> None:
    answer = send_picture(administrator, content)
    assert fields_in_error(answer) == ["emblem"]
    assert told in text_of(answer)
    assert own(staff).emblem is None


def test_an_emblem_of_just_the_largest_size_is_taken(staff: Staff, administrator: Browser) -> None:
    assert len(_padded(LARGEST_EMBLEM)) == LARGEST_EMBLEM
    send_picture(administrator, _padded(LARGEST_EMBLEM))
    assert own(staff).emblem is not None


def test_colours_show_in_the_console_alone_and_are_refused_with_their_figure(
    staff: Staff, coordinator: Browser, administrator: Browser
) -> None:
    page = f"{PLATFORM}/colores"
    refused = post(administrator, page, light="#ff6701", dark="#0056ac")
    assert fields_in_error(refused) == ["light", "dark"]
    assert "es 2,91 y hace falta 4,5" in text_of(refused)
    assert post(administrator, page, light="#126B49", dark="6fd3a0").status_code == 303
    address = "/static/colores.126b49.6fd3a0.css"
    assert f'href="{address}"' in text_of(coordinator.get("/entidad"))
    sheet = coordinator.get(address)
    assert sheet.headers["Content-Type"].startswith("text/css")
    assert text_of(sheet).startswith(":root{--primary:#126b49;--band:#126b49}")
    assert address not in text_of(administrator.get("/plataforma"))
    for forged in ("ff6701.6fd3a0", "126b49.000000", "126b49.6fd3a0;x", "126B49.6fd3a0"):
        assert coordinator.get(f"/static/colores.{forged}.css").status_code == 404
    post(administrator, page, light="", dark="")
    assert own(staff).colours is None


def test_an_identifier_that_is_taken_is_told_without_the_operators_commands(administrator: Browser) -> None:
    page = "/plataforma/entidades/nueva"
    typed = {"institution_id": "entidad-demo", "name": "Otra", "address": "Av. Ejemplo 1", "phone": "01 000"}
    csrf = csrf_of(administrator.get(page))
    answer = administrator._follow(administrator.send(page, csrf=csrf, **typed))  # noqa: SLF001 - `name` is a field
    assert answer.status_code == 409
    assert "Ya hay una entidad con ese identificador; no se hizo nada.<" in text_of(answer)


def test_who_may_not_change_settings_does_not(staff: Staff, coordinator: Browser, administrator: Browser) -> None:
    officer = staff.browser(staff.member())
    for path in (OWN, NEW):
        assert officer.get(path).status_code == administrator.get(path).status_code == 403
        check_html(text_of(coordinator.get(path)))
    for path in (f"{PLATFORM}/emblema", f"{PLATFORM}/colores"):
        assert coordinator.get(path).status_code == 403
        check_html(text_of(administrator.get(path)))
    assert coordinator.get(f"{OWN}/contactos/nada").status_code == 404
    assert administrator.get("/plataforma/entidades/nada/colores").status_code == 404
    stranger = Browser(staff.people)
    assert stranger.get("/entidades/nada").status_code == 404
    check_html(text_of(stranger.get(f"/entidades/{INSTITUTION_ID}")))
