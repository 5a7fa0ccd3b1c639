"""`/`, `/normativas`, the frequent questions of holders and of institutions: what anyone can read; no call to AWS."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest


def show_home(request: PageRequest) -> Response:
    """Say what the mailbox is and where to begin."""
    return show(request, "home.html")


def show_norms(request: PageRequest) -> Response:
    """List the norms."""
    return show(request, "norms.html")


def show_questions(request: PageRequest) -> Response:
    """Answer the frequent questions."""
    return show(request, "questions.html")


def show_institution_questions(request: PageRequest) -> Response:
    """Answer what those who work in institutions ask, also who cannot get in (S2)."""
    return show(request, "institution_questions.html")
