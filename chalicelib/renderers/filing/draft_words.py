"""A draft of a filing in words: its files, each with what to do about it, and what its check page says line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.filing.filing_draft import DraftPart, FilePart, FilingDraft, unticked
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.sender.office import Office
from chalicelib.domain.upload.attached_file import FileStanding, FileState
from chalicelib.renderers.filing.filing_words import identity_in_words, procedure_in_words
from chalicelib.renderers.spanish import in_a_row, size_in_short

PAGES = {
    DraftPart.SUBJECT: "pedido",
    DraftPart.DOCUMENT: "documento",
    DraftPart.REPRESENTATION: "representado",
    FilePart.DOCUMENT: "documento",
    FilePart.REPRESENTATION: "representado",
    FilePart.ANNEX: "anexos",
}
"""The page where each part of a draft is given."""
PARTS = {
    FilePart.DOCUMENT: "Tu documento",
    FilePart.REPRESENTATION: "Documento que acredita la representación",
    FilePart.ANNEX: "Anexo",
}
_STATES = {
    FileState.WAITING: ("En revisión", "Toma unos segundos; un archivo grande, un par de minutos."),
    FileState.ACCEPTED: ("Listo", ""),
    FileState.REFUSED: ("No pasa", "Quítalo y envía otro."),
    FileState.EXPIRED: ("Venció sin usarse", "Quítalo y envíalo otra vez."),
    FileState.LOST: ("No llegó", "Quítalo y envíalo otra vez."),
}
_NOWHERE = ("Por llegar, o en revisión", "Si no llegaste a enviarlo, quítalo.")


@dataclass(frozen=True, slots=True)
class FileTold:
    """A file of a draft: what it is, how it is called, how it stands, and what to do about it."""

    upload_id: str
    title: str
    name: str
    about: str
    state: str
    advice: str
    is_bad: bool
    has_arrived: bool


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line of the check page, and the page that changes it; `anchor` is what a refusal leads to."""

    label: str
    value: str
    change: str = ""
    anchor: str = ""


def tell_files(files: Sequence[tuple[FilePart, FileStanding]], parts: frozenset[FilePart]) -> tuple[FileTold, ...]:
    """Say of each file of some parts how it stands."""
    return tuple(_file(part, one) for part, one in files if part in parts)


def check_lines(  # noqa: PLR0913 - all that a draft shows
    draft: FilingDraft,
    files: Sequence[tuple[FilePart, FileStanding]],
    institution: Institution,
    office: Office | None,
    *,
    holder: str,
    change: Callable[[str], str],
) -> tuple[CheckLine, ...]:
    """Return a draft's parts in the order in which they are asked; what is missing has no value."""
    return tuple(_lines(draft, files, institution, office, holder=holder, change=change))


def tell_unticked(draft: FilingDraft, procedure: Procedure) -> str:
    """Say which requirements the person did not say they attach, and that it can be filed all the same; empty: none."""
    lacking = unticked(draft, procedure)
    if not lacking or draft.corrects is not None:
        return ""
    named = in_a_row([f"«{one.rstrip('.')}»" for one in lacking])
    return (
        f"No marcaste que adjuntas {named}. Puedes presentar igual: la entidad te recibe el documento, y puede pedirte"
        " que lo completes."
    )


def _lines(  # noqa: PLR0913 - as above
    draft: FilingDraft,
    files: Sequence[tuple[FilePart, FileStanding]],
    institution: Institution,
    office: Office | None,
    *,
    holder: str,
    change: Callable[[str], str],
) -> Iterator[CheckLine]:
    yield CheckLine("Trámite", procedure_in_words(draft.procedure))
    yield CheckLine("Se presenta a", f"{institution.name}, {office.name}" if office else institution.name)
    if draft.corrects is None:
        yield CheckLine("Qué pides", draft.subject, change("pedido"), "subject")
    yield CheckLine("Tu documento", _listed(files, FilePart.DOCUMENT), change("documento"), "document")
    yield CheckLine("Anexos", _listed(files, FilePart.ANNEX) or "Ninguno", change("anexos"), "files")
    if draft.corrects is not None:
        return
    if draft.represented is None:
        yield CheckLine("En nombre de", f"{holder}, titular de esta casilla", change("representado"))
        return
    named = f"{draft.represented.name}, {identity_in_words(draft.represented)}"
    yield CheckLine("En nombre de", named, change("representado"))
    proof = _listed(files, FilePart.REPRESENTATION)
    yield CheckLine("Documento que lo acredita", proof, change("representado"), "representation")


def _listed(files: Sequence[tuple[FilePart, FileStanding]], part: FilePart) -> str:
    told = [_file(part, one) for of, one in files if of is part]
    return "\n".join(f"{one.name}{f' ({one.about})' if one.about else ''}. {one.state}" for one in told)


def _file(part: FilePart, one: FileStanding) -> FileTold:
    state, advice = _NOWHERE if one.is_nowhere else _STATES[one.state]
    why = " ".join(problem.detail for problem in one.problems)
    return FileTold(
        one.file.upload_id,
        PARTS[part],
        one.filename or "Archivo por llegar",
        size_in_short(one.size) if one.size else "",
        state,
        f"{why} {advice}".strip(),
        one.state in {FileState.REFUSED, FileState.EXPIRED, FileState.LOST},
        bool(one.filename),
    )
