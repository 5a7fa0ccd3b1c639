"""What pages of a draft show of it: its parts in words, its files, the dates and warnings of a deposit now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.composition import attach_tools, same_document_store, send_tools
from chalicelib.bootstrap.reading import reading_store
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.composition import Composition, Part
from chalicelib.domain.institution.foreseen import Foreseen
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.notice import Notice
from chalicelib.domain.sender.office import Office
from chalicelib.domain.upload.attached_file import FileStanding
from chalicelib.handlers.page_request import PageRequest
from chalicelib.renderers.institution.composition_words import Section, sections_of, warning_words
from chalicelib.services.institution.attach_files import look_at_files
from chalicelib.services.institution.compositions import problem_of_replacement
from chalicelib.services.institution.foresee_notice import foresee_notice
from chalicelib.services.institution.send_composition import Sender, problem_of_answer
from chalicelib.services.together import together
from chalicelib.store.request_store import Found, Wanted

BASE = "/entidad/redactar"
PAGES = {
    Part.OFFICE: "oficina",
    Part.RECIPIENT: "destinatario",
    Part.CASE_FILE: "expediente",
    Part.HEADING: "documento",
    Part.SIGNERS: "remite",
    Part.TERM: "plazo",
    Part.MAIN: "archivos",
}
"""The page that asks for each part."""


def page_of_draft(composition: Composition, part: Part | None = None) -> str:
    """Return the address of a draft, or of the page that asks for a part of it."""
    own = f"{BASE}/{composition.composition_id}"
    return own if part is None else f"{own}/{PAGES[part]}"


def shown_version(request: PageRequest, composition: Composition) -> str:
    """Return the version that a form is to carry: of a form that is led back, the one it was made of.

    So nobody overwrites what another wrote while they corrected their own; who was told of it has seen it.
    """
    kept, typed = request.answer, request.value("version")
    is_same = bool(typed) and kept is not None and kept.code not in {"composition_changed", ""}
    return typed if is_same else str(composition.version)


def summary_context(composition: Composition, staff: SignedIn, *, at_check: bool = False) -> dict[str, Any]:
    """Read and return what a page shows of a whole draft; one hop."""
    box = current()
    files: list[FileStanding] = []
    found: list[Found] = []
    before: list[Notice] = []
    problems: list[CasillaError | None] = []
    wanted = Wanted(composition.institution_id, office_id=composition.office_id, with_calendar=True)
    calls: list[Callable[[], None]] = [
        lambda: files.extend(look_at_files(composition, tools=attach_tools(box))),
        lambda: found.append(sender_tools(box).requests.load(wanted)),
    ]
    if composition.replaces is not None:
        calls.append(lambda: problems.append(_problem_of_replacement(composition)))
    if composition.answers is not None:
        sender = Sender(staff.member, staff.session.access_id, "")
        answering = send_tools(box).answering
        calls.append(lambda: problems.append(problem_of_answer(composition, sender, answering=answering)))
    if at_check:
        calls.append(lambda: before.extend(_deposited_before(composition)))
    together(calls)
    foreseen = foresee_notice(
        composition,
        staff.own,
        found[0].office,
        calendar=box.calendar.with_entries(found[0].calendar),
        at=box.clock(),
    )
    return {
        "draft": composition,
        "base": BASE,
        "own": page_of_draft(composition),
        "files": files,
        "sections": sections(composition, files, foreseen, found[0].office, at_check=at_check),
        "missing": [(PAGES[part], part) for part in composition.missing],
        "problem": next(filter(None, problems), foreseen.problem),
        "warnings": warning_words(composition, foreseen, before, box.calendar.zone) if at_check else (),
        "version": str(composition.version),
    }


def sections(
    composition: Composition,
    files: Sequence[FileStanding],
    foreseen: Foreseen,
    office: Office | None,
    *,
    at_check: bool = False,
) -> tuple[Section, ...]:
    """Return a draft's parts in words, each with the page that changes it, if it is open."""
    suffix = "?volver=depositar" if at_check else ""
    own = page_of_draft(composition)
    return sections_of(
        composition,
        files,
        foreseen,
        office,
        zone=current().calendar.zone,
        change=(lambda page: f"{own}/{page}{suffix}") if composition.is_open else (lambda _: ""),
    )


def _problem_of_replacement(composition: Composition) -> CasillaError | None:
    box = current()
    return problem_of_replacement(composition, readings=reading_store(box), prefixes=box.mailbox_prefixes)


def _deposited_before(composition: Composition) -> tuple[Notice, ...]:
    """Return the institution's notices of the same document to the same holder, as far as anybody looks back."""
    recipient, heading = composition.recipient, composition.heading
    if recipient is None or heading is None or recipient.told.mailbox_id is None:
        return ()
    return same_document_store(current()).find(
        recipient.told.mailbox_id, composition.institution_id, kind=heading.type, number=heading.number
    )
