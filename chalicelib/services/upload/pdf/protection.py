"""Encryption: a PDF may have an owner's password if it opens without any, prints, and lets a screen reader read it.

What the document says of its encryption is tried on an empty document first. So nothing of a file is read that nobody
may read, and what its object streams unpack to can be counted before they are understood.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.services.upload.pdf.cipher import Decrypt, decryption_of
from chalicelib.services.upload.pdf.listing import HEAD, IN_USE
from chalicelib.services.upload.pdf.refusal import damaged, shown_name, two_encryptions
from chalicelib.services.upload.pdf.sections import Sections
from chalicelib.services.upload.pdf.syntax import Reference, read_dictionary, written

if TYPE_CHECKING:
    from pikepdf import Pdf

_REVISIONS = frozenset({2, 3, 4, 6})
_LONGEST = 64 * 1024
_EMPTY = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
)


@dataclass(frozen=True, slots=True)
class Protection:
    """How the data of an encrypted document are decrypted, and what it was found to say of its encryption."""

    decrypt: Decrypt
    found: tuple[Any, ...]


def check_same(pdf: Pdf, protection: Protection | None) -> None:
    """Require that the parser took the document's encryption from where it was looked for.

    Raises:
        InvalidInput: `pdf_damaged`.

    """
    if (_said(pdf) if pdf.is_encrypted else None) != (protection.found if protection else None):
        raise two_encryptions()


def unlock(stream: BinaryIO, sections: Sections) -> Protection | None:
    """Return how the document's data are decrypted; None when they are not encrypted.

    Raises:
        InvalidInput: `pdf_encrypted` when not everyone can open, print and listen to it.

    """
    if sections.encryption is None:
        return None
    is_direct = isinstance(sections.encryption, dict)
    entries = sections.encryption if is_direct else _find(stream, sections)
    handler = entries.get("/Filter")
    if not isinstance(handler, str):
        raise damaged("El PDF está dañado: dice que está cifrado y no dice cómo")
    if handler != "/Standard":
        raise _encrypted(
            f"El PDF está cifrado para un certificado ({shown_name(handler)[1:]}): solo lo abre quien tiene la clave"
        )
    import pikepdf  # noqa: PLC0415  (heavy: loaded only where a PDF is inspected)

    try:
        with pikepdf.open(io.BytesIO(_empty(entries, sections.identity)), attempt_recovery=False) as scratch:
            _check_permissions(scratch)
            return Protection(decryption_of(scratch), _said(scratch))
    except pikepdf.PasswordError:
        raise _encrypted("Hace falta una contraseña para abrir el PDF") from None
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise _encrypted("El PDF está cifrado de un modo que no todo lector abre") from error


def _said(pdf: Pdf) -> tuple[Any, ...]:
    said = pdf.encryption
    return (said.encryption_key, said.R, said.V, said.P)


def _check_permissions(pdf: Pdf) -> None:
    allow = pdf.allow
    denied = [
        name
        for name, is_allowed in (
            ("imprimirlo", allow.print_lowres or allow.print_highres),
            ("leerlo con un lector de pantalla", allow.accessibility),
        )
        if not is_allowed
    ]
    if denied:
        raise _encrypted(f"El PDF se abre sin contraseña, pero su protección prohíbe {' y '.join(denied)}")
    if pdf.encryption.R not in _REVISIONS:
        raise _encrypted(f"El PDF usa un cifrado en desuso (revisión {pdf.encryption.R}), que no todo lector abre")


def _empty(encryption: dict[str, Any], identity: Any) -> bytes:
    """Return a document of one empty page that is encrypted in the same way."""
    objects = (*_EMPTY, written(encryption))
    file, places = bytearray(b"%PDF-2.0\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start, size = len(file), len(objects) + 1
    file += b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(b"%010d 00000 n \n" % place for place in places)
    known = b"/ID " + written(identity) if identity is not None else b""
    file += b"trailer\n<< /Root 1 0 R /Size %d /Encrypt %d 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        len(objects),
        known,
        start,
    )
    return bytes(file)


def _find(stream: BinaryIO, sections: Sections) -> dict[str, Any]:
    """Return the entries of the object that says how a document is encrypted; this one itself never is."""
    reference = sections.encryption
    kind, place = sections.listing.newest.get(reference.number, (0, 0)) if isinstance(reference, Reference) else (0, 0)
    if kind != IN_USE or not place:
        return {}
    stream.seek(place)
    text = stream.read(_LONGEST)
    head = HEAD.match(text)
    read = read_dictionary(text, head.end(), _LONGEST) if head else None
    return dict(read[0]) if isinstance(read, tuple) else {}


def _encrypted(what: str) -> InvalidInput:
    detail = f"{what}. Genere de nuevo el PDF sin protección y, si estaba firmado, fírmelo de nuevo."
    return InvalidInput("pdf_encrypted", detail)
