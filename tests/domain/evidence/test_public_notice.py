from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.evidence.public_notice import hide, public_notice
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.masking import mask_name
from tests.builders import a_notice

PERSON = Holder(DocumentType.DNI, "40000002", "QUISPE DEMO MARÍA ÑUSTA")
COMPANY = Holder(DocumentType.RUC, "20100000009", "SERVICIOS GENERALES DEL PERÚ S.A.C.")
TRADER = Holder(DocumentType.RUC, "10400000021", "QUISPE DEMO MARÍA")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Rosa Quispe", "R*** Q***"),
        ("QUISPE DE LA CRUZ, María", "Q*** D*** L*** C***, M***"),
        ("Ñusta Ángeles-Pérez", "Ñ*** Á***-P***"),
        ("Comercial X S.A.C.", "C*** *** ***.***.***."),
        ("", ""),
    ],
)
def test_a_masked_name_shows_first_letters_and_no_length(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Multa a María Ñusta Quispe", "Multa a M*** Ñ*** Q***"),
        ("MULTA A MARIA NUSTA", "MULTA A M*** N***"),
        ("maria_quispe-40000002.pdf", "m***_q***-*** 002.pdf"),
        ("dni40000002final", "dni*** 002final"),
        ("Quispecancha y demostración", "Quispecancha y demostración"),
        ("Respuesta a su solicitud", "Respuesta a su solicitud"),
        ("", ""),
    ],
)
def test_a_person_is_hidden_wherever_a_text_names_them(text: str, masked: str) -> None:
    assert hide(text, PERSON) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Licencia de Servicios Generales del Peru SAC", "Licencia de S*** G*** D*** P*** S***"),
        ("Licencia de Servicios Generales del Perú S.A.C.", "Licencia de S*** G*** D*** P*** ***.***.***."),
        ("Contrato de servicios generales", "Contrato de servicios generales"),
        ("ruc 20100000009", "ruc *** 009"),
    ],
)
def test_a_company_is_hidden_by_its_name_since_its_words_are_everybody_s(text: str, masked: str) -> None:
    assert hide(text, COMPANY).casefold() == masked.casefold()


def test_of_a_trader_the_dni_inside_the_ruc_is_hidden_too() -> None:
    assert hide("RUC 10400000021, DNI 40000002, María", TRADER) == "RUC *** 021, DNI *** 002, M***"


def test_what_the_holder_is_not_in_stays_as_the_paper_has_it() -> None:
    notice = a_notice()
    shown = public_notice(notice)

    assert shown.holder == replace(notice.holder, name="Q*** D*** M*** Ñ***", document_number="*** 002")
    assert shown.mailbox_id == "1-*** 002"
    assert [alert.masked for alert in shown.alerted] == ["m***@e***.pe", "+51 *** *** 321"]
    same = replace(shown, holder=notice.holder, mailbox_id=notice.mailbox_id, alerted=notice.alerted)
    assert same == notice
