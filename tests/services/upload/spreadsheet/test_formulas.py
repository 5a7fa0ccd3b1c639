from __future__ import annotations

import pytest

from chalicelib.domain.upload.upload import ODS, XLSX
from chalicelib.services.upload.spreadsheet.formulas import problems_of
from tests.cpu import cpu_within
from tests.services.upload.spreadsheet.made import ods_with_formula, problems, with_formula

MACROS, LINKS = "spreadsheet_macros", "spreadsheet_external_links"


def codes(formula: str, *, open_formula: bool = False) -> list[str]:
    return [code for code, _ in problems_of(formula, open_formula=open_formula)]


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ('WEBSERVICE("https://example.com")', LINKS),
        ('_xlfn.WEBSERVICE("https://example.com")', LINKS),
        ('_xlfn._xlws.webservice ("https://example.com")', LINKS),
        ('SUM(1,WebService\n("https://example.com"))', LINKS),
        ('IMAGE("https://example.com/a.png")', LINKS),
        ('RTD("a",,"b")', LINKS),
        ('DDE("cmd";"/c calc";"a")', LINKS),
        ('CALL("kernel32","WinExec","JFJ","calc",1)', MACROS),
        ('REGISTER.ID("kernel32","WinExec")', MACROS),
        ('EXEC("calc")', MACROS),
        ("GET.CELL(63,A1)", MACROS),
        ('_xlfn._xlws.PY("1")', MACROS),
        ("cmd|'/c calc'!A0", MACROS),
        ("+cmd|'/c calc'!A0", MACROS),
        ("'cmd'|'/c calc'!A0", MACROS),
        ("[1]Hoja1!A1", LINKS),
        ("[1]!Nombre", LINKS),
        ("SUM([12]Hoja1!A1:A9)", LINKS),
        ("[Otro.xlsx]Hoja1!A1", LINKS),
        ("'[1]Hoja 1'!A1", LINKS),
        ("'C:\\datos\\[Otro.xlsx]Hoja 1'!A1", LINKS),
        ("'\\\\server\\share\\[Otro.xlsx]Hoja 1'!A1", LINKS),
        ("'https://example.com/[Otro.xlsx]Hoja 1'!A1", LINKS),
        ("'file:///c:/a.ods'#$Hoja1.A1", LINKS),
        ('HYPERLINK("file:///c:/a.exe","ver")', LINKS),
        ('HYPERLINK("\\\\server\\share","ver")', LINKS),
        ('HYPERLINK("otro.xlsx")', LINKS),
        ('hyperlink( "javascript:alert(1)")', LINKS),
        ('HYPERLINK(A1&"file://server/share")', LINKS),
        ('_xlfn.HYPERLINK(IF(A1,"file:///c:/a.exe",""))', LINKS),
    ],
)
def test_formula_that_reaches_out_or_runs_is_refused(formula: str, code: str) -> None:
    assert code in codes(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(A1:A9)",
        '"WEBSERVICE(" & A1',
        '"[1]Hoja!A1" & "cmd|\'/c\'!A0" & "file:///x"',
        '"dice ""CALL(1)"" aquí"',
        "'Hoja 1'!A1+'Ene:Dic'!B2",
        "'Gastos | ''24'!A1",
        "Tabla1[Monto]",
        "Tabla1[[#This Row],[Año '[1']]]*2",
        "SUM(Tabla1[[#Headers],[Don't]])",
        "[0]!Nombre",
        'FILTERXML(A1,"//a")',
        'HYPERLINK("https://www.gob.pe/","ver: nota")',
        'HYPERLINK("#Hoja1!A1","ir")',
        'HYPERLINK("#"&ADDRESS(1,1),"ir")',
        'HYPERLINK(A1,"archivo://x")',
        'HYPERLINK("mailto:"&B2,B2)',
        "_xlfn.XLOOKUP(A1,B:B,C:C)",
        "_xlfn.LET(_xlpm.x,1,_xlpm.x+1)",
        "MI.CALL(1)",
        "LLAMADA_CALL(1)",
        "A1<>B1",
        "{1,2;3,4}",
        "#REF!+1",
        "Hoja1!A1#",
    ],
)
def test_formula_that_only_calculates_passes(formula: str) -> None:
    assert codes(formula) == []


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("of:=['file:///c:/a.ods'#$Hoja1.A1]", LINKS),
        ("of:=['https://example.com/a.ods'#$Hoja1.A1]", LINKS),
        ("='file:///c:/a.ods'#$Hoja1.A1", LINKS),
        ('of:=COM.MICROSOFT.WEBSERVICE("https://example.com")', LINKS),
        ('of:=WEBSERVICE("https://example.com")', LINKS),
        ('of:=DDE("soffice";"a.ods";"A1")', LINKS),
        ('of:=HYPERLINK("file:///c:/a.exe";"ver")', LINKS),
        ("msoxl:=[1]Hoja1!A1", LINKS),
        ("msoxl:='C:\\[a.xlsx]Hoja 1'!A1", LINKS),
        ("msoxl:=cmd|'/c calc'!A0", MACROS),
    ],
)
def test_formula_of_opendocument_that_reaches_out_is_refused(formula: str, code: str) -> None:
    assert codes(formula, open_formula=True) == [code]
    assert problems(ods_with_formula(formula), ODS)[0][0] == code


@pytest.mark.parametrize(
    "formula",
    [
        "of:=SUM([.A1:.A9])",
        "of:=FORMULA([.A1])",
        "of:cell-content-is-decimal-number() and is-true-formula([.A1]>2)",
        "of:=[$Hoja1.A1]+[$'Hoja 2'.B2]",
        "of:=[$'file de Juan: 2024'.B2]",
        "of:=SUM({1;2|3;4})",
        'of:=HYPERLINK("https://www.gob.pe";"ver")',
        "of:=[.A1:.B3]![.A2]",
        "msoxl:=Tabla1[[#This Row],[Monto]]",
    ],
)
def test_formula_of_opendocument_that_only_calculates_passes(formula: str) -> None:
    assert codes(formula, open_formula=True) == []
    assert problems(ods_with_formula(formula), ODS) == []


def test_formulas_that_differ_by_digits_are_each_judged() -> None:
    assert codes("[0]!Nombre") == []
    assert codes("[1]!Nombre") == [LINKS]
    assert codes("CA1LL(2)") == []
    assert codes("CALL(2)") == [MACROS]


@pytest.mark.parametrize(
    "formula",
    ["HYPERLINK(" * 6000, "[" * 60000, "'" * 60001, '"' * 60001, "a" * 60000, "{" * 60000, "a " * 30000, "a." * 30000],
)
def test_time_grows_with_the_length_of_a_formula_and_no_more(formula: str) -> None:
    with cpu_within(1):
        problems_of(formula)
        problems_of(formula, open_formula=True)


def test_the_same_in_a_workbook_is_told_with_its_cell() -> None:
    (found,) = problems(with_formula('WEBSERVICE("https://a")'), XLSX)
    assert found[0] == LINKS
    assert "hoja «Pagos», celda B2" in found[1]
