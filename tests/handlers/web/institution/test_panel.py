"""The panel of an institution: what was counted, as pictures beside their table (INS-9)."""

from __future__ import annotations

import re
from datetime import timedelta

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.institution import count_tools
from chalicelib.domain.institution.activity import Activity, Happened
from chalicelib.domain.institution.staff import Permission
from chalicelib.services.institution.count_activity import count_activity
from tests.alert_world import refusing
from tests.browser_requests import check_html, text_of
from tests.deposit_world import World
from tests.staff_world import Staff


def counted(world: World) -> str:
    notice_id = str(world.deposit().json_body["notice_id"])
    at = world.clock.now
    things = [Happened(Activity.DEPOSITED, notice_id, at), Happened(Activity.FAILED, notice_id, at, "u1.email")]
    count_activity(things, tools=count_tools(world.container))
    return notice_id


def row(page: str, name: str) -> list[str]:
    """Return the numbers of the first row with this name."""
    found = re.search(rf"<tr[^>]*><th[^>]*>(?:<time[^>]*>)?{name}(?:</time>)?</th>(.*?)</tr>", page, re.DOTALL)
    assert found, name
    return re.findall(r">(\d+)<", found[1])


def test_days_and_months_are_pictures_with_a_name_beside_their_table(staff: Staff, world: World) -> None:
    counted(world)
    page = text_of(staff.browser(staff.member()).get("/entidad"))
    assert row(page, "09/03/2026") == row(page, "Marzo de 2026") == row(page, "Total") == ["1", "0", "1"]
    pictures = re.findall(r'<svg role="img" aria-labelledby="(\S+) (\S+)"', page)
    assert len(pictures) == 6
    for title, description in pictures:
        assert f'<title id="{title}">' in page
        assert f'<desc id="{description}">' in page
    assert " style=" not in page
    assert page.count("<pattern ") == 6


def test_an_office_sees_its_own_counts(staff: Staff, world: World) -> None:
    counted(world)
    page = text_of(staff.browser(staff.member(office_id="norte")).get("/entidad"))
    assert row(page, "09/03/2026") == ["0", "0", "0"]
    assert "Solo de tu oficina." in page


def test_who_may_not_see_what_was_sent_sees_no_counts(staff: Staff, world: World) -> None:
    counted(world)
    page = text_of(staff.browser(staff.member(permissions=(Permission.DEPOSIT,))).get("/entidad"))
    assert "<svg" not in page
    assert "09/03/2026" not in page


def test_where_counts_cannot_be_read_the_rest_is_shown(staff: Staff, world: World) -> None:
    officer = staff.browser(staff.member())
    with refusing(connection(world.container).client, "Query", "AccessDeniedException"):
        answer = officer.get("/entidad")
    assert answer.status_code == 200
    assert "no podemos mostrar los totales" in text_of(answer)


def test_every_page_is_strict_html_and_small(staff: Staff, world: World) -> None:
    notice_id = counted(world)
    at = [world.clock.now - timedelta(days=day) for day in range(340)]
    things = [Happened(Activity.FAILED, notice_id, day, f"u{n}.{kind}") for n, day in enumerate(at) for kind in "ab"]
    for first in range(0, len(things), 50):
        count_activity(things[first : first + 50], tools=count_tools(world.container))
    officer = staff.browser(staff.member())
    addresses = (
        "",
        "/enviadas",
        "/enviadas?dia=40&mes=x",
        "/enviadas?tipo=x",
        f"/enviadas/{notice_id}",
        "/alertas-fallidas",
    )
    for address in addresses:
        page = text_of(officer.get(f"/entidad{address}"))
        check_html(page)
        assert len(page.encode()) < 24_500, address
