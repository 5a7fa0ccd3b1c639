"""What pages and receipts call the parts of a filing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.filing.filing import FiledDocument, Filer, FilingState, as_told
from chalicelib.domain.filing.filing_draft import FilePart, Represented
from chalicelib.domain.filing.procedure import FrozenProcedure, ProcedureKind
from chalicelib.domain.identity_document import called
from chalicelib.domain.mailbox import Holder
from chalicelib.domain.upload.file_kinds import accepted_kind

STATES: Mapping[FilingState, str] = {
    FilingState.FILED: "Presentada",
    FilingState.IN_EVALUATION: "En evaluación",
    FilingState.OBSERVED: "Observada",
    FilingState.CORRECTED: "En evaluación",
    FilingState.ANSWERED: "Atendida",
    FilingState.NOT_FILED: "No presentada",
}
"""The one table: pages of both sides, their filters, Excel and PDF say these."""
CHOICES: tuple[tuple[str, str], ...] = tuple((one.value, STATES[one]) for one in FilingState if as_told(one) is one)
"""Of a filter: each of the words once."""
KINDS: Mapping[ProcedureKind, str] = {
    ProcedureKind.TUPA: "Procedimiento administrativo del TUPA",
    ProcedureKind.EXCLUSIVE: "Servicio prestado en exclusividad",
    ProcedureKind.OTHER_NORM: "Documento que otra norma prevé",
}


def procedure_in_words(procedure: FrozenProcedure) -> str:
    """Write a procedure with its code, where the TUPA gives it one."""
    return f"{procedure.code}. {procedure.title}" if procedure.code else procedure.title


def identity_in_words(person: Holder | Represented | Filer) -> str:
    """Write somebody's document as people call it, such as `DNI 40000002`."""
    if person.document_type is None:
        return ""
    return f"{called(person.document_type)} {person.document_number}"


def document_titles(documents: Sequence[FiledDocument]) -> tuple[str, ...]:
    """Call each document by what it is, annexes by their place among them."""
    titles, annexes = [], 0
    for document in documents:
        if document.part is FilePart.ANNEX:
            annexes += 1
            titles.append(f"Anexo {annexes}")
        else:
            is_own = document.part is FilePart.DOCUMENT
            titles.append("Documento principal" if is_own else "Documento que acredita la representación")
    return tuple(titles)


def kind_in_words(media_type: str) -> str:
    """Call a kind of file as people do, such as `hoja de cálculo de Excel (XLSX)`."""
    kind = accepted_kind(media_type)
    return media_type if kind is None else kind.name.removeprefix("una ").removeprefix("un ")


def folios_in_words(folios: int | None) -> str:
    """Write how many pages something has."""
    if folios is None:
        return "sin folios"
    return "1 folio" if folios == 1 else f"{folios} folios"


def untold_in_words(occasions: tuple[Occasion, ...], *, is_own: bool) -> str:
    """Say of what nobody could be alerted, to the holder or to the institution; empty where there is nothing."""
    if not occasions:
        return ""
    said = {Occasion.OBSERVED: "la entidad la observó", Occasion.LAPSED: "cuenta como no presentada"}
    if is_own:
        what = " y que ".join(said[one] for one in occasions)
        return f"De esta presentación no te pudimos avisar, ni por correo ni por mensaje de texto, que {what}."
    said = {Occasion.OBSERVED: "la observación", Occasion.LAPSED: "que cuenta como no presentada"}
    what = " ni de ".join(said[one] for one in occasions)
    return f"A nadie de la casilla se le pudo avisar de {what}, ni por correo ni por mensaje de texto."
