"""Kinds of files: those that are accepted, and those that people send all the same, with how to send them instead.

A file is accepted when any phone shows the same of it and nothing in it acts. Word processors, slides and drawings
look different in every program. TIFF and HEIC don't open in a browser. Archives hide what they hold. Web pages,
drawings of theirs and programs act. All of these are refused with the way that is open to whoever has them.

This table is the only place that knows: declarations, first bytes, the guide and the pages take their words from it.
"""

from __future__ import annotations

from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_kind import AcceptedKind, Mark, RefusedKind

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
TXT, CSV, PNG, JPEG = "text/plain", "text/csv", "image/png", "image/jpeg"

_ANY = frozenset(FileRole)
_ANNEX = frozenset({FileRole.ANNEX})


def _zip(*words: bytes) -> Mark:
    return Mark(b"PK\x03\x04", words=words)


def _opendocument(kind: bytes) -> Mark:
    return Mark(b"mimetypeapplication/vnd.oasis.opendocument." + kind, at=30)


def _ole(*names: str) -> Mark:
    return Mark(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", words=tuple(name.encode("utf-16-le") for name in names))


def _media(*brands: bytes) -> tuple[Mark, ...]:
    return tuple(Mark(b"ftyp" + brand, at=4) for brand in brands)


ACCEPTED: tuple[AcceptedKind, ...] = (
    AcceptedKind(PDF, ("pdf",), "un PDF", _ANY, "completo, sin contraseña, sin nada que actúe", (Mark(b"%PDF-"),)),
    AcceptedKind(
        XLSX,
        ("xlsx",),
        "una hoja de cálculo de Excel (XLSX)",
        _ANNEX,
        "sin contraseña, macros, archivos dentro ni datos de fuera",
        (_zip(b"xl/workbook.xml"),),
    ),
    AcceptedKind(
        ODS,
        ("ods",),
        "una hoja de cálculo de LibreOffice (ODS)",
        _ANNEX,
        "sin contraseña, macros, archivos dentro ni datos de fuera",
        (_opendocument(b"spreadsheet"),),
    ),
    AcceptedKind(TXT, ("txt",), "un texto sin formato (TXT)", _ANNEX, "en UTF-8, sin caracteres que ocultan"),
    AcceptedKind(
        CSV, ("csv",), "una tabla de texto (CSV)", _ANNEX, "en UTF-8, sin fórmulas que salen de ella o dan órdenes"
    ),
    AcceptedKind(PNG, ("png",), "una imagen PNG", _ANNEX, "entera, de una sola vista", (Mark(b"\x89PNG\r\n\x1a\n"),)),
    AcceptedKind(
        JPEG,
        ("jpg", "jpeg"),
        "una imagen JPEG (JPG)",
        _ANNEX,
        "entera, sin otro archivo dentro",
        (Mark(b"\xff\xd8\xff"),),
    ),
)

_AS_PDF = "Expórtelo a PDF desde el programa en que se hizo y envíe el PDF; si debe ir firmado, firme el PDF."
_TO_PDF_OR_SHEET = "Guárdela como XLSX u ODS, sin macros ni contraseña, o expórtela a PDF, y envíe ese archivo."
_AS_TEXT = "Envíelo como texto sin formato (TXT, en UTF-8), o muestre sus datos en un PDF o una hoja de cálculo."
_UNPACKED = "Descomprímalo y envíe cada archivo que lleva dentro como un anexo aparte."
_VIDEO = "Envíe en un PDF lo que muestra o dice, con el lugar donde se puede pedir la grabación."

REFUSED: tuple[RefusedKind, ...] = (
    RefusedKind(
        "un documento de Word (DOCX)",
        ("docx", "docm", "dotx", "dotm"),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
            "application/vnd.ms-word.document.macroenabled.12",
            "application/vnd.ms-word.template.macroenabled.12",
        ),
        _AS_PDF,
        (_zip(b"word/document.xml", b"word/_rels"),),
    ),
    RefusedKind(
        "una presentación de PowerPoint (PPTX)",
        ("pptx", "pptm", "ppsx", "potx"),
        (
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
            "application/vnd.ms-powerpoint.presentation.macroenabled.12",
        ),
        "Expórtela a PDF desde el programa en que se hizo y envíe el PDF.",
        (_zip(b"ppt/presentation.xml", b"ppt/_rels"),),
    ),
    RefusedKind(
        "una hoja de cálculo con macros o binaria (XLSM, XLSB)",
        ("xlsm", "xlsb", "xltx", "xltm"),
        (
            "application/vnd.ms-excel.sheet.macroenabled.12",
            "application/vnd.ms-excel.sheet.binary.macroenabled.12",
            "application/vnd.ms-excel.template.macroenabled.12",
        ),
        _TO_PDF_OR_SHEET,
        (_zip(b"xl/workbook.bin"),),
    ),
    RefusedKind(
        "un documento de texto de LibreOffice (ODT)",
        ("odt", "ott"),
        ("application/vnd.oasis.opendocument.text",),
        _AS_PDF,
        (_opendocument(b"text"),),
    ),
    RefusedKind(
        "una presentación o un dibujo de LibreOffice (ODP, ODG)",
        ("odp", "odg"),
        ("application/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.graphics"),
        _AS_PDF,
        (_opendocument(b"presentation"), _opendocument(b"graphics")),
    ),
    RefusedKind("un documento de LibreOffice (ODT, ODP, ODG)", (), (), _AS_PDF, (_zip(b"content.xml"),)),
    RefusedKind(
        "un documento antiguo de Word (DOC)",
        ("doc", "dot"),
        ("application/msword",),
        _AS_PDF,
        (_ole("WordDocument"),),
    ),
    RefusedKind(
        "una hoja de cálculo antigua de Excel (XLS)",
        ("xls", "xlt"),
        ("application/vnd.ms-excel",),
        _TO_PDF_OR_SHEET,
        (_ole("Workbook", "Book"),),
    ),
    RefusedKind(
        "una presentación antigua de PowerPoint (PPT)",
        ("ppt", "pps"),
        ("application/vnd.ms-powerpoint",),
        "Expórtela a PDF desde el programa en que se hizo y envíe el PDF.",
        (_ole("PowerPoint Document"),),
    ),
    RefusedKind(
        "un correo guardado (MSG, EML)",
        ("msg", "eml"),
        ("application/vnd.ms-outlook", "message/rfc822"),
        "Exporte el correo a PDF desde el programa de correo, y envíe cada archivo que llevaba como un anexo aparte.",
        (_ole("__substg1.0_", "__nameid_version1.0"),),
    ),
    RefusedKind(
        "un archivo de Office con contraseña o de un formato antiguo",
        (),
        ("application/x-ole-storage", "application/vnd.ms-office"),
        "Quítele la contraseña y expórtelo a PDF, o guárdelo como XLSX si es una hoja de cálculo.",
        (_ole(),),
    ),
    RefusedKind(
        "un documento de texto enriquecido (RTF)",
        ("rtf",),
        ("application/rtf", "text/rtf", "text/richtext"),
        _AS_PDF,
        (Mark(b"{\\rtf"),),
    ),
    RefusedKind(
        "una imagen TIFF, como la de un escáner o un fax",
        ("tif", "tiff"),
        ("image/tiff", "image/tiff-fx"),
        "Los navegadores no la muestran. Pida al escáner que guarde en PDF, o conviértala a PDF con todas sus páginas.",
        (Mark(b"II*\x00"), Mark(b"MM\x00*"), Mark(b"II+\x00"), Mark(b"MM\x00+")),
    ),
    RefusedKind(
        "una foto HEIC, como la de un iPhone",
        ("heic", "heif", "hif", "avif"),
        ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence", "image/avif"),
        "Muchos teléfonos no la muestran. Envíela como JPEG. En el iPhone: Ajustes, Cámara, Formatos, Más compatible;"
        " una ya tomada, en Fotos, Compartir, Opciones, Más compatible, o Exportar como JPEG.",
        _media(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"avif", b"avis"),
    ),
    RefusedKind(
        "una imagen GIF, WEBP o BMP",
        ("gif", "webp", "bmp"),
        ("image/gif", "image/webp", "image/bmp", "image/x-ms-bmp"),
        "Ábrala en un visor de imágenes y expórtela como PNG o JPEG.",
        (
            Mark(b"GIF87a"),
            Mark(b"GIF89a"),
            Mark(b"WEBP", at=8),
            *(
                Mark(b"\x00\x00\x00\x00" + bytes((at, 0, 0, 0, size, 0, 0, 0)), at=6)
                for at, size in ((54, 40), (62, 40))
            ),
        ),
    ),
    RefusedKind(
        "un dibujo SVG",
        ("svg", "svgz"),
        ("image/svg+xml",),
        "Puede llevar programas dentro. Expórtelo a PDF o a PNG y envíe ese archivo.",
        (Mark(b"<svg"),),
        is_text=True,
    ),
    RefusedKind(
        "un plano de AutoCAD (DWG, DXF)",
        ("dwg", "dxf", "dwf"),
        ("image/vnd.dwg", "application/acad", "image/vnd.dxf", "image/x-dwg"),
        "Expórtelo a PDF desde el programa en que se hizo, con su escala, y envíe el PDF.",
        (Mark(b"AC10"),),
    ),
    RefusedKind(
        "un archivo comprimido (ZIP)",
        ("zip", "zipx", "jar"),
        ("application/zip", "application/x-zip-compressed"),
        _UNPACKED,
        (_zip(), Mark(b"PK\x05\x06")),
    ),
    RefusedKind(
        "un archivo comprimido (RAR, 7Z, GZ, TAR)",
        ("rar", "7z", "gz", "tgz", "tar", "bz2", "xz"),
        (
            "application/vnd.rar",
            "application/x-rar-compressed",
            "application/x-7z-compressed",
            "application/gzip",
            "application/x-gzip",
            "application/x-tar",
        ),
        _UNPACKED,
        (
            Mark(b"Rar!\x1a\x07"),
            Mark(b"7z\xbc\xaf\x27\x1c"),
            Mark(b"\x1f\x8b\x08"),
            Mark(b"BZh"),
            Mark(b"\xfd7zXZ\x00"),
            Mark(b"ustar", at=257),
        ),
    ),
    RefusedKind(
        "un sobre de firma (P7M, P7S)",
        ("p7m", "p7s", "p7b"),
        ("application/pkcs7-mime", "application/pkcs7-signature", "application/x-pkcs7-mime"),
        "Envíe el documento mismo; si es un PDF, fírmelo con una firma dentro del PDF (PAdES).",
        tuple(Mark(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07", at=at) for at in (2, 3, 4, 5, 6)),
    ),
    RefusedKind(
        "un video o una grabación",
        ("mp4", "m4v", "mov", "avi", "mkv", "webm", "3gp", "mp3", "m4a", "wav", "ogg", "opus", "amr", "wma", "wmv"),
        (
            "video/mp4",
            "video/quicktime",
            "video/x-msvideo",
            "video/webm",
            "video/3gpp",
            "audio/mpeg",
            "audio/mp4",
            "audio/wav",
            "audio/ogg",
        ),
        _VIDEO,
        (
            *_media(b""),
            Mark(b"AVI ", at=8),
            Mark(b"WAVE", at=8),
            Mark(b"ID3"),
            Mark(b"OggS"),
            Mark(b"\x1aE\xdf\xa3"),
            Mark(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
            Mark(b"#!AMR"),
        ),
    ),
    RefusedKind(
        "una página web (HTML)",
        ("html", "htm", "mht", "mhtml", "xhtml"),
        ("text/html", "application/xhtml+xml", "multipart/related"),
        "Puede actuar y cambia en cada navegador. Envíe un PDF hecho de su contenido.",
        (Mark(b"<!doctype html"), Mark(b"<html")),
        is_text=True,
    ),
    RefusedKind(
        "un archivo de datos (XML, JSON)",
        ("xml", "json", "xsl", "xslt", "xsd", "yaml", "yml"),
        ("application/xml", "text/xml", "application/json"),
        _AS_TEXT + " Un PDF/A-3 puede llevar el XML dentro, declarado en /AF.",
        (Mark(b"<?xml"), Mark(b'{"'), Mark(b'[{"')),
        is_text=True,
    ),
    RefusedKind(
        "un programa",
        ("exe", "msi", "dll", "com", "scr", "bat", "cmd", "ps1", "vbs", "js", "apk", "lnk", "sh", "py", "hta"),
        ("application/x-msdownload", "application/x-msdos-program", "application/javascript", "text/javascript"),
        "Los programas no se notifican. Si creía enviar un documento, revise el equipo del que salió.",
        (Mark(b"MZ\x90\x00"), Mark(b"\x7fELF"), Mark(b"#!/")),
    ),
)

_BY_MEDIA_TYPE = {media_type: kind for kind in REFUSED for media_type in kind.media_types}
_BY_EXTENSION = {each: kind for kind in REFUSED for each in kind.extensions}
_ACCEPTED_BY_MEDIA_TYPE = {kind.media_type: kind for kind in ACCEPTED}


def accepted_kind(media_type: str) -> AcceptedKind | None:
    """Return the accepted kind of a media type as it has to be written."""
    return _ACCEPTED_BY_MEDIA_TYPE.get(media_type)


def refused_kind(media_type: str, extension: str) -> RefusedKind | None:
    """Return the kind that was meant: by its media type, however it is written, or else by its extension."""
    name = media_type.partition(";")[0].strip().lower()
    return _BY_MEDIA_TYPE.get(name) or _BY_EXTENSION.get(extension)
