"""However a holder is written, in whatever field, nothing that names them is left; sentences stay sentences (REC-5)."""

from __future__ import annotations

import json
import random  # noqa: TID251 - names, by a seed
import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass, replace
from enum import Enum
from time import thread_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.deadline import Distance, Term, TermUnit
from chalicelib.domain.evidence.public_notice import MADE_HERE, hide, public_notice
from chalicelib.domain.evidence.receipt import IssuedReceipt
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.masking import mask_email_domain
from chalicelib.domain.notice import FileAttachment, FileFacts, FileSignature, Notice, Remedy
from chalicelib.renderers.evidence.receipt_page import shown_receipt
from tests.builders import a_notice

PERSON = Holder(DocumentType.DNI, "40000002", "QUISPE DEMO MARÍA ÑUSTA")
OF_THE_CROSS = Holder(DocumentType.DNI, "01234567", "DE LA CRUZ DEL ÁGUILA VDA DE LOS RÍOS MARÍA Y LUZ")
TEXTILES = Holder(DocumentType.RUC, "20100000009", "TEXTILES DEMO S.A.C.")
LAWYERS = Holder(DocumentType.RUC, "20100000009", "PÉREZ & ASOCIADOS E.I.R.L.")
SHORT = Holder(DocumentType.CE, "001234567", "LI WU ANA")
SHORTEST = Holder(DocumentType.PASSPORT, "AB123456", "Ok Su Yi")


@pytest.mark.parametrize(
    ("holder", "text", "masked"),
    [
        (TEXTILES, "Multa a Textiles Demo SAC", "Multa a T*** D*** S***"),
        (TEXTILES, "Multa a TEXTILES DEMO, S. A. C.", "Multa a T*** D***, ***. ***. ***."),
        (TEXTILES, "Multa a Textiles Demo Sociedad Anónima Cerrada", "Multa a T*** D*** S*** A*** C***"),
        (TEXTILES, "Multa a Textiles Demo por ruido", "Multa a T*** D*** por ruido"),
        (TEXTILES, "gerencia@textilesdemo.com.pe", "gerencia@t***.com.pe"),
        (TEXTILES, "ContratoTextilesDemoSAC.pdf", "ContratoT***.pdf"),
        (TEXTILES, "Textiles de demostración", "Textiles de demostración"),
        (LAWYERS, "Pérez y Asociados EIRL apela", "P*** *** A*** E*** apela"),
        (LAWYERS, "PEREZ & ASOCIADOS", "P*** & A***"),
        (LAWYERS, "Perez E.I.R.L.", "P*** ***.***.***.***."),
        (replace(TEXTILES, name="A & B S.A."), "A y B SA y B a la vez", "*** *** *** S*** y B a la vez"),
        (PERSON, "DNI 40.000.002", "DNI *** 002"),
        (PERSON, "DNI 4000 0002 y 4-0-0-0-0-0-0-2", "DNI *** 002 y *** 002"),
        (PERSON, "RUC 10400000021", "RUC *** 002"),
        (PERSON, "\uff14\uff10\uff10\uff10\uff10\uff10\uff10\uff12", "*** 002"),
        (TEXTILES, "RUC 20-10000000-9", "RUC *** 009"),
        (SHORT, "CE 1234567 o 001-234-567", "CE *** 567 o *** 567"),
        (SHORT, "folio 91234567", "folio 91234567"),
        (OF_THE_CROSS, "DNI 1234567", "DNI *** 567"),
        (SHORTEST, "pasaporte AB-123456, ab 123 456", "pasaporte *** 456, *** 456"),
        (PERSON, "QuispeDemo, RD123quispe2026.pdf", "Q***, RD123q***2026.pdf"),
        (PERSON, "Ma\u0301ria no; Mari\u0301a s\u00ed; Qu\u00adispe", "M*** no; M*** sí; Q***"),
        (PERSON, "resolucionquispemaria", "resolucionq***"),
        (PERSON, "\uff31\uff35\uff29\uff33\uff30\uff25", "\uff31***"),
        (SHORT, "Multa a Li Wu Ana", "Multa a L*** W*** A***"),
        (SHORT, "li, wu", "l***, w***"),
        (SHORT, "Ciudadana Li: la lista", "Ciudadana L***: la lista"),
        (SHORTEST, "Respuesta a su solicitud. Su recurso", "Respuesta a su solicitud. Su recurso"),
        (SHORTEST, "RESPUESTA A OK SU YI SOBRE SU SOLICITUD", "RESPUESTA A O*** S*** Y*** SOBRE SU SOLICITUD"),
        (OF_THE_CROSS, "Vista del recurso de la vía y los plazos", "Vista del recurso de la vía y los plazos"),
        (OF_THE_CROSS, "María de la Cruz", "M*** de la C***"),
        (PERSON, "demostración de una demora", "demostración de una demora"),
    ],
)
def test_each_way_of_writing_a_holder_is_hidden_and_what_names_nobody_stays(
    holder: Holder, text: str, masked: str
) -> None:
    assert hide(text, holder) == masked


@pytest.mark.parametrize(
    ("holder", "name", "masked"),
    [
        (PERSON, "ResolucionQuispeMaria_40000002.pdf", "ResolucionQ***_*** 002.pdf"),
        (PERSON, "resolucionquispe.pdf", "resolucionq***.pdf"),
        (SHORT, "multa_li.pdf", "multa_l***.pdf"),
        (TEXTILES, "textiles-demo.sac.pdf", "t***-d***.s***.pdf"),
        (PERSON, "carta-000079-2026.pdf", "carta-000079-2026.pdf"),
    ],
)
def test_names_of_files_are_looked_through_within_words(holder: Holder, name: str, masked: str) -> None:
    assert hide(name, holder, is_filename=True) == masked


@pytest.mark.parametrize(
    ("masked", "shown"),
    [
        ("j***@textilesdemo.com.pe", "j***@t***.com.pe"),
        ("j***@quispe.pe", "j***@q***.pe"),
        ("j***@correo.estudio-quispe.com", "j***@c***.e***-q***.com"),
        ("j***@gmail.com", "j***@gmail.com"),
        ("j***@Hotmail.es", "j***@Hotmail.es"),
        ("j***@yahoo.com.pe", "j***@yahoo.com.pe"),
        ("j***@gmail.quispe.pe", "j***@g***.q***.pe"),
        ("j***@localhost", "j***@***"),
        ("+51 *** *** 321", "+51 *** *** 321"),
    ],
)
def test_an_address_s_own_domain_is_hidden_and_a_provider_s_is_not(masked: str, shown: str) -> None:
    assert mask_email_domain(masked) == shown


def _filled(value: Any, text: str) -> Any:
    """Put a text into every field that holds one, but for what the service makes and for the holder's own."""
    if isinstance(value, tuple):
        return tuple(_filled(one, text) for one in value)
    if not is_dataclass(value) or isinstance(value, type | Holder):
        return value
    changed = {}
    for field in fields(value):
        old = getattr(value, field.name)
        is_text = isinstance(old, str) and not isinstance(old, Enum)
        if is_text and (type(value), field.name) not in MADE_HERE:
            changed[field.name] = text
        else:
            changed[field.name] = _filled(old, text)
    return replace(value, **changed)


def _a_notice_with_everything(text: str) -> Notice:
    notice = a_notice()
    facts = FileFacts((FileSignature("f", covers_whole_file=True),), (FileAttachment("a", "b", "Data", 1),))
    whole = replace(
        notice,
        sender=replace(notice.sender, institution_id="20300000003"),
        document=replace(notice.document, remedies=(Remedy("a", "b", Term(1, TermUnit.MONTHS)),)),
        files=tuple(replace(file, facts=facts) for file in notice.files),
        norm="n",
        distance=Distance("p", 3, "n"),
    )
    filled: Notice = _filled(whole, text)
    return filled


@pytest.mark.parametrize("holder", [PERSON, TEXTILES, LAWYERS, SHORT, SHORTEST], ids=lambda holder: holder.name)
def test_no_field_tells_whose_it_is_whatever_the_institution_wrote_into_it(holder: Holder) -> None:
    text = f"a {holder.name}, {holder.document_number}"
    notice = replace(_a_notice_with_everything(text), holder=holder)

    shown = shown_receipt(IssuedReceipt(notice, "0" * 64), ZoneInfo("America/Lima"), sha256=None)

    whole = json.dumps([asdict(shown), asdict(public_notice(notice))], ensure_ascii=False, default=str)
    assert whole.count("***") > 30
    assert holder.document_number not in whole
    for word in re.findall(r"[^\W_]{2,}", holder.name):
        assert not re.search(rf"\b{word}\b", whole), word


def test_what_is_left_as_it_is_are_fields_that_the_service_makes() -> None:
    notice = a_notice()
    shown = public_notice(replace(notice, holder=replace(notice.holder, name="Pe Carta Anexo Documento Notices")))

    assert (shown.notice_id, shown.verification_code, shown.legal_text_version, shown.sender) == (
        *(notice.notice_id, notice.verification_code, notice.legal_text_version),
        notice.sender,
    )
    assert [file.sha256 for file in shown.files] == [file.sha256 for file in notice.files]


def test_an_institution_that_shares_a_word_with_a_holder_keeps_its_name() -> None:
    notice = replace(a_notice(), holder=replace(PERSON, name="FLORES PORRES MARTIN"))
    sender = replace(notice.sender, name="Municipalidad de San Martín de Porres", address="Jr. Flores 1")

    assert public_notice(replace(notice, sender=sender)).sender == sender


WORDS = ["quispe", "mamani", "flores", "huamán", "díaz", "ñahui", "cruz", "rosa", "maría", "josé", "ana", "paz"]
PARTICLES = ["de", "del", "la", "las", "los", "y", "vda"]
SENTENCE = ["la", "resolución", "del", "recurso", "de", "los", "vecinos", "y", "las", "vías", "de", "la", "zona"]


def _written(chance: random.Random, word: str) -> str:
    ways: list[Callable[[str], str]] = [
        *(str.upper, str.title, str.lower),
        lambda text: unicodedata.normalize("NFD", text.title()),
        lambda text: "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign)),
    ]
    way = chance.choice(ways)
    return way(word)


@pytest.mark.parametrize("seed", range(200))
def test_of_whatever_name_in_whatever_order_no_word_is_left_and_particles_stay(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    own = chance.sample(WORDS, 3)
    holder = replace(PERSON, name=" ".join([own[0], *chance.sample(PARTICLES, 2), *own[1:]]).upper())
    number = chance.choice([".", "-", " ", ""]).join(["40", "000", "002"])
    written = [_written(chance, word) for word in chance.sample(own, 3)]
    pieces = [*SENTENCE[: chance.randrange(12)], *written, number, *SENTENCE]
    text = chance.choice([" ", "_", "-"]).join(pieces)

    hidden = hide(text, holder)

    plain = "".join(sign for sign in unicodedata.normalize("NFD", hidden.lower()) if not unicodedata.combining(sign))
    for word in own:
        bare = "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
        assert bare not in re.findall(r"[^\W_]+", plain), hidden
    assert "40000002" not in re.sub(r"[\W_]", "", hidden)
    for word in SENTENCE:
        assert word in hidden, hidden


@pytest.mark.parametrize("seed", range(100))
def test_of_a_short_name_in_full_no_word_is_left(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    own = chance.sample(["li", "wu", "yi", "ok", "su", "an", "le", "xu", "ho"], 3)
    holder = replace(PERSON, name=" ".join(own).upper())
    way = chance.choice([str.upper, str.title, str.lower])
    text = f"Respuesta a {way(' '.join(chance.sample(own, 3)))} sobre su recurso"

    assert re.fullmatch(r"Respuesta a (\w\*\*\* ){3}sobre su recurso", hide(text, holder))


HOSTILE = {
    "short names": "li wu " * 700,
    "one long word": "quispe" * 700,
    "signs": "textiles" + " -" * 2000,
    "digits": "4 0 0 0 0 0 0 " * 300,
    "forms": "textiles de s.a. s.a. " * 200,
    "capitals": "LiWuAna" * 600,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_text_made_to_be_slow_is_looked_through_in_little_time(what: str) -> None:
    companies = replace(TEXTILES, name="TEXTILES DE LA DEL LOS DEMO S.A.C."), TEXTILES
    begun = thread_time()
    for holder in (*companies, SHORT, PERSON, OF_THE_CROSS):
        hide(HOSTILE[what], holder)
        hide(HOSTILE[what], holder, is_filename=True)
    assert thread_time() - begun < 1
