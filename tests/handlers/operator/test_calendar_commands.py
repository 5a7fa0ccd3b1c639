"""The operator's commands about the calendar, as Lambda runs them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import calendar_store, event_store
from chalicelib.domain.calendar import BusinessCalendar, NonWorkingDay, OfficeHours, RegionalDay
from chalicelib.domain.event import Event
from tests.alert_world import hooked
from tests.deposit_world import World
from tests.handlers.operator.conftest import Give

WHO = "--reason 'D.S. 000-2026-PCM publicado' --operator rquispe"
DECREE = "--name 'Día no laborable' --norm 'D.S. 000-2026-PCM' --norm-date 2026-04-01"
NORM = "D.S. 000-2026-PCM, publicado el 01/04/2026"
DECLARE = f"calendar declare --day 2026-05-04 {DECREE} {WHO}"
MONDAY = date(2026, 5, 4)
KEPT = "Lo emitido conserva sus fechas; cuenta lo que se emita desde ahora."
UNCHANGED = (0, "Ya estaba así; no se cambió nada.")


def calendar(world: World) -> BusinessCalendar:
    return world.container.calendar.with_entries(calendar_store(world.container).find())


def events(world: World) -> tuple[Event, ...]:
    return event_store(world.container).list_for_subject("calendar#PE")


def test_a_decree_is_entered_with_its_date_and_kept_as_a_version(world: World, give: Give) -> None:
    code, said = give(f"calendar declare --day 2026-05-04 --day 2026-05-05 {DECREE} {WHO}")

    assert (code, said) == (
        0,
        f"Calendario, versión 1: declara 04/05/2026, 05/05/2026: Día no laborable, {NORM}.\n{KEPT}",
    )
    assert calendar(world).reason(MONDAY) == NonWorkingDay(MONDAY, "Día no laborable", NORM)
    assert calendar(world).version == "PE-2025.2.1"
    [event] = events(world)
    assert (event.type.value, event.actor) == ("calendar.changed", "operator:rquispe")
    assert event.data == {
        "version": "1",
        "change": f"declara 04/05/2026, 05/05/2026: Día no laborable, {NORM}",
        "reason": "D.S. 000-2026-PCM publicado",
    }


def test_the_same_again_changes_nothing_and_says_so(world: World, give: Give) -> None:
    give(DECLARE)
    assert give(DECLARE) == UNCHANGED
    assert json.loads(give(f"{DECLARE} --json")[1]) == {"version": 1, "changed": False, "change": "", "warnings": []}
    assert len(events(world)) == 1


def test_a_day_under_another_norm_is_refused_and_what_to_do_is_said(world: World, give: Give) -> None:
    give(DECLARE)
    code, said = give(DECLARE.replace("--norm 'D.S. 000", "--norm 'D.S. 111"))
    assert code == 1
    assert said.startswith(f"El 04/05/2026 ya está declarado: Día no laborable, {NORM}.")
    assert "calendar correct" in said
    assert calendar_store(world.container).find().version == 1


def test_what_may_be_a_mistake_is_done_and_told(world: World, give: Give) -> None:
    days = "--day 2026-05-01 --day 2026-05-09 --day 2026-03-06 --day 2031-01-06"
    code, said = give(f"calendar declare {days} {DECREE} {WHO}")
    warnings = [line for line in said.splitlines() if line.startswith("Atención: ")]
    assert code == 0
    assert [line.split(":")[1][:26] for line in warnings] == [
        " El 01/05/2026 ya es feria",
        " El 09/05/2026 es sábado",
        " El 06/03/2026 ya pasó",
        " El 06/01/2031 está lejos",
    ]
    assert not calendar(world).is_business_day(date(2026, 3, 6))


def test_a_wrong_entry_is_replaced_withdrawn_and_every_version_can_be_shown(world: World, give: Give) -> None:
    give(DECLARE)
    world.clock.advance(minutes=1)
    right = "--name Feriado --norm 'Ley 32000' --norm-date 2026-04-02"
    assert give(f"calendar correct --day 2026-05-04 {right} {WHO}")[0] == 0
    assert calendar(world).reason(MONDAY) == NonWorkingDay(MONDAY, "Feriado", "Ley 32000, publicado el 02/04/2026")
    world.clock.advance(minutes=1)
    assert give(f"calendar correct --day 2026-05-04 --withdraw {WHO}")[0] == 0
    assert calendar(world).is_business_day(MONDAY)

    declared = [json.loads(give(f"calendar show --json --version {n}")[1])["declared"] for n in range(4)]
    of_package = {"day": "2026-01-02", "name": "Día no laborable del sector público", "norm": "D.S. 042-2025-PCM"}
    assert [[day for day in days if day != of_package] for days in declared] == [
        [],
        [{"day": "2026-05-04", "name": "Día no laborable", "norm": NORM}],
        [{"day": "2026-05-04", "name": "Feriado", "norm": "Ley 32000, publicado el 02/04/2026"}],
        [],
    ]
    versions = json.loads(give("calendar show --json")[1])["versions"]
    assert [version["version"] for version in versions] == [3, 2, 1]
    assert versions[0]["change"] == "retira 04/05/2026: Feriado, Ley 32000, publicado el 02/04/2026"
    assert give("calendar show --version 4")[0] == 1
    shown = [json.loads(give(f"calendar show --json --version {n}")[1]) for n in range(4)]
    assert [[version["version"] for version in one["versions"]] for one in shown] == [[], [1], [2, 1], [3, 2, 1]]
    assert {one["in_force"] for one in shown} == {3}
    old, current = give("calendar show --version 2")[1], give("calendar show --version 3")[1]
    assert old.splitlines()[1] == "Así era en la versión 2; la que rige es la 3."
    assert "Últimos cambios hasta entonces:\n  2  " in old
    assert "  3  09/03/2026" not in old
    assert "la que rige" not in current + give("calendar show")[1]
    assert "Últimos cambios:\n  3  " in current
    assert give(f"calendar correct --day 2026-05-04 --withdraw {WHO}")[0] == 1


def test_a_year_is_shown_with_all_that_is_known_of_it(give: Give) -> None:
    give(DECLARE)
    give(f"calendar regional --region arequipa --day 2025-08-15 --every-year {DECREE} {WHO}")
    give(f"calendar correct --day 2026-01-02 --withdraw {WHO}")

    code, said = give("calendar show")

    assert code == 0
    assert said.splitlines()[:3] == [
        "Calendario PE-2025.2.3, año 2026.",
        "Confirmado hasta el 31/12/2025: falta confirmar 2026.",
        "Horario general: de 08:30 a 16:30 (TUO de la Ley N° 27444, arts. 18.1 y 149).",
    ]
    assert "  01/05/2026  Día del Trabajo (D.Leg. 713, art. 6)" in said
    assert f"Días declarados:\n  04/05/2026  Día no laborable ({NORM})" in said
    assert "Retirados:\n  02/01/2026" in said
    assert "  arequipa el 15/08/2025, y cada año desde entonces: Día no laborable" in said
    assert "  3  09/03/2026 15:15:30  rquispe: retira 02/01/2026" in said
    assert "Días regionales:\n  ninguno" in give("calendar show --year 2024")[1]
    assert json.loads(give("calendar show --year 2025 --json")[1])["regional"][0]["every_year"] is True


def test_regional_days_count_in_their_region_and_are_corrected(world: World, give: Give) -> None:
    line = f"calendar regional --region arequipa --day 2028-08-15 {DECREE} {WHO}"
    assert give(line)[0] == 0
    assert give(line) == UNCHANGED
    of_region = calendar(world).with_regional((), "arequipa")
    assert not of_region.is_business_day(date(2028, 8, 15))
    assert calendar(world).is_business_day(date(2028, 8, 15))
    right = "--name Aniversario --norm 'Ley 24875' --norm-date 1988-08-01"
    assert give(f"calendar correct --region arequipa --day 2028-08-15 {right} {WHO}")[0] == 0
    [found] = calendar(world).regional
    assert found == RegionalDay("arequipa", date(2028, 8, 15), "Aniversario", "Ley 24875, publicado el 01/08/1988")
    assert give(f"calendar correct --region arequipa --day 2028-08-15 --withdraw {WHO}")[0] == 0
    assert calendar(world).regional == ()


def test_years_are_confirmed_in_turn_and_taken_back(world: World, give: Give) -> None:
    assert give(f"calendar confirm --year 2027 {WHO}")[1].startswith("Los años se confirman uno tras otro: sigue 2026.")
    assert give(f"calendar confirm --year 2026 {WHO}")[0] == 0
    assert give(f"calendar confirm --year 2026 {WHO}") == UNCHANGED
    assert "Confirmado hasta el 31/12/2026: quedan 297 días." in give("calendar show")[1]
    assert "2027 aún no empieza" in give(f"calendar confirm --year 2027 {WHO}")[1]
    assert give(f"calendar confirm --year 2028 {WHO}")[0] == 1
    assert "2026 ya estaba confirmado" in give(DECLARE)[1]
    assert give(f"calendar correct --year 2026 --withdraw {WHO}")[0] == 1
    assert give(f"calendar correct --year 2027 --withdraw {WHO}")[0] == 0
    assert give(f"calendar correct --year 2026 --withdraw {WHO}")[0] == 0
    assert calendar(world).declared_until == 2025
    assert give(f"calendar correct --year 2025 --withdraw {WHO}")[0] == 1
    assert "retira la confirmación de 2026" in {event.data["change"] for event in events(world)}


def test_the_general_hours_are_set_and_taken_back(world: World, give: Give) -> None:
    line = f"calendar hours --opens 08:00 --closes 15:00 --norm 'R.M. 1' {WHO}"
    assert "Atención: Son menos de ocho horas seguidas" in give(line)[1]
    assert calendar(world).hours == OfficeHours(time(8), time(15), "R.M. 1")
    assert give(line) == UNCHANGED
    assert give(f"calendar correct --hours --withdraw {WHO}")[0] == 0
    assert calendar(world).hours == world.container.calendar.hours


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"calendar declare --day 2026-02-30 {DECREE}", 2),
        (f"calendar declare --day 20260504 {DECREE}", 2),
        (f"calendar declare --day 04/05/2026 {DECREE}", 2),
        (f"calendar declare --day hoy --day mañana {DECREE}", 2),
        (f"calendar declare {DECREE}", 2),
        (f"calendar declare {'--day 2026-05-04 ' * 61} {DECREE}", 2),
        ("calendar declare --day 2026-05-04 --name Día --norm 'D.S. 1'", 2),
        ("calendar declare --day 2026-05-04 --name 'D\u202eía' --norm 'D.S. 1' --norm-date 2026-01-01", 2),
        (f"calendar regional --region Áncash --day 2026-05-04 {DECREE}", 2),
        (f"calendar regional --region cusco --day 2028-02-29 --every-year {DECREE}", 1),
        ("calendar correct --day 2026-05-04", 1),
        ("calendar correct --day 2026-05-04 --name Día", 1),
        (f"calendar correct --day 2026-05-04 --withdraw {DECREE}", 1),
        ("calendar correct --day 2026-05-04 --year 2026 --withdraw", 2),
        ("calendar correct --withdraw", 2),
        ("calendar correct --year 2026", 1),
        ("calendar correct --hours", 1),
        ("calendar correct --hours --region cusco --withdraw", 2),
        ("calendar correct --day 2026-05-01 --withdraw", 1),
        ("calendar confirm --year 26", 2),
        ("calendar confirm --year 2101", 2),
        ("calendar hours --opens 17:00 --closes 08:00 --norm 'R.M. 1'", 1),
    ],
)
def test_what_is_unclear_or_no_day_changes_nothing(world: World, give: Give, line: str, code: int) -> None:
    given, said = give(f"{line} {WHO}")
    assert given == code, said
    assert calendar_store(world.container).find().version == 0
    assert events(world) == ()


def test_who_is_told_of_a_change_meanwhile_did_nothing(world: World, give: Give) -> None:
    met: list[tuple[int, str]] = []

    def meanwhile(**_: Any) -> None:
        if not met:
            met.append((0, ""))
            met.append(give(DECLARE.replace("05-04", "05-05")))

    with hooked(connection(world.container).client, "TransactWriteItems", meanwhile):
        code, said = give(DECLARE)

    assert met[1][0] == 0
    assert (code, said.startswith("Otra persona cambió el calendario mientras tanto; no se hizo nada.")) == (1, True)
    assert calendar(world).is_business_day(MONDAY)
    assert len(events(world)) == 1


def test_the_day_is_that_of_lima(world: World, give: Give) -> None:
    world.clock.now = datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC)
    assert "año 2026." in give("calendar show")[1]
    world.clock.advance(seconds=1)
    assert "año 2027." in give("calendar show")[1]
