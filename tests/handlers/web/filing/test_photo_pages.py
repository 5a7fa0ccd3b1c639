"""Photos of a draft are joined page by page without any script, and the history is asked for at the list."""

from __future__ import annotations

import io
import re
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest

from chalicelib.bootstrap.filing import filing_draft_store, join_work
from chalicelib.domain.filing.filing_draft import discarded
from chalicelib.services.filing.join_photos import Joining, join_photos
from tests.export_world import Exports
from tests.filer_world import OWN, FilerAtWork
from tests.photos import a_picture, packed


def with_photos(filer: FilerAtWork, count: int = 3) -> list[str]:
    """Attach photos, checked, and return their ids in the order they were sent."""
    filer.write()
    for number in range(count):
        filer.attach("anexos", f"IMG_20{number}.jpg", packed(a_picture((200 + number, 150))))
    filer.check_arrived()
    return [annex.upload_id for annex in filer.draft().annexes]


def make(filer: FilerAtWork) -> None:
    """Have the worker make the PDF that waits in its queue, and the other one look at it."""
    Exports(filer.browser.people, filer.engine, "").work()
    filer.check_arrived()


def chosen(ids: list[str], *pages: str) -> dict[str, str]:
    return {f"page_{upload_id}": page for upload_id, page in zip(ids, pages, strict=True)}


def test_photos_are_joined_in_the_order_that_was_chosen_and_filed_as_one_annex(filer: FilerAtWork) -> None:
    ids = with_photos(filer)
    annexes = filer.page(f"{filer.at}/anexos")
    assert f'href="{filer.at}/fotos">Juntarlas en un solo PDF' in annexes
    page = filer.page(f"{filer.at}/fotos")
    assert [re.findall(rf'name="page_{one}".*?value="(\d)" selected', page, re.DOTALL)[0] for one in ids] == [*"123"]
    assert 'value="Fotos"' in page

    led = filer.fill("fotos", name="Mi recibo", **chosen(ids, "2", "", "1"))

    assert led == f"{filer.at}/fotos?hecho=juntando"
    assert [photo.upload_id for photo in filer.draft().joins[0].photos] == [ids[2], ids[0]]
    page = filer.page(led)
    assert "Se están juntando" in page
    assert "Fotos: IMG_202.jpg, IMG_200.jpg" in page
    assert "IMG_201.jpg" in page, "what is left can be joined too"
    assert "En revisión" in filer.page(f"{filer.at}/anexos")
    assert "Todavía se revisan tus archivos" in filer.page(filer.at)

    make(filer)
    assert "Listo, 2 hojas" in filer.page(f"{filer.at}/fotos")
    assert "Mi recibo.pdf" in filer.page(filer.at)
    led = filer.present()
    detail = filer.page(f"{OWN}/{led.split('/')[2]}")
    assert "Mi recibo.pdf" in detail
    assert "IMG_201.jpg" in detail
    assert "IMG_202.jpg" not in detail


def test_what_was_joined_can_be_undone_until_it_is_filed(filer: FilerAtWork) -> None:
    ids = with_photos(filer, 2)
    filer.fill("fotos", **chosen(ids, "1", "2"))
    make(filer)
    [pdf_id] = [annex.upload_id for annex in filer.draft().annexes]

    led = filer.fill("deshacer", at=f"{filer.at}/fotos", upload_id=pdf_id)

    assert led == f"{filer.at}/fotos?hecho=sueltas"
    assert "quedaron otra vez sueltas" in filer.page(led)
    assert [annex.upload_id for annex in filer.draft().annexes] == ids
    again = filer.fill("deshacer", at=f"{filer.at}/fotos", upload_id=pdf_id)
    assert "ya quedaron sueltas" in filer.page(again, 404)


def test_two_photos_on_one_page_are_told_and_what_was_chosen_stays(filer: FilerAtWork) -> None:
    ids = with_photos(filer)
    led = filer.fill("fotos", name="Con otro nombre", **chosen(ids, "2", "2", ""))
    page = filer.page(led, 422)
    assert "Hay dos fotos en la hoja 2" in page
    assert f'href="#page_{ids[1]}"' in page
    assert 'value="Con otro nombre"' in page
    assert re.findall(rf'name="page_{ids[0]}".*?value="(\d)" selected', page, re.DOTALL)[0] == "2"
    assert filer.draft().joins == ()


@pytest.mark.parametrize("pages", [("", "", ""), ("x", "0", "-1"), ("９", "", "100")])  # noqa: RUF001 - wide digits
def test_no_photo_chosen_is_told(filer: FilerAtWork, pages: tuple[str, str, str]) -> None:
    ids = with_photos(filer)
    assert "Elige al menos una foto" in filer.page(filer.fill("fotos", **chosen(ids, *pages)), 422)


def test_a_photo_can_be_looked_at_while_it_is_put_in_order(filer: FilerAtWork) -> None:
    ids = with_photos(filer, 2)
    assert f'href="{filer.at}/foto?archivo={ids[1]}"' in filer.page(f"{filer.at}/fotos")
    link = urlsplit(str(filer.browser.get(f"{filer.at}/foto?archivo={ids[1]}").headers["Location"]))
    assert "X-Amz-Signature" in parse_qs(link.query)
    assert "IMG_201.jpg" in parse_qs(link.query)["response-content-disposition"][0]
    document = filer.draft().document
    assert document is not None
    for other in (document.upload_id, "f" * 32, "", "../x"):
        assert filer.browser.get(f"{filer.at}/foto?archivo={other}").headers["Location"] == f"{filer.at}/fotos"
    filer.browser.enter(user_id="u2")
    assert filer.browser.get(f"{filer.at}/foto?archivo={ids[1]}").status_code == 404


def test_a_name_that_is_none_is_told_at_its_field(filer: FilerAtWork) -> None:
    ids = with_photos(filer, 1)
    page = filer.page(filer.fill("fotos", name="a/b", **chosen(ids, "1")), 422)
    assert 'href="#name"' in page
    assert "no puede llevar carpetas" in page


def test_a_second_window_joins_nothing_twice(filer: FilerAtWork) -> None:
    ids = with_photos(filer, 2)
    version = filer.hidden(f"{filer.at}/fotos")["version"]
    filer.fill("fotos", **chosen(ids, "1", "2"))
    led = filer.fill("fotos", **{**chosen(ids, "1", "2"), "version": version})
    assert "cambió mientras lo tenías abierto" in filer.page(led, 409)
    assert len(filer.draft().joins) == 1


def test_what_takes_too_long_can_be_asked_for_again(filer: FilerAtWork) -> None:
    ids = with_photos(filer, 2)
    filer.fill("fotos", **chosen(ids, "1", "2"))
    assert "Pedir otra vez" not in filer.page(f"{filer.at}/fotos")
    filer.browser.people.world.clock.advance(minutes=11)
    filer.browser.enter()
    assert "Tarda más de lo normal" in filer.page(f"{filer.at}/fotos")
    [before] = filer.draft().joins
    led = filer.fill("otra-vez", at=f"{filer.at}/fotos", upload_id=before.upload_id)
    assert led.endswith("?hecho=juntando")
    [after] = filer.draft().joins
    assert after.upload_id != before.upload_id
    draft_id, tools = filer.draft().draft_id, join_work(filer.box)
    assert join_photos(draft_id, before.upload_id, tools=tools) is Joining.GONE
    assert join_photos(draft_id, after.upload_id, tools=tools) is Joining.JOINED


def test_photos_that_are_looked_at_still_are_waited_for(filer: FilerAtWork) -> None:
    filer.write()
    assert "No hay fotos entre tus anexos" in filer.page(f"{filer.at}/fotos")
    filer.attach("anexos", "foto.PNG", packed(a_picture(), "PNG"))
    assert "Todavía se revisan tus fotos" in filer.page(f"{filer.at}/fotos")
    assert "Juntarlas" not in filer.page(f"{filer.at}/anexos")


def test_a_closed_draft_leads_to_where_closed_ones_do(filer: FilerAtWork) -> None:
    with_photos(filer, 1)
    hidden = filer.hidden(f"{filer.at}/fotos")
    now = filer.browser.people.world.clock.now
    filing_draft_store(filer.box).update(discarded(filer.draft(), now))
    assert filer.browser.get(f"{filer.at}/fotos").headers["Location"] == "/presentar"
    sent = filer.browser.send(f"{filer.at}/fotos", **{**hidden, "upload_id": ""})
    assert sent.headers["Location"].startswith("/presentar")


def test_the_list_of_filings_offers_the_whole_history(filer: FilerAtWork) -> None:
    assert "Tu historial" not in filer.page(OWN)
    filer.filed()
    page = filer.page(OWN)
    assert "Tu historial completo" in page
    asked = filer.browser.submit(filer.browser.get(OWN), "/casilla/exportar", vista="historial", formato="xlsx")
    address = str(asked.headers["Location"])
    assert f'href="{OWN}">Volver a tus trámites' in filer.page(address)
    exports = Exports(filer.browser.people, filer.engine, "")
    exports.work()
    link = str(filer.browser.get(f"{address}/archivo").headers["Location"])
    book = openpyxl.load_workbook(io.BytesIO(exports.fetch(link)))
    assert book["Presentaciones"]["A2"].value == "2026-000001"
    titles = [row[2] for row in book["Documentos presentados"].iter_rows(min_row=2, values_only=True)]
    assert titles == ["Documento principal", "Cargo de presentación"]
