"""Photos as one PDF, one a page. What is packed in them is copied as it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.services.filing.photos.orientation import matrix
from chalicelib.services.filing.photos.page import page_for
from chalicelib.services.filing.photos.photo import Packing, Photo

if TYPE_CHECKING:
    from pikepdf import Pdf, Stream

_PREDICTED_BY_ROW = 15


def write_photos_pdf(photos: Iterable[Photo], to: Path, *, title: str, made_at: datetime) -> int:
    """Write the document and return how many pages it has: the same photos, title and instant give the same bytes.

    One photo is asked for at a time; their packed data, and no more, is in memory until it is written.
    """
    from pikepdf import Dictionary, ObjectStreamMode, Pdf, StreamDecodeLevel, String  # noqa: PLC0415 - heavy

    with Pdf.new() as pdf:
        for photo in photos:
            _add_page(pdf, photo)
        pdf.Root.Lang = String("es-PE")
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.docinfo = pdf.make_indirect(
            Dictionary(Title=String(title), CreationDate=String(f"D:{made_at:%Y%m%d%H%M%S}Z"))
        )
        pdf.save(
            to,
            deterministic_id=True,
            compress_streams=False,
            stream_decode_level=StreamDecodeLevel.none,
            object_stream_mode=ObjectStreamMode.disable,
            min_version="1.5",
        )
        return len(pdf.pages)


def _add_page(pdf: Pdf, photo: Photo) -> None:
    from pikepdf import Dictionary, Stream  # noqa: PLC0415 - heavy

    page = page_for(photo.seen_size)
    place = " ".join(f"{number:.4f}" for number in matrix(photo.orientation, page.box))
    added = pdf.add_blank_page(page_size=(page.width, page.height))
    added.obj.Resources = Dictionary(XObject=Dictionary(Foto=_image(pdf, photo)))
    added.obj.Contents = Stream(pdf, f"q {place} cm /Foto Do Q\n".encode())


def _image(pdf: Pdf, photo: Photo) -> Stream:
    from pikepdf import Array, Dictionary, Name, Stream, String  # noqa: PLC0415 - heavy

    entries: dict[str, Any] = {
        "/Type": Name.XObject,
        "/Subtype": Name.Image,
        "/Width": photo.width,
        "/Height": photo.height,
        "/BitsPerComponent": photo.bits,
        "/ColorSpace": Name.DeviceGray if photo.samples == 1 else Name.DeviceRGB,
    }
    if photo.palette is not None:
        most = len(photo.palette) // 3 - 1
        entries["/ColorSpace"] = Array([Name.Indexed, Name.DeviceRGB, most, String(photo.palette)])
    if photo.packing is Packing.JPEG:
        entries["/Filter"] = Name.DCTDecode
    else:
        entries["/Filter"] = Name.FlateDecode
        entries["/DecodeParms"] = Dictionary(
            Predictor=_PREDICTED_BY_ROW,
            Colors=photo.samples,
            BitsPerComponent=photo.bits,
            Columns=photo.width,
        )
    return Stream(pdf, photo.data, entries)
