"""One word for one thing, and one way to speak to a person: *tú* on pages, *usted* in letters and legal texts.

The labels that S1 fixes are the exceptions, and each is named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from chalicelib.renderers.pages import page_templates
from chalicelib.renderers.portal import portal
from chalicelib.renderers.portal_texts import portal_texts
from tests.renderers.every_text import strings
from tests.renderers.test_promises import PACKAGE, texts_of

PAGES, LETTERS = PACKAGE / "renderers" / "templates" / "pages", PACKAGE / "renderers" / "templates" / "letters"
TOLD_TO_PERSONS = (
    *("domain/access", "domain/people", "domain/registration", "domain/session.py", "domain/mailbox/__init__.py"),
    *("services/access", "services/people", "services/registration", "services/export", "services/reading"),
    "handlers/commands",
)
"""Where what pages and the API say is written, and operators' commands besides."""
OWN_LABELS = re.compile(r"Clave Antigua|(?:Repetir )?Clave Nueva|[Cc]laves? de validación|/\S*clave\S*|class=\S+")
"""What S1 calls so, and addresses."""
THIRD_PERSONS = {
    "pages/_no_person.html": {"su casilla"},
    "pages/access/contest.html": {"sus usuarios"},
    "pages/access/identified.html": {"su contraseña", "su usuario"},
    "pages/access/inside.html": {"su contraseña"},
    "pages/access/login.html": {"su correo"},
    "pages/desk/recovery.html": {"su correo"},
    "pages/desk/recovery_new.html": {"su contraseña"},
    "pages/desk/registration.html": {"su correo"},
    "pages/desk/registrations.html": {"su correo"},
    "handlers/web/desk/registrations.py": {"su usuario"},
    "pages/evidence/unknown.html": {"su código"},
    "pages/evidence/verify.html": {"su código"},
    "handlers/web/institution/deed_words.py": {"su correo", "su contraseña"},
    "handlers/web/institution/new_key.py": {"su clave"},
    "pages/institution/compose_list.html": {"sus datos"},
    "pages/institution/member.html": {"su usuario"},
    "pages/institution/team.html": {"sus datos"},
    "pages/people/closing.html": {"sus usuarios"},
    "pages/people/own_data.html": {"sus datos"},
    "pages/people/user_remove.html": {"Su usuario", "su contraseña"},
    "pages/people/users.html": {"su correo"},
    "pages/registration/juridica.html": {"sus datos"},
    "pages/registration/mail_link_replaced.html": {"su clave"},
    "pages/registration/representative.html": {"su casilla"},
    "portal.toml": {"su correo", "su celular", "su contraseña", "su código"},
    "handlers/web/people/own_data.py": {"sus usuarios"},
}
"""Of somebody who is not the reader."""
FORMAL = re.compile(
    r"\b[Uu]sted(?:es)?\b|\b[Ss]us? (?:casilla|celular|clave|código|contraseña|correo|datos|perfil|sesión|usuarios?"
    r"|verificación|navegador)\b"
    r"|\b(?:Abra|Acepte|Complete|Comuníquese|Confirme|Elija|Escriba|Espere|Haga|Ingrese|Inténtelo|Lea|Llame|Pida|Pulse"
    r"|Revise|Seleccione|Verifique|Vuelva)\b"
)
FAMILIAR = re.compile(
    r"\b(?:tú|tu|tus|te|ti|contigo)\b|\b(?:Abre|Acepta|Comunícate|Confirma|Crea|Elige|Escribe|Espera|Ingresa"
    r"|Inténtalo|Lee|Llama|Pide|Revisa|Verifica|Vuelve)\b",
)
OTHER_WORDS = {
    r"\b[Cc]laves?\b": "contraseña; clave de validación; código",
    r"\b[Ee]ntr(?:a|as|an|ar|ará|arás|arán|aron|ando)\b": "ingresar",
    r"\b(?:[Mm]óvil|[Ff]ono)\b": "celular",
    r"\b(?:[Rr]ecibo|[Cc]omprobante)\b": "constancia",
    r"\b(?:[Ll]ogin|[Ll]oguear|[Aa]utenticarse|[Aa]cced(?:er|es|a))\b": "iniciar sesión; ingresar",
}
"""What is said otherwise, and how."""
OF_KEYS = re.compile(
    r"pages/(?:_console_nav|institution/(?:_key_warning|keys?|key_\w+|home)|audit/audits?(?:_new)?|evidence/audit)\.html|\S*keys?(?:_\w+)?\.py|\S*institution/labels\.py"
)
"""Where a system's signing key is meant, which is called so as well."""
OF_PAYMENTS = re.compile(r"pages/usage/\w+\.html|\S*usage\S*|\S*statement_letters\.py")
"""Where the proof of a payment is meant, which S2 has scanned and sent: no receipt of a notice stands there."""
ANOTHER_THING = {
    "comprobante escaneado": "of a payment, which S2 has scanned and sent",
    "puedas entrar ahora": "into one's e-mail, which is not the mailbox",
    "puedas entrar y un celular": "as above",
    "puedes entrar a ese correo": "as above",
    "para acceder a mi casilla electrónica?": "one of S0's questions",
    "acuse de recibo": "the law's name for the acknowledgement, which is no receipt",
}


def shown(source: str) -> str:
    """Leave of a template what it shows, and what it hands to the parts that show it."""
    tokens = [(kind, value) for _, kind, value in page_templates().lex(source)]
    page = re.sub(r"<[^>]*>", " ", "".join(value if kind == "data" else "…" for kind, value in tokens))
    texts = [value[1:-1] for kind, value in tokens if kind == "string"]
    return " ".join([page, *(text for text in texts if re.match(r"[¿¡]?[A-ZÁÉÍÓÚÑ]|.* ", text))])


def on_pages() -> Iterator[tuple[str, str]]:
    """Yield the texts of pages, with where each stands."""
    for path in sorted(PAGES.rglob("*.html")):
        yield path.relative_to(PAGES.parent).as_posix(), " ".join(shown(path.read_text("utf-8")).split())
    for path in sorted((PACKAGE / "renderers" / "static").glob("*.js")):
        yield from ((path.name, text) for text in re.findall(r'["`]([^"`]* [^"`]*)["`]', path.read_text("utf-8")))
    own = portal()
    for text in (*strings([asdict(one) for one in own.questions]), *own.obligations):
        yield "portal.toml", text
    for place in ("handlers/web", "handlers/page.py", "handlers/page_request.py"):
        yield from spoken_at(place)


def in_letters() -> Iterator[tuple[str, str]]:
    """Yield the texts of e-mails and messages, with where each stands."""
    for path in sorted(LETTERS.iterdir()):
        yield path.name, path.read_text("utf-8")
    for path in sorted((PACKAGE / "renderers").rglob("*.py")):
        if path.stem.endswith(("_letters", "_sms")):
            yield from ((path.name, text) for text in spoken(path))


def in_legal_texts() -> Iterator[tuple[str, str]]:
    """Yield the texts in force that people agree to."""
    for name in portal_texts().current:
        yield from ((name, text) for text in strings(asdict(portal_texts().text(name))))


def spoken_at(place: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a module, or of all in a folder."""
    for path in [PACKAGE / place] if place.endswith(".py") else sorted((PACKAGE / place).rglob("*.py")):
        yield from ((path.relative_to(PACKAGE).as_posix(), text) for text in spoken(path))


def spoken(module: Path) -> Iterator[str]:
    """Yield a module's texts that are sentences or labels, and no names of fields."""
    return (text for text in texts_of(module, documentation=False) if re.search(r"[a-záéíóúñ…] [a-záéíóúñ]", text))


ON_PAGES, IN_LETTERS = tuple(on_pages()), tuple(in_letters())
TOLD = tuple(one for place in TOLD_TO_PERSONS for one in spoken_at(place) if "guessed_words" not in one[0])


def found(pattern: re.Pattern[str] | str, texts: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Return where a pattern stands and in which words."""
    return [
        (place, text[max(0, match.start() - 30) : match.end() + 30])
        for place, text in texts
        for match in re.finditer(pattern, text)
        if match[0] not in THIRD_PERSONS.get(place, set())
    ]


def test_all_texts_are_looked_at() -> None:
    assert len(ON_PAGES) > 250
    assert len(TOLD) > 150
    assert len(IN_LETTERS) > 150
    assert {"pages/access/login.html", "expiry.js", "portal.toml", "handlers/page.py"} <= dict(ON_PAGES).keys()
    assert {"letter.html", "registration_letters.py", "access_sms.py"} <= dict(IN_LETTERS).keys()


def test_pages_say_tu() -> None:
    assert not found(FORMAL, ON_PAGES)


def test_letters_say_usted() -> None:
    """But for a link of a page that they name."""
    named = tuple((place, text.replace("«¿Olvidaste tu contraseña?»", "")) for place, text in IN_LETTERS)
    assert not found(FAMILIAR, named)


def test_legal_texts_say_usted() -> None:
    assert not found(FAMILIAR, tuple(in_legal_texts()))


@pytest.mark.parametrize("other", OTHER_WORDS)
def test_a_thing_has_one_word(other: str) -> None:
    texts = [(place, OWN_LABELS.sub("", text)) for place, text in (*ON_PAGES, *IN_LETTERS, *TOLD)]
    for phrase in ANOTHER_THING:
        texts = [(place, text.replace(phrase, "")) for place, text in texts]
    if "[Cc]lave" in other:
        texts = [(place, text) for place, text in texts if not OF_KEYS.fullmatch(place)]
    if "[Cc]omprobante" in other:
        texts = [(place, text) for place, text in texts if not OF_PAYMENTS.fullmatch(place)]
    assert not found(other, tuple(texts)), OTHER_WORDS[other]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (FORMAL, "Su verificación vence"),
        (FORMAL, "Revise sus datos"),
        (FAMILIAR, "abra tu casilla"),
        *(
            (pattern, word)
            for pattern, word in zip(OTHER_WORDS, ("clave", "entrar", "móvil", "recibo", "acceder"), strict=False)
        ),
    ],
)
def test_another_word_would_be_seen(pattern: re.Pattern[str] | str, words: str) -> None:
    assert found(pattern, (("somewhere", words),))
