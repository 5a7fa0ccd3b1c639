"""Texts are promises: none says what the service does not do, none cites an article by another law's number.

What people can read is looked at where it is written: the portal's files, templates, the receipt's texts, and every
text in the package's own modules. Versions that are not in force were accepted or issued as they are, and stay.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest

from chalicelib.domain.filing.filing_draft import KEPT_AFTER
from chalicelib.domain.portal import PortalText
from chalicelib.domain.registration.review import REFUSED_LIFETIME
from chalicelib.renderers.deposit.receipt_texts import TEXTS
from chalicelib.renderers.portal import portal
from chalicelib.renderers.portal_texts import portal_texts
from tests.renderers.every_text import strings

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "chalicelib"
PROMISES = {
    r"(es|son) una ayuda|ayuda, no la notificación": "the alert is a requirement of validity (Ley 31736, 5.4)",
    r"no cambian? (por sí sol[oa]|los efectos)": "an alert that failed may void the notice",
    r"(no hace falta|no necesitas?|no tienes?) que (entr|revis)": "looking into the mailbox is an obligation",
    r"se comunican en esta página": "outages have a page of their own",
    r"l[oa]s comprobamos|comprobamos tus datos": "registries tell a part of what is typed, and that is compared",
    r"«Regístrate» en esta página": "the page of questions has no such link",
    r"comprueba sin enviarlo": "without JavaScript the file is sent, as the page says",
    r"en cinco días desde": "they are business days (TUO, 24.1 with 145.1)",
    r"medida de efecto inmediato": "the law and the receipt say: precautionary measure",
    r"se borran? (después|a los)|plazo de conservación": "no time of retention exists",
}
"""What no text may say, and why not."""
MAY_NAME_THE_DESK = {"norms"}
"""Summaries of laws, which do speak of every institution's desk."""
TUO = {3, 18, 20, 24, 25, 26, 27, 30, 31, 39, 124, 128, *range(134, 138), *range(141, 147), 148, 149, 150, 151}
"""Articles of the consolidated text that Casilla cites. From 113 on, the law's own numbers are eleven less."""
OTHERS = {3, 4, 5, 6, 7, 8, 46}
"""Articles of the Ley 31736, the Ley 31170, the D.Leg. 713 and the D.S. 029-2021-PCM."""
_CITED = re.compile(
    r"(?:art[íi]culos?|arts?\.|numeral(?:es)?|TUO|articles?)"
    r"\s+(\d+(?:\.\d+)?(?:(?:, | y | a | and | to )\d+(?:\.\d+)?)*)",
    re.IGNORECASE,
)
_OWN_NORM = re.compile(r"-DEMO, art\. \d+")
"""The demonstration's institutions cite norms that do not exist."""
_LAW = re.compile(r"27444|TUO|Texto Único Ordenado|31736|31170|029-2021-PCM")
OLD_TEXTS = {
    ("privacy", "2026-01"): "dd81e7324df1fe58b5fff15724c0bd8c7f7ec5a151b760c10afe9bd06657e7f0",
    ("privacy", "2026-11"): "0488f98cdf91ebb423b05790d4d4413bdee57b22c0a2faa5d052612b39a4173b",
    ("privacy", "2026-11-27"): "63d6408a9c6241c12d1a84251e1850ca5b21536c91fe854450405594dd2ab811",
    ("terms", "2026-01"): "6d421363e3689330ab659d3e0777f1eb398d6062424d87fc6294b6ef3edac2b5",
    ("terms", "2026-11-27"): "e66fbaa0f2411cb4c750f326b57f34cf8fe350119a7e20badf3cfb5f423ec48a",
    ("terms", "2026-11"): "9df028ab9859fb6f2974116d3bf8a7fdc9ae52bcd0b103829f2be9d1f9d86e7d",
}
"""The SHA-256 of every version that is not in force any more; a line never changes, since people accepted it."""


def texts_of(module: Path, *, documentation: bool) -> Iterator[str]:
    """Yield a module's docstrings, or its other texts: what is put into one by `f` stands for itself as `…`."""
    tree = ast.parse(module.read_text("utf-8"))
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            if (id(node) in bare) is documentation:
                yield node.value
        elif isinstance(node, ast.JoinedStr) and not documentation:
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)


def read_by_people() -> Iterator[tuple[str, str]]:
    """Yield every text that people can read, with where it stands."""
    for field, value in asdict(portal()).items():
        yield from ((f"portal.{field}", text) for text in strings(value))
    for name in portal_texts().current:
        yield from ((name, text) for text in strings(asdict(portal_texts().text(name))))
    receipts = json.loads(TEXTS.read_text("utf-8"))
    yield from (("receipt", text) for text in strings(receipts["versions"][receipts["current"]]))
    for path in sorted((PACKAGE / "renderers" / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield path.relative_to(PACKAGE).as_posix(), " ".join(path.read_text("utf-8").split())
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from ((path.relative_to(PACKAGE).as_posix(), text) for text in texts_of(path, documentation=False))
    for name in ("guia-de-integracion.md", "registros.md"):
        yield from ((name, text) for text in (ROOT / "docs" / name).read_text("utf-8").split("\n\n"))


def read_by_maintainers() -> Iterator[tuple[str, str]]:
    """Yield docstrings, documents and the data that cite laws, with where they stand."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from ((path.relative_to(ROOT).as_posix(), text) for text in texts_of(path, documentation=True))
    for path in (*sorted((ROOT / "docs").rglob("*.md")), *sorted((PACKAGE / "calendars").glob("*.json"))):
        for block in path.read_text("utf-8").split("\n\n"):
            yield path.relative_to(ROOT).as_posix(), block
    for path in sorted((ROOT / "infra" / "local").rglob("*.py")):
        yield from ((path.relative_to(ROOT).as_posix(), text) for text in texts_of(path, documentation=False))


def cited(text: str) -> Iterator[int]:
    """Yield the articles that a text cites, those between two ends of a row too."""
    for found in _CITED.finditer(_OWN_NORM.sub("", text)):
        numbers = re.split(r"(, | y | a | and | to )", found[1])
        articles = [int(number.partition(".")[0]) for number in numbers[::2]]
        yield from articles
        for (first, last), word in zip(pairwise(articles), numbers[1::2], strict=True):
            yield from range(first, last) if word in {" a ", " to "} else ()


def hash_of(text: PortalText) -> str:
    return hashlib.sha256(json.dumps(asdict(text), default=str, sort_keys=True).encode()).hexdigest()


READ = tuple(read_by_people())


def test_all_that_people_read_is_looked_at() -> None:
    places = {place for place, _ in READ}

    assert len(READ) > 2000
    assert {"portal.questions", "portal.norms", "terms", "privacy", "receipt"} <= places
    assert {"renderers/templates/pages/reading/mailbox.html", "renderers/templates/letters/letter.txt"} <= places
    assert {"renderers/people/people_letters.py", "renderers/alert/alert_sms.py", "handlers/page.py"} <= places


@pytest.mark.parametrize(("promise", "why"), PROMISES.items())
def test_nothing_is_promised_that_does_not_exist(promise: str, why: str) -> None:
    exempt = {f"portal.{field}" for field in MAY_NAME_THE_DESK} if "mesa" in promise else set()
    said = [(place, text[:200]) for place, text in READ if re.search(promise, text, re.IGNORECASE)]

    assert not [one for one in said if one[0] not in exempt], why


def test_articles_have_the_numbers_of_the_consolidated_text() -> None:
    laws = [(place, text) for place, text in (*READ, *read_by_maintainers()) if _LAW.search(text)]
    laws += [("portal.norms", f"{norm.title}: {norm.source}") for norm in portal().norms]
    found = {(place, number) for place, text in laws for number in cited(text)}

    assert {number for _, number in found} >= {20, 25, 124, 128, 137, 144, 145, 5, 46}
    assert not [one for one in sorted(found) if one[1] not in TUO | OTHERS]


def test_the_decree_and_the_decision_against_it_are_told_apart() -> None:
    [norm] = [norm for norm in portal().norms if "029-2021-PCM" in norm.title]

    decree, decision = norm.summary.split("INDECOPI", 1)
    assert "al día siguiente" in decree
    assert "23:59" not in decree
    assert "barrera burocrática ilegal" in decision
    assert "algunas entidades" in decision


def test_the_privacy_policy_says_who_sees_what_of_a_receipt() -> None:
    [section] = [one for one in portal_texts().text("privacy").sections if one.heading == "Quién los ve"]
    said = " ".join(section.paragraphs)

    assert "/verificar/" in said
    for shown in ("código", "QR", "entidad", "expediente", "asunto", "recursos", "nombre", "documento", "avisos"):
        assert shown in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("terms", "retirar la autorización en «Mi perfil»"),
        ("terms", "acepta la versión nueva en su próximo ingreso"),
        ("terms", "Esa solicitud no vence"),
        ("terms", "carné de extranjería"),
        ("privacy", "retirar en «Mi perfil» la autorización"),
        ("privacy", "la acepta en su próximo ingreso"),
        ("privacy", "quién la representa, con su documento, y la partida y el asiento de su poder"),
        ("privacy", "Al proveedor de identidad no se le envía nada"),
        ("privacy", "La que espera que una persona la revise no vence"),
        ("privacy", f"pasados {REFUSED_LIFETIME.days} días"),
        ("privacy", "De RENIEC, por el número de DNI"),
        ("privacy", "De SUNAT, por el RUC"),
        ("privacy", "Por un carné de extranjería no se pregunta a ningún registro"),
        ("privacy", "Los que usted escribe y adjunta para presentarlo a una entidad"),
        ("privacy", "lo ven también los servidores y los sistemas de la entidad a la que se dirige"),
        ("privacy", f"lo descarta, y entonces {KEPT_AFTER.days} días más"),
        ("privacy", "Lo presentado, sus documentos y sus cargos, tampoco"),
    ],
)
def test_the_texts_in_force_say_what_of_it_works(name: str, words: str) -> None:
    assert words in " ".join(strings(asdict(portal_texts().text(name))))


def test_the_example_of_a_registration_accepts_what_is_in_force() -> None:
    told = re.findall(r'"text": "(\w+)", "version": "([^"]+)"', (ROOT / "docs" / "registros.md").read_text("utf-8"))

    assert dict(told) == dict(portal_texts().current)


def test_every_norm_is_listed() -> None:
    listed = " ".join(f"{norm.title} {norm.source}" for norm in portal().norms)

    for norm in ("27444", "004-2019-JUS", "31736", "31170", "029-2021-PCM", "0518-2024/SEL-INDECOPI"):
        assert norm in listed


@pytest.mark.parametrize("text", ["numeral 133.1 del TUO", "TUO, artículos 128 a 134", "arts. 25 and 133.1", "TUO 140"])
def test_the_laws_own_numbers_would_be_seen(text: str) -> None:
    assert set(cited(text)) - (TUO | OTHERS)


def test_versions_that_people_accepted_are_as_they_were() -> None:
    current = set(portal_texts().current.items())
    found = {key: hash_of(text) for key, text in portal_texts().texts.items() if key not in current}

    assert found == OLD_TEXTS


def test_the_terms_say_the_three_obligations_that_pages_show() -> None:
    said = " ".join(strings(asdict(portal_texts().text("terms"))))

    assert len(portal().obligations) == 3
    for words in ("Revisar periódicamente", "Mantener operativos", "Mantener la confidencialidad"):
        assert words in said
        assert any(one.startswith(words) for one in portal().obligations)
