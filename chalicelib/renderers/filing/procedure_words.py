"""A procedure in words: what it is, what it costs, how long an answer takes, what silence means; no promise more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.filing.catalogue import CatalogueEntry
from chalicelib.domain.filing.procedure import AnswerTerm, Procedure, ProcedureKind, Requirement
from chalicelib.domain.filing.typed_procedure import Answer

KIND_WORDS: Mapping[ProcedureKind, str] = {
    ProcedureKind.TUPA: "Procedimiento del TUPA",
    ProcedureKind.EXCLUSIVE: "Servicio prestado en exclusividad",
    ProcedureKind.OTHER_NORM: "Documento que otra norma prevé",
}
ANSWER_CHOICES: Mapping[Answer, str] = {
    "automatic": "Aprobación automática: no hace falta una respuesta",
    "positive": "Evaluación previa con silencio positivo",
    "negative": "Evaluación previa con silencio negativo",
    "term": "Tiene un plazo, sin calificación de silencio (como un servicio exclusivo)",
    "none": "No se indica un plazo",
}
FIELD_WORDS: Mapping[str, str] = {
    "kind": "el tipo",
    "code": "el código",
    "title": "el nombre",
    "description": "la descripción",
    "norm": "la base legal",
    "requirements": "los requisitos",
    "forms": "los formularios",
    "cost_cents": "el costo",
    "cost_note": "la nota del costo",
    "answer_term": "el plazo de respuesta",
    "office_id": "la oficina que lo recibe",
    "keywords": "las palabras clave",
    "retired_at": "si se atiende",
    "retired_reason": "el motivo del retiro",
}
_SILENCE: Mapping[str | None, str] = {
    "positive": (
        "Si la entidad no te notifica su respuesta en ese plazo, tu pedido se considera aprobado (silencio"
        " administrativo positivo)."
    ),
    "negative": (
        "Si la entidad no te notifica su respuesta en ese plazo, puedes esperarla, o tomar tu pedido por denegado e"
        " impugnar (silencio administrativo negativo)."
    ),
}
_AUTOMATIC = (
    "Aprobación automática: se aprueba al presentarlo, si cumple los requisitos y la documentación está completa."
)
_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class ProcedureWords:
    """A procedure, its parts written out."""

    kind: str
    paragraphs: tuple[str, ...]
    needed: tuple[Requirement, ...]
    optional: tuple[Requirement, ...]
    cost: str
    cost_note: str
    term: str
    silence: str
    term_norm: str


def words_of_procedure(procedure: Procedure) -> ProcedureWords:
    """Write out a version of a procedure."""
    term = procedure.answer_term
    return ProcedureWords(
        kind=KIND_WORDS[procedure.kind],
        paragraphs=tuple(procedure.description.split("\n")),
        needed=tuple(one for one in procedure.requirements if not one.is_optional),
        optional=tuple(one for one in procedure.requirements if one.is_optional),
        cost=cost_words(procedure.cost_cents),
        cost_note=procedure.cost_note,
        term=term_words(term),
        silence=_SILENCE.get(term.silence, ""),
        term_norm=term.norm,
    )


def cost_words(cents: int | None) -> str:
    """Write a cost as `S/ 1,234.50`, whose space does not break; `Gratuito` where it is none."""
    if cents is None:
        return "La entidad no lo indica."
    return f"S/{_SPACE}{cents // 100:,}.{cents % 100:02}" if cents else "Gratuito"


def entry_facts(entry: CatalogueEntry) -> tuple[str, ...]:
    """Return what a list says of a procedure beside its name: cost and term, as far as they are stated."""
    facts = [] if entry.cost_cents is None else [cost_words(entry.cost_cents)]
    term = entry.answer_term
    if term.is_automatic:
        facts.append("Aprobación automática")
    elif term.days is not None:
        facts.append(f"Respuesta en {term_words(term)}")
    return tuple(facts)


def term_words(term: AnswerTerm) -> str:
    """Write within what time the institution has to answer."""
    if term.is_automatic:
        return _AUTOMATIC
    if term.days is None:
        return "La entidad no lo indica."
    return "1 día hábil" if term.days == 1 else f"{term.days} días hábiles"


def change_words(fields: tuple[str, ...]) -> str:
    """Write what a version changed: `los requisitos, el costo y la base legal`."""
    words = [FIELD_WORDS[one] for one in fields if one != "retired_reason" or "retired_at" not in fields]
    if len(words) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(words)
    last = words.pop()
    return f"{', '.join(words)} {'e' if last.startswith('i') else 'y'} {last}"
