"""The refusals of a PDF that several of its checks give."""

from __future__ import annotations

from chalicelib.domain.errors import InvalidInput


def too_complex() -> InvalidInput:
    """Return the refusal of a PDF that would keep its readers at work."""
    detail = "El PDF es demasiado complejo para revisarlo. Divídalo o imprímalo a PDF y envíe el PDF resultante."
    return InvalidInput("pdf_too_complex", detail)


def damaged() -> InvalidInput:
    """Return the refusal of a PDF that readers would not show as its author wrote it."""
    detail = "El PDF está incompleto o dañado. Ábralo, guárdelo de nuevo como PDF y envíe el nuevo archivo."
    return InvalidInput("pdf_damaged", detail)
