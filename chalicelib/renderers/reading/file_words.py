"""What is said beside a file of what it holds: its signatures and attachments as facts, without a word of trust."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.notice import FileAttachment, FileFacts, FileSignature
from chalicelib.renderers.spanish import in_a_row, size_in_short

SIGNATURE_NOTE = (
    "Casilla no comprueba de quién son las firmas ni si valen. Para verificarlas, abre el archivo descargado en un"
    " lector de PDF que verifique firmas electrónicas."
)


def what_it_holds(facts: FileFacts | None) -> tuple[str, ...]:
    """Return a sentence or two; none of a file that holds nothing, or of which nothing was looked for."""
    if facts is None:
        return ()
    said = []
    if facts.signatures or facts.more_signatures:
        said.append(_signatures(facts))
    if facts.attachments or facts.more_attachments:
        said.append(_attachments(facts.attachments, facts.more_attachments))
    return tuple(said)


def has_signatures(files: Iterable[FileFacts | None]) -> bool:
    """Tell whether any of the files is signed."""
    return any(facts is not None and facts.signatures for facts in files)


def _signatures(facts: FileFacts) -> str:
    seals = sum(one.is_timestamp for one in facts.signatures)
    signatures = len(facts.signatures) - seals + facts.more_signatures
    counted = [_count(signatures, "firma electrónica", "firmas electrónicas")] if signatures else []
    counted += [_count(seals, "sello de tiempo", "sellos de tiempo")] if seals else []
    covering = next((one for one in facts.signatures if one.covers_whole_file), None)
    is_one = signatures + seals == 1
    return (
        f"Lleva {in_a_row(counted)}. {_one_covers(covering) if is_one else _last_covers(covering, signatures, seals)}"
    )


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _one_covers(covering: FileSignature | None) -> str:
    if covering is not None:
        return "Cubre todo el archivo."
    return "No cubre todo el archivo: una parte se añadió después o quedó fuera."


def _last_covers(covering: FileSignature | None, signatures: int, seals: int) -> str:
    """Say what of several covers all of the file: only the last can, since each is added to what was there."""
    if covering is None:
        begin, last = ("Ninguna", "de la última") if signatures else ("Ninguno", "del último")
        return f"{begin} cubre todo el archivo: una parte se añadió después {last} o quedó fuera."
    if covering.is_timestamp:
        return f"El {'' if seals == 1 else 'último '}sello de tiempo cubre todo el archivo."
    return f"La {'' if signatures == 1 else 'última '}firma cubre todo el archivo."


def _attachments(attachments: tuple[FileAttachment, ...], more: int) -> str:
    named = [f"«{one.filename}» ({_kind(one)}, {size_in_short(one.size)})" for one in attachments]
    if len(named) == 1 and not more:
        return f"Dentro lleva el archivo {named[0]}, entre los archivos adjuntos del PDF."
    others = [f"{more} más"] if more and named else []
    listed = f": {in_a_row([*named, *others])}" if named else ""
    return f"Dentro lleva {len(named) + more} archivos adjuntos{listed}."


def _kind(attachment: FileAttachment) -> str:
    """Return the ending of its name, which the inspection held against its bytes."""
    return attachment.filename.rpartition(".")[2].upper()[:8]
