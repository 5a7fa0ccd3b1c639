"""The application for a mailbox, to be printed and filled in by hand (REG-8; S0: *formato de solicitud*). Free.

It asks for what the law has a holder give (Ley 31736, 4), for what a registry compares, and for one to five users (S0).
Imports fpdf2: import it where a page needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from chalicelib.domain.mailbox import MAX_USERS
from chalicelib.domain.portal import PortalText
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.pdf_document import ACCENT, INK, MUTED, Paper, Typeface
from chalicelib.renderers.printable import printable

MEDIA_TYPE = "application/pdf"
FILENAME = "solicitud-de-casilla-electronica.pdf"
_SIDE, _TOP = 18.0, 14.0
_DRAWN = datetime(2026, 11, 27, tzinfo=UTC)
"""When the form was drawn: it says nothing of the day it is printed, and its bytes stay the same."""
_ROW, _LABEL, _BOX = 12.0, 3.6, 3.2
_USERS = (
    ("", 7.0),
    ("Apellidos y nombres", 59.0),
    ("Documento", 27.0),
    ("Correo electrónico", 53.0),
    ("Celular", 28.0),
)
"""Columns of the users' table, with their widths in millimetres."""
_DATE = "día / mes / año"


def render_application_form(terms: PortalText, privacy: PortalText, letterhead: Letterhead) -> bytes:
    """Make the blank form as PDF/A-3U, on one page; it names the texts that the signature accepts, by version."""
    paper = Paper(
        typeface=Typeface.EMBEDDED,
        running_title="Solicitud de casilla electrónica",
        reference="Solicitud de casilla electrónica. Formato gratuito",
        created_at=_DRAWN,
        side=_SIDE,
        top=_TOP,
    )
    paper.describe(
        title="Solicitud de casilla electrónica",
        author="Casilla electrónica",
        subject="Formato gratuito, para imprimir",
    )
    paper.add_page()
    _title(paper, letterhead)
    _holder(paper)
    _users(paper)
    _declaration(paper, terms, privacy, letterhead)
    _signature(paper)
    _for_the_desk(paper)
    return paper.to_bytes()


def _title(paper: Paper, letterhead: Letterhead) -> None:
    paper.set_y(9)
    paper.write_in(15, weight="B")
    paper.paragraph("Solicitud de casilla electrónica", line=7)
    paper.write_in(8.5, colour=MUTED)
    paper.paragraph(
        "Este formato es gratuito. Llénelo con letra de imprenta y preséntelo en mesa de partes con el documento de"
        " identidad de quien firma. También puede registrarse usted mismo en "
        + printable(letterhead.portal)
        + ", si tiene DNI o carné de extranjería.",
        line=4,
    )


def _holder(paper: Paper) -> None:
    _heading(paper, "1. Titular de la casilla")
    _choices(paper, "Tipo", ("Persona natural", "Persona jurídica"))
    _choices(paper, "Documento", ("DNI", "Carné de extranjería", "Pasaporte", "RUC"))
    _fields(
        paper, (("Número de documento", 58), ("DNI: código de verificación", 58), (f"DNI: emitido el ({_DATE})", 58))
    )
    _fields(paper, (("Apellidos y nombres, o razón social", 116), (f"Nacimiento ({_DATE})", 58)))
    _fields(
        paper,
        (("Persona jurídica: distrito de la ficha RUC", 70), ("Partida registral", 52), ("Asiento del poder", 52)),
    )


def _users(paper: Paper) -> None:
    _heading(
        paper, f"2. Usuarios: de una a {_in_words(MAX_USERS)} personas, cada una con su documento, correo y celular"
    )
    paper.write_in(8, colour=MUTED)
    paper.paragraph(
        "La primera es el usuario principal: el titular, o quien representa a la persona jurídica. Todas reciben las"
        " alertas y pueden leer la casilla. No repita un documento ni un correo.",
        line=3.8,
    )
    paper.ln(0.8)
    top = paper.y
    paper.write_in(7.5, weight="B", colour=ACCENT)
    left = paper.l_margin
    for words, width in _USERS:
        paper.set_xy(left + 1, top)
        paper.cell(width, 4.6, words)
        left += width
    height = 11.0
    paper.set_draw_color(*MUTED)
    paper.set_line_width(0.2)
    for number in range(MAX_USERS):
        row, left = top + 4.6 + number * height, paper.l_margin
        for index, (_, width) in enumerate(_USERS):
            paper.rect(left, row, width, height)
            if index == 0:
                paper.write_in(9, weight="B", colour=INK)
                paper.set_xy(left, row)
                paper.cell(width, height, str(number + 1), align="C")
            left += width
    paper.set_xy(paper.l_margin, top + 4.6 + MAX_USERS * height + 1.5)


def _declaration(paper: Paper, terms: PortalText, privacy: PortalText, letterhead: Letterhead) -> None:
    _heading(paper, "3. Lo que pide y acepta quien firma")
    paper.write_in(8.5)
    asks = (
        "Pido que se abra esta casilla electrónica y autorizo que se me notifique en ella. La autorización es"
        " voluntaria, salvo que una norma haga obligatoria la casilla, y puedo retirarla para lo que venga después."
    )
    accepts = (
        f"Leí y acepto «{printable(terms.title)}» (versión {terms.version}) y «{printable(privacy.title)}» (versión"
        f" {privacy.version}), que la mesa de partes muestra y están en {printable(letterhead.portal)}."
    )
    proves = (
        "Cada usuario confirma su propio correo con un mensaje que recibe después. Mientras no lo confirme no puede"
        " ingresar. Nadie le pedirá su contraseña."
    )
    for text in (asks, accepts, proves):
        paper.paragraph("\u2022 " + text, line=4.2)
        paper.ln(0.6)


def _signature(paper: Paper) -> None:
    paper.ln(1)
    _fields(paper, (("Lugar", 58), (f"Fecha ({_DATE})", 42), ("Firma del titular o representante", 74)), height=26)


def _for_the_desk(paper: Paper) -> None:
    _heading(paper, "Para la mesa de partes")
    _fields(paper, (("Entidad y oficina", 70), ("Recibido por", 62), ("Fecha y hora", 42)))
    paper.write_in(7.5, colour=MUTED)
    paper.paragraph("Quien recibe compara a quien firma con su documento y adjunta este formato escaneado.", line=3.6)


def _heading(paper: Paper, words: str) -> None:
    paper.ln(2)
    paper.write_in(10, weight="B", colour=ACCENT)
    paper.paragraph(words, line=5.4)
    paper.ln(0.4)


def _choices(paper: Paper, label: str, choices: Sequence[str]) -> None:
    """Write a row of boxes to tick."""
    paper.write_in(8, colour=MUTED)
    paper.cell(24, 5.4, label)
    for words in choices:
        paper.set_draw_color(*INK)
        paper.set_line_width(0.25)
        paper.rect(paper.x, paper.y + 1.1, _BOX, _BOX)
        paper.set_x(paper.x + _BOX + 1.6)
        paper.write_in(9)
        paper.cell(paper.get_string_width(words) + 7, 5.4, words)
    paper.ln(5.8)


def _fields(paper: Paper, fields: Sequence[tuple[str, float]], *, height: float = _ROW) -> None:
    """Write boxes to write in, each with its label inside, small and on top."""
    top, left = paper.y, paper.l_margin
    paper.set_draw_color(*MUTED)
    paper.set_line_width(0.2)
    for label, width in fields:
        paper.rect(left, top, width, height)
        paper.set_xy(left + 1, top + 0.4)
        paper.write_in(6.5, colour=MUTED)
        paper.cell(width - 2, _LABEL, label)
        left += width
    paper.set_xy(paper.l_margin, top + height + 0.8)


def _in_words(number: int) -> str:
    return {5: "cinco"}.get(number, str(number))
