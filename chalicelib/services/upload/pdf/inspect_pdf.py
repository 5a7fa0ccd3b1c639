"""PDF: whole in all that it shows, and free of anything that runs, leads outside or carries other files.

Every object of the document is visited, those inside object streams too, so that it does not matter where an action
hangs. A document that was signed is judged as it was before: what a signature adds are ordinary objects.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileFacts
from chalicelib.services.upload.pdf.acts import Acts
from chalicelib.services.upload.pdf.attachments import Attachments
from chalicelib.services.upload.pdf.budget import (
    MAX_CONTENTS,
    check_contents,
    check_other_streams,
    check_sections,
    check_structure,
    entry_bound,
    limit_parser,
)
from chalicelib.services.upload.pdf.ends import check_start, check_tail, find_end, foreign_bytes
from chalicelib.services.upload.pdf.listing import check_listing
from chalicelib.services.upload.pdf.needs import Needs
from chalicelib.services.upload.pdf.oddities import judge_references, judge_remarks, tell_broken
from chalicelib.services.upload.pdf.pages import contents_of, pages_of
from chalicelib.services.upload.pdf.places import Places
from chalicelib.services.upload.pdf.protection import check_same, unlock
from chalicelib.services.upload.pdf.raw_objects import RawObjects
from chalicelib.services.upload.pdf.reader import CountedReader
from chalicelib.services.upload.pdf.refusal import Findings, damaged, too_complex
from chalicelib.services.upload.pdf.repeated_pages import check_repeated_pages
from chalicelib.services.upload.pdf.sections import follow_sections
from chalicelib.services.upload.pdf.signatures import Signatures
from chalicelib.services.upload.pdf.things import parser
from chalicelib.services.upload.pdf.words import Words
from chalicelib.services.upload.pdf.work import Work

if TYPE_CHECKING:
    from pikepdf import Pdf


def inspect_pdf(stream: BinaryIO) -> FileFacts:
    """Return what is told of a PDF that can be accepted: its signatures and what it declares to carry.

    Raises:
        InvalidInput: `file_type_mismatch`, `pdf_not_at_start`, `pdf_trailing_data`, `pdf_encrypted`,
            `pdf_damaged`, `pdf_too_complex`, `pdf_active_content` or `pdf_embedded_file`; `problems` has all.

    """
    findings = Findings()
    try:
        facts = _inspect(stream, findings)
    except InvalidInput as refusal:
        findings.add(refusal)
    findings.refuse()
    return facts


def _inspect(stream: BinaryIO, findings: Findings) -> FileFacts:
    check_start(stream)
    end = find_end(stream)
    check_tail(stream)
    check_sections(stream)
    sections = follow_sections(stream, end)
    limit_parser()
    protection = unlock(stream, sections)
    decrypt = protection.decrypt if protection else None
    check_repeated_pages(stream, end, sections, decrypt)
    reader = CountedReader(stream, Words.of_file(end), sections.data, end, decrypt)
    stream.seek(0)
    library = parser()
    try:
        with library.open(reader, attempt_recovery=False, inherit_page_attributes=False) as pdf:
            check_same(pdf, protection)
            check_listing(sections.listing, pdf, stream, end)
            return _check_document(pdf, stream, end, reader, findings)
    except (
        library.PdfError,
        library.PasswordError,
        RuntimeError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
    ) as error:
        if reader.refusal:
            raise reader.refusal from error
        raise damaged(_unreadable(str(error))) from error


def _check_document(pdf: Pdf, stream: BinaryIO, end: int, reader: CountedReader, findings: Findings) -> FileFacts:
    odd = check_structure(pdf, end, reader)
    raw = RawObjects(stream, pdf, reader)
    pages = pages_of(pdf, raw, entry_bound(end))
    drawn = check_contents(contents_of(pages, MAX_CONTENTS), end, reader, findings)
    places = Places(pdf, pages, entry_bound(end) // 2)
    work = Work(entry_bound(end) // 2, reader.uncounted)
    acts, attachments, signatures = Acts(work), Attachments(work), Signatures(work)
    for owner, entries, is_stream in _dictionaries(pdf, entry_bound(end)):
        acts.look(owner, entries, is_stream=is_stream)
        attachments.look(owner, entries)
        signatures.look(entries)
    if reader.refusal:
        raise reader.refusal
    check_other_streams(pdf.objects, drawn, reader, findings, places)
    acts.tell(findings, places)
    carried = attachments.tell(findings, places, reader)
    broken = judge_remarks(pdf, raw, findings)
    told = Needs(raw, findings, broken).check(pages)
    tell_broken({number: why for number, why in broken.items() if number not in told}, pdf, findings, places)
    judge_references(raw, odd, findings)
    if foreign := foreign_bytes(stream, end):
        findings.add(foreign)
    signed = signatures.tell(stream, stream.seek(0, io.SEEK_END), pdf.Root, pages)
    return FileFacts(signed, carried, pages=len(pages))


def _unreadable(remark: str) -> str:
    """Return in words what the parser gave up at; the verdict is the same for all."""
    if "page" in remark.lower():
        return "El árbol de páginas está dañado: no se puede recorrer hasta el final"
    return "El PDF está dañado: no se puede leer su tabla de objetos o un objeto del que depende"


def _dictionaries(pdf: Pdf, left: int) -> Iterator[tuple[Any, dict[str, Any], bool]]:
    """Every dictionary of the document: the indirect object it is in, its entries, and whether a stream follows it.

    An array or dictionary counts as an entry itself, so that empty ones do too. The trailer belongs to no object: None.
    """
    library = parser()
    array, stream = library.Array, library.Stream
    kinds = (library.Dictionary, array, stream)
    owner: Any = None
    pending: list[Iterator[Any]] = [iter([pdf.trailer, *pdf.objects])]
    while pending:
        for thing in pending[-1]:
            if not isinstance(thing, kinds) or (len(pending) > 1 and thing.is_indirect):
                continue
            if len(pending) == 1:
                owner = thing if thing.is_indirect else None
            is_stream = isinstance(thing, stream)
            left -= 1 + len(thing.keys() if is_stream else thing)
            if left < 0:
                raise too_complex("La estructura del PDF")
            if isinstance(thing, array):
                pending.append(iter(thing))
            else:
                entries: dict[str, Any] = dict(thing.items())
                yield owner, entries, is_stream
                pending.append(iter(entries.values()))
            break
        else:
            pending.pop()
