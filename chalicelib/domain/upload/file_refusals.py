"""Every code by which a file is refused, with what it means and what to do: the guide's table is made of this one.

What a refusal says itself (`detail`) names the thing and the place. These are the general words, in plain Spanish. No
advice may cost a PDF its signature: a PDF is made anew from its origin and, if it was signed, signed anew.
"""

from __future__ import annotations

from dataclasses import dataclass

_ANEW = "hacerlo de nuevo desde su origen y, si estaba firmado, firmar el nuevo"


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """One row: `means` ends the sentence that begins with the file, `remedy` is what to do."""

    code: str
    means: str
    remedy: str


FILE_REFUSALS: tuple[FileRefusal, ...] = (
    FileRefusal(
        "filename_invalid",
        "nombre vacío, de más de 200 caracteres, con carpetas, con caracteres invisibles o sin extensión",
        "cambiarlo",
    ),
    FileRefusal(
        "file_extension_mismatch",
        "la extensión del nombre no es de `media_type`",
        "corregir uno u otro; si el archivo es de otro tipo, enviarlo como dice la sección 6",
    ),
    FileRefusal(
        "media_type_not_allowed",
        "ese tipo no se admite, o no como documento principal; `detail` dice cuál es y cómo enviarlo",
        "enviarlo como dice la sección 6",
    ),
    FileRefusal("sha256_invalid", "`sha256` no son 64 cifras hexadecimales en minúsculas", "corregirlo"),
    FileRefusal("file_empty", "el archivo está vacío", "enviar otro"),
    FileRefusal("file_too_large", "supera el límite", "reducirlo o dividirlo; si era interno, subirlo antes"),
    FileRefusal("inline_too_large", "los archivos internos suman más de 4 MiB", "subir antes los que no quepan"),
    FileRefusal("file_size_mismatch", "los bytes recibidos no son `size`", "enviar el archivo completo"),
    FileRefusal(
        "file_hash_mismatch",
        "los bytes recibidos no dan `sha256`",
        "calcularlo sobre el mismo archivo que se envía",
    ),
    FileRefusal(
        "file_type_mismatch",
        "el contenido no es del tipo declarado; `detail` dice de cuál es",
        "corregir `media_type` y extensión, o enviarlo como dice la sección 6",
    ),
    FileRefusal("file_not_found", "el archivo no existe o ya no está disponible", "revisar el identificador"),
    FileRefusal("pdf_not_at_start", "hay datos antes de `%PDF-`", _ANEW),
    FileRefusal("pdf_trailing_data", "hay datos ajenos después del final, o entre dos finales", _ANEW),
    FileRefusal("pdf_damaged", "el PDF está incompleto o dañado; `detail` dice qué parte", _ANEW),
    FileRefusal(
        "pdf_encrypted",
        "pide contraseña, está cifrado para un certificado, o no permite imprimir o usar un lector de pantalla",
        f"quitarle la protección en su origen: {_ANEW}",
    ),
    FileRefusal(
        "pdf_active_content",
        "tiene algo que actúa o lleva fuera: programas, envíos, multimedia, enlaces a otros sitios que los admitidos,"
        " o un formulario XFA dinámico; `detail` dice qué y dónde",
        f"quitar eso en su origen: {_ANEW}",
    ),
    FileRefusal(
        "pdf_embedded_file",
        "lleva dentro un archivo que no se admite; `detail` dice cuál",
        f"enviarlo como anexo, si es de un tipo admitido, y {_ANEW}",
    ),
    FileRefusal(
        "pdf_too_complex", "el PDF no se puede revisar en un tiempo razonable", f"dividirlo en su origen: {_ANEW}"
    ),
    FileRefusal("image_damaged", "la imagen está incompleta o dañada", "exportarla de nuevo desde un visor"),
    FileRefusal("image_too_large", "la imagen tiene más de 80 millones de puntos", "reducirla"),
    FileRefusal(
        "image_too_complex", "la imagen tiene demasiadas partes para revisarla", "exportarla de nuevo desde un visor"
    ),
    FileRefusal(
        "image_animated", "el PNG es animado, y cada programa muestra otra cosa de él", "enviar cada vista como imagen"
    ),
    FileRefusal(
        "image_embedded_file",
        "la imagen lleva otro archivo dentro; `detail` dice cuál, y en qué bloque o segmento",
        "exportarla de nuevo desde un visor; enviar el otro archivo aparte",
    ),
    FileRefusal(
        "image_trailing_data",
        "hay un archivo, u otros datos, después del final de la imagen",
        "exportarla de nuevo desde un visor; una foto en movimiento, como foto fija",
    ),
    FileRefusal(
        "spreadsheet_damaged",
        "la hoja de cálculo está incompleta o dañada",
        "hacerla de nuevo en el programa en que se hizo",
    ),
    FileRefusal("spreadsheet_encrypted", "la hoja de cálculo tiene contraseña", "quitarla"),
    FileRefusal(
        "spreadsheet_macros",
        "la hoja de cálculo tiene macros, controles o fórmulas que dan órdenes; `detail` dice dónde",
        "guardarla sin ellos",
    ),
    FileRefusal(
        "spreadsheet_embedded_file",
        "la hoja de cálculo lleva archivos dentro",
        "quitarlos y enviarlos como anexos",
    ),
    FileRefusal(
        "spreadsheet_external_links",
        "la hoja de cálculo toma datos de otros archivos o de la red; `detail` dice dónde",
        "romper los vínculos y dejar los valores",
    ),
    FileRefusal("spreadsheet_too_complex", "la hoja de cálculo es demasiado grande para revisarla", "dividirla"),
    FileRefusal(
        "text_not_utf8",
        "el texto no está en UTF-8; `detail` dice en qué parece estar y en qué línea",
        "guardarlo con codificación UTF-8; en el Bloc de notas, Guardar como; en Excel, CSV UTF-8",
    ),
    FileRefusal(
        "text_control_characters",
        "el texto tiene caracteres que ocultan algo; `detail` dice cuáles, y su línea y columna",
        "borrarlos",
    ),
    FileRefusal(
        "text_formulas",
        "el CSV tiene una fórmula que da órdenes o trae datos de fuera; `detail` dice la línea y la celda",
        "poner el valor en su lugar",
    ),
)
