"""What a registration's pages offer counts: no code, e-mail or address is asked for that will be refused (REG-5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.bootstrap.registration import registration_store
from chalicelib.domain.access.token import CODE_ATTEMPTS
from chalicelib.domain.registration.registration import (
    CODE_LIFETIME,
    MAX_MAILS,
    Registration,
    RegistrationState,
    refused,
)
from tests.browser_requests import check_html, text_of
from tests.handlers.web.registration.test_registration_pages import (  # noqa: F401 - fixtures
    Applicant,
    applicant,
    simulator,
)

ADDRESSES = {"email": "otra@ejemplo.pe", "email_again": "otra@ejemplo.pe"}


def page_of(of: Applicant, address: str) -> str:
    answer = of.get(address)
    if answer.status_code == 303:
        answer = of.get(answer.headers["Location"])
    html = text_of(answer)
    check_html(html)
    return html


def use_mails_up(of: Applicant, page: str, sent: int) -> None:
    for _ in range(MAX_MAILS - sent):
        of.clock.advance(seconds=61)
        assert of.post(f"{page}/reenviar").status_code == 303
    of.clock.advance(seconds=61)


@pytest.mark.parametrize("is_late", [False, True])
def test_a_code_that_serves_no_more_is_not_asked_for(applicant: Applicant, is_late: bool) -> None:  # noqa: F811
    page = applicant.register()
    assert 'name="code"' in page_of(applicant, page)
    if is_late:
        applicant.clock.advance(seconds=CODE_LIFETIME.total_seconds() + 1)
    else:
        for _ in range(CODE_ATTEMPTS):
            applicant.post(page, code="222222")

    html = page_of(applicant, page)
    assert 'name="code"' not in html
    assert "ya no sirve" in html
    assert f'action="{page}/reenviar"' in html
    assert "Lo que escribiste ya no sirve" in text_of(applicant.post(page, code=applicant.code()))

    applicant.clock.advance(seconds=61)
    applicant.post(f"{page}/reenviar")
    assert 'name="code"' in page_of(applicant, page)
    assert applicant.post(page, code=applicant.code()).status_code == 303


def test_no_other_e_mail_is_offered_where_none_is_left(applicant: Applicant) -> None:  # noqa: F811
    page = applicant.register()
    use_mails_up(applicant, page, 1)
    for address in (page, f"{page}/cambiar"):
        html = page_of(applicant, address)
        assert f'action="{page}/reenviar"' not in html
        assert f'action="{page}/cambiar"' not in html
        assert f'href="{page}/cambiar"' not in html
        assert 'href="/registro">regístrate de nuevo' in html
        assert 'name="code"' in html
    refusals = [applicant.post(f"{page}/reenviar"), applicant.post(f"{page}/cambiar", None, **ADDRESSES)]
    assert [answer.status_code for answer in refusals] == [429, 429]


def test_nor_by_a_link_that_expired(applicant: Applicant) -> None:  # noqa: F811
    page = applicant.register()
    use_mails_up(applicant, page, 2)
    link = applicant.link()
    applicant.clock.advance(seconds=CODE_LIFETIME.total_seconds() + 1)
    assert f'action="{link}/reenviar"' in page_of(applicant, link)
    use_mails_up(applicant, page, MAX_MAILS - 1)
    link = applicant.link()
    applicant.clock.advance(seconds=CODE_LIFETIME.total_seconds() + 1)
    html = page_of(applicant, link)
    assert f'action="{link}/reenviar"' not in html
    assert 'href="/registro"' in html
    assert applicant.post(f"{link}/reenviar").status_code == 429


def test_nor_to_who_is_inside_already(applicant: Applicant) -> None:  # noqa: F811
    page = applicant.register()
    applicant.post(page, code=applicant.code())
    assert f'action="{page}/reenviar"' in page_of(applicant, page)
    use_mails_up(applicant, page, 1)
    html = page_of(applicant, page)
    assert f'action="{page}/reenviar"' not in html
    assert 'href="/olvide-mi-clave"' in html
    assert applicant.post(f"{page}/reenviar").status_code == 429


def under_review(found: Registration) -> Registration:
    since = found.started_at
    held = replace(found, state=RegistrationState.AWAITING_REVIEW, is_proven=True, expires_at=None)
    return replace(held, review_since=since, review_until=since, due_at=since)


@pytest.mark.parametrize("settle", [refused, under_review], ids=["refused", "under review"])
def test_another_address_is_not_asked_for_where_the_first_is_settled(
    applicant: Applicant,  # noqa: F811
    settle: object,
) -> None:
    page = applicant.register()
    registrations = registration_store(applicant.people.world.container)
    found = registrations.find(registrations.key(page.rpartition("/")[2]))
    assert found is not None
    assert callable(settle)
    registrations.update(settle(found))
    for answer in (applicant.get(f"{page}/cambiar"), applicant.post(f"{page}/cambiar", None, **ADDRESSES)):
        assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert 'name="email"' not in page_of(applicant, page)
