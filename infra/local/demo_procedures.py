"""Catalogues of the demonstration's institutions, published by the real use cases. All of it is made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.filing import procedure_store
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.filing.procedure_changes import new_procedure
from chalicelib.domain.filing.typed_procedure import TypedProcedure, read_procedure
from chalicelib.renderers.pdf_document import Paper, Typeface
from chalicelib.services.filing.manage_procedures import (
    ProcedureTools,
    SentForm,
    add_form,
    add_procedure,
    change_procedure,
    retire_procedure,
)
from chalicelib.services.operator_act import OperatorAct

_AGO = timedelta(days=40)
"""Before the start: long enough for what is filed with them."""
_REASON = "Datos de demostración"
_FORM = "Solicitud de licencia de funcionamiento"
_NORM = "D.S. 000-2026-DEMO, que aprueba el TUPA de la demostración"

LICENCE = TypedProcedure(
    kind="tupa",
    title="Licencia de funcionamiento para locales de riesgo bajo o medio",
    tupa_code="PA-0101",
    description=(
        "Autoriza a abrir al público un local donde se vende o se atiende, si su riesgo es bajo o medio.\n\n"
        "La pide quien conduce el negocio, sea persona natural o jurídica."
    ),
    requirements=(
        "Solicitud de licencia de funcionamiento, con carácter de declaración jurada.\n"
        "Declaración jurada de cumplimiento de las condiciones de seguridad en la edificación.\n"
        "Número de RUC y de DNI o carné de extranjería de quien la pide."
    ),
    optional=(
        "Si actúas por otra persona, la carta poder con tu firma.\n"
        "Si el local es un monumento histórico, la autorización del Ministerio de Cultura."
    ),
    cost="148.50",
    cost_note="Un solo pago por local.",
    reply="positive",
    days="15",
    norm=_NORM,
    keywords="negocio, tienda, local, restaurante, bodega",
)
PROCEDURES: Mapping[str, tuple[TypedProcedure, ...]] = {
    "municipalidad-demo": (
        LICENCE,
        TypedProcedure(
            kind="exclusive",
            title="Copia certificada de un expediente",
            tupa_code="SE-0201",
            description="Copia de los documentos de un expediente de la municipalidad, certificada por el fedatario.",
            requirements="Solicitud que indique el número del expediente y los documentos.",
            cost="1.20",
            cost_note="Por cada hoja.",
            reply="term",
            days="5",
            norm=_NORM,
            keywords="fedateada, antecedentes",
        ),
        TypedProcedure(
            kind="tupa",
            title="Inscripción en el programa del Vaso de Leche de la demostración",
            tupa_code="PA-0304",
            description="Inscribe a niñas, niños y madres gestantes que viven en el distrito.",
            requirements="Solicitud.\nDNI de la niña o el niño.",
            cost="0",
            reply="automatic",
            norm=_NORM,
            keywords="alimentos, niños, gestantes",
        ),
        TypedProcedure(
            kind="tupa",
            title="Autorización de anuncio publicitario en papel",
            tupa_code="PA-0102",
            description="Permitía colocar afiches de papel en la vía pública.",
            requirements="Solicitud.",
            cost="30",
            reply="negative",
            days="30",
            norm=_NORM,
            keywords="afiche, letrero",
        ),
    ),
    "entidad-demo": (
        TypedProcedure(
            kind="tupa",
            title="Constancia de no adeudo",
            tupa_code="PA-01",
            description="Dice si una persona o empresa debe algo a la entidad en la fecha en que se emite.",
            requirements="Solicitud con el nombre y el número de documento de quien la pide.",
            cost="0",
            reply="positive",
            days="7",
            norm=_NORM,
            keywords="deuda, adeudo, certificado",
        ),
        TypedProcedure(
            kind="tupa",
            title="Reconocimiento de años de servicio",
            tupa_code="PA-02",
            description="Reconoce el tiempo que una persona trabajó en la entidad, para su pensión o su expediente.",
            requirements="Solicitud.\nBoletas de pago o contratos del tiempo que se pide reconocer.",
            optional="Si lo pide un heredero, la sucesión intestada o el testamento inscrito.",
            reply="negative",
            days="30",
            norm=_NORM,
            keywords="jubilación, pensión, trabajador",
        ),
        TypedProcedure(
            kind="other_norm",
            title="Solicitud de acceso a la información pública",
            description="Pide información que la entidad creó o tiene. No hace falta decir para qué.",
            requirements="Solicitud que describa la información y diga cómo quieres recibirla.",
            cost_note="Solo el costo de reproducirla, si la pides en copias.",
            reply="negative",
            days="10",
            norm="Ley N° 27806, Ley de Transparencia y Acceso a la Información Pública",
            keywords="transparencia, datos, información",
        ),
    ),
}


def publish_demo_procedures(box: Container, *, now: datetime) -> None:
    """Publish what is missing: of an institution that has a catalogue nothing is added or changed."""
    for institution_id, typed in PROCEDURES.items():
        if not procedure_store(box).list_for_institution(institution_id):
            for one in typed:
                _publish(institution_id, one, box, now - _AGO)


def _publish(institution_id: str, typed: TypedProcedure, box: Container, at: datetime) -> None:
    tools = _tools(box, _REASON, at)
    begun = new_procedure(institution_id, box.chance.new_code(), at, tools.act.operator)
    procedure = add_procedure(read_procedure(typed, begun, ()), tools)
    if typed is LICENCE:
        _change_licence(procedure, box, at)
    elif typed.tupa_code == "PA-0102":
        reason = "Una ordenanza de la demostración ya no permite afiches de papel en la vía pública."
        retire_procedure(procedure, procedure.version, _tools(box, reason, at + timedelta(days=20)))


def _change_licence(procedure: Procedure, box: Container, at: datetime) -> None:
    """Give it a form to download, and a version in which it costs less."""
    form = SentForm("solicitud-licencia.pdf", _a_form(at), _FORM)
    later = _tools(box, _REASON, at + timedelta(days=1))
    having = add_form(procedure, form, procedure.version, files=files(box), tools=later)
    cheaper = _tools(box, _REASON, at + timedelta(days=30))
    change_procedure(having, replace(having, cost_cents=12_900), having.version, cheaper)


def _a_form(at: datetime) -> bytes:
    paper = Paper(typeface=Typeface.CORE, running_title=_FORM, reference="Formulario de demostración", created_at=at)
    paper.add_page()
    paper.write_in(16, weight="B")
    paper.paragraph(_FORM)
    paper.write_in(11)
    for line in ("Nombre o razón social", "Número de documento", "Dirección del local", "Giro del negocio", "Firma"):
        paper.paragraph(f"{line}: ______________________________")
    paper.paragraph("Formulario inventado para probar Casilla. No tiene ningún efecto.")
    return paper.to_bytes()


def _tools(box: Container, reason: str, at: datetime) -> ProcedureTools:
    act = OperatorAct("operator:demo", reason, lambda: at, box.chance.new_event_id)
    return ProcedureTools(procedure_store(box), act)
