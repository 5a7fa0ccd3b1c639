"""The operator's commands about institutions, as Lambda runs them."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import date, time, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.agreement import agreement_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import calendar_store, event_store
from chalicelib.domain.agreement.agreement import Agreement, Reason, Standing
from chalicelib.domain.deadline import Distance, Regime
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.sender.institution import AppliedNorm, Institution, InstitutionState
from chalicelib.services.agreement import change_agreement as changing
from tests.alert_world import refusing
from tests.deposit_world import INSTITUTION_ID, KEY_ID, World, a_signing_key, an_institution, put_key
from tests.handlers.operator.conftest import Give

WHO = "--reason 'Convenio firmado' --operator rquispe"
DETAILS = "--name 'Municipalidad de Villa Ejemplo' --address 'Plaza Ejemplo 1' --phone '(01) 000-0000'"
NEW = f"institutions add --id muni-villa {DETAILS} {WHO}"
SUNARP = "D.S. 001-2024-JUS, art. 2"


def found(world: World, institution_id: str = "muni-villa") -> Institution:
    institution = institution_store(world.container).find(institution_id)
    assert institution is not None
    return institution


def events(world: World, institution_id: str = "muni-villa") -> tuple[Event, ...]:
    return event_store(world.container).list_for_subject(f"institution#{institution_id}")


@pytest.fixture
def added(world: World, give: Give) -> World:
    assert give(NEW)[0] == 0
    return world


def change(world: World, give: Give, line: str) -> tuple[str, Institution, Event | None]:
    """Give a command about the new institution a second later; return what it says and the event, if there is one."""
    before = len(events(world))
    world.clock.advance(seconds=1)
    code, said = give(f"institutions {line} {WHO}")
    assert code == 0, said
    new = events(world)[before:]
    return said, found(world), new[0] if new else None


def test_an_institution_begins_inactive_and_the_answer_says_what_it_lacks(world: World, give: Give) -> None:
    code, said = give(f"{NEW} --short-name 'Muni Villa'")

    assert code == 0
    assert said.splitlines()[0] == "Se registró muni-villa, inactiva. Para que deposite:"
    assert all(f"{command} muni-villa" in said for command in ("institutions norm", "keys add", "institutions state"))
    one = found(world)
    assert (one.state, one.regime, one.norms, one.short_name, one.version) == (
        InstitutionState.INACTIVE,
        Regime.ACKNOWLEDGEMENT,
        (),
        "Muni Villa",
        1,
    )
    [event] = events(world)
    assert (event.type.value, event.actor) == ("institution.added", "operator:rquispe")
    assert event.data == {
        "change": "name: Municipalidad de Villa Ejemplo",
        "told": "nombre: Municipalidad de Villa Ejemplo",
        "reason": "Convenio firmado",
    }


def test_an_id_is_never_used_twice(added: World, give: Give) -> None:
    assert give(NEW) == (0, "Ya estaba así; no se cambió nada.")
    code, said = give(NEW.replace("Villa Ejemplo", "Otra Villa"))

    assert (code, found(added).name) == (1, "Municipalidad de Villa Ejemplo")
    assert said.startswith("Ya hay una entidad con ese identificador; no se hizo nada.")
    assert len(events(added)) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"institutions add --id Muni {DETAILS} {WHO}", "El identificador de la entidad lleva"),
        (f"institutions add --id calendar#PE {DETAILS} {WHO}", "El identificador de la entidad lleva"),
        (f"institutions add --id m {DETAILS} {WHO}", "El identificador de la entidad lleva"),
        (NEW.replace("(01) 000-0000", "0"), "«0» no sirve"),
        (NEW.replace("Plaza Ejemplo 1", "Plaza \u4e2d"), "La constancia no puede imprimir"),
        (NEW.replace("Plaza Ejemplo 1", "Plaza\n1"), "El texto tiene en la posición 6 un carácter que no se ve"),
        (NEW.replace("Plaza Ejemplo 1", "x" * 301), "«…» no sirve: son de 2 a 300 letras"),
        (NEW.replace(WHO, ""), "Falta --reason"),
    ],
)
def test_what_no_receipt_or_signature_could_name_is_not_added(world: World, give: Give, line: str, told: str) -> None:
    code, said = give(line)
    assert (code, told in said) == (2, True)
    assert [one.institution_id for one in institution_store(world.container).list_all()] == [INSTITUTION_ID]


def test_a_short_name_that_no_sms_can_hold_is_refused(world: World, give: Give) -> None:
    code, said = give(f"{NEW} --short-name 'Municipalidad Provincial de Villa Ejemplo'")
    assert (code, said.splitlines()[1][:14]) == (2, "- --short-name")
    assert "Uso: institutions add" in said
    assert institution_store(world.container).find("muni-villa") is None


def test_when_a_short_name_is_used_is_said_by_help_and_show(give: Give) -> None:
    assert give(f"institutions set {INSTITUTION_ID} --short-name Villa {WHO}")[0] == 0
    for line in ("help institutions add", "help institutions set"):
        assert "cómo la llama un SMS donde no cabe su nombre completo" in give(line)[1]
    assert "  En un SMS donde no cabe su nombre: Villa" in give(f"institutions show {INSTITUTION_ID}")[1]


def test_institutions_are_listed_and_shown(added: World, give: Give) -> None:
    assert give("institutions list")[1].splitlines() == [
        "entidad-demo  activa  Entidad de Demostración",
        "muni-villa  inactiva  Municipalidad de Villa Ejemplo",
    ]
    listed = json.loads(give("institutions list --json")[1])["institutions"]
    assert listed[1] == {"id": "muni-villa", "state": "inactive", "name": "Municipalidad de Villa Ejemplo"}
    change(added, give, f"norm muni-villa --regime deposit --citation '{SUNARP}' --default")
    shown = give("institutions show muni-villa")[1]
    assert f"    depósito: {SUNARP} (correo, SMS)" in shown
    assert "  Régimen de los depósitos que no dicen otro: depósito" in shown
    assert "  Término de la distancia: ninguno" in shown
    assert f"09/03/2026 15:15:31 rquispe: cambió norma de depósito: ninguna → {SUNARP} (correo, SMS); régimen" in shown
    assert "rquispe: se registró la entidad nombre: Municipalidad de Villa Ejemplo. Convenio firmado" in shown
    told = json.loads(give("institutions show muni-villa --json")[1])
    assert told["norms"] == [{"regime": "deposit", "citation": SUNARP, "channels": ["email", "sms"]}]
    assert [event["type"] for event in told["events"]] == ["institution.added", "institution.changed"]
    assert give("institutions show nadie")[0] == 1


@pytest.mark.parametrize(
    ("line", "changed", "words"),
    [
        (
            "set muni-villa --name 'Muni Nueva'",
            {"name": "Muni Nueva"},
            (
                "name: Municipalidad de Villa Ejemplo → Muni Nueva",
                "nombre: Municipalidad de Villa Ejemplo → Muni Nueva",
            ),
        ),
        ("set muni-villa --phone 111111", {"phone": "111111"}, ("phone", "teléfono (no se copia al registro)")),
        (
            "set muni-villa --short-name Villa",
            {"short_name": "Villa"},
            ("short_name: none → Villa", "nombre corto: ninguno → Villa"),
        ),
        (
            "set muni-villa --digest-email Mesa@Villa.example",
            {"digest_email": "Mesa@villa.example"},
            ("digest_email", "correo del resumen (no se copia al registro)"),
        ),
        (
            "set muni-villa --receipt withheld",
            {"attaches_receipt": False},
            ("receipt: attached → withheld", "constancia adjunta a la alerta: sí → no"),
        ),
        (
            "state muni-villa active",
            {"state": InstitutionState.ACTIVE, "started_on": date(2026, 3, 9)},
            ("state: inactive → active", "estado: inactiva → activa"),
        ),
        (
            f"norm muni-villa --regime deposit --citation '{SUNARP}' --channels email",
            {"norms": (AppliedNorm(Regime.DEPOSIT, SUNARP, (Channel.EMAIL,)),)},
            (
                f"norms.deposit: none → {SUNARP} (email)",
                f"norma de depósito: ninguna → {SUNARP} (correo)",
            ),
        ),
        (
            "hours muni-villa --opens 08:00 --closes 17:00",
            {"opens_at": time(8), "closes_at": time(17)},
            ("opens_at: none → 08:00; closes_at: none → 17:00", "horario: el general → de 08:00 a 17:00"),
        ),
        (
            "region muni-villa la-libertad",
            {"region": "la-libertad"},
            ("region: none → la-libertad", "región: ninguna → la-libertad"),
        ),
        (
            "distance muni-villa --place Iquitos --days 5 --norm 'R.A. 1'",
            {"distances": (Distance("Iquitos", 5, "R.A. 1"),)},
            ("distances.Iquitos: none → 5 (R.A. 1)", "término de la distancia de Iquitos: ninguno → 5 (R.A. 1)"),
        ),
    ],
)
def test_each_setting_is_changed_alone_with_its_event_and_twice_changes_nothing(
    added: World, give: Give, line: str, changed: dict[str, Any], words: tuple[str, str]
) -> None:
    before, (in_log, told) = found(added), words

    said, after, event = change(added, give, line)

    assert {name: getattr(after, name) for name in changed} == changed
    assert {name for name in Institution.__slots__ if getattr(before, name) != getattr(after, name)} == {
        *changed,
        "version",
    }
    assert said.startswith(f"muni-villa, versión 2: {told}.\n")
    assert event is not None
    assert event.data == {"change": in_log, "told": told, "version": "2", "reason": "Convenio firmado"}
    assert f"rquispe: cambió {told}. Convenio firmado" in give("institutions show muni-villa")[1]

    said, again, event = change(added, give, line)
    assert (said.splitlines()[0], again, event) == ("Ya estaba así; no se cambió nada.", after, None)
    assert json.loads(give(f"institutions {line} {WHO} --json")[1])["changed"] is False


@pytest.mark.parametrize(
    ("line", "in_log", "told"),
    [
        (
            "norm muni-villa --regime deposit --citation 'Otra norma'",
            f"norms.deposit.citation: {SUNARP} → Otra norma",
            f"norma de depósito: {SUNARP} → Otra norma",
        ),
        (
            f"norm muni-villa --regime deposit --citation '{SUNARP}' --channels sms",
            "norms.deposit.channels: email,sms → sms",
            "canales de la norma de depósito: correo, SMS → SMS",
        ),
        (
            "norm muni-villa --regime immediate --remove",
            f"norms.immediate: {SUNARP} (email,sms) → none",
            f"norma de inmediato: {SUNARP} (correo, SMS) → ninguna",
        ),
        (
            f"norm muni-villa --regime deposit --citation '{SUNARP}' --default",
            "regime: acknowledgement → deposit",
            "régimen de los depósitos que no dicen otro: acuse de recibo → depósito",
        ),
        (
            "distance muni-villa --place iquitos --days 5 --norm 'R.A. 1'",
            "distances.iquitos: Iquitos, 5 (R.A. 1) → iquitos, 5 (R.A. 1)",
            "término de la distancia de iquitos: Iquitos, 5 (R.A. 1) → iquitos, 5 (R.A. 1)",
        ),
        (
            "distance muni-villa --place Tacna --days 7 --norm 'R.A. 2'",
            "distances.Tacna: 3 (R.A. 1) → 7 (R.A. 2)",
            "término de la distancia de Tacna: 3 (R.A. 1) → 7 (R.A. 2)",
        ),
    ],
)
def test_of_a_norm_or_a_row_only_what_changed_is_told(
    added: World, give: Give, line: str, in_log: str, told: str
) -> None:
    for regime in ("deposit", "immediate"):
        change(added, give, f"norm muni-villa --regime {regime} --citation '{SUNARP}'")
    for place, days in (("Iquitos", 5), ("Tacna", 3)):
        change(added, give, f"distance muni-villa --place {place} --days {days} --norm 'R.A. 1'")

    said, one, event = change(added, give, line)

    assert said.startswith(f"muni-villa, versión {one.version}: {told}.\n")
    assert event is not None
    assert (event.data["change"], event.data["told"]) == (in_log, told)


def test_every_event_of_an_institution_is_told_in_spanish(world: World, give: Give) -> None:
    """Also one that was logged when the log had no words for people."""
    add_event, store = event_store(world.container).add, f"institution#{INSTITUTION_ID}"
    kinds = [kind for kind in EventType if kind.value.startswith("institution.")]
    for number, kind in enumerate(kinds):
        add_event(Event(store, kind, world.clock.now, f"e{number}", "operator:rquispe", data={"reason": "Convenio"}))

    shown = give(f"institutions show {INSTITUTION_ID}")[1]

    assert shown.count("rquispe: ") == len(kinds)
    assert "institution." not in shown


def test_a_norm_of_the_usual_regime_that_is_removed_leaves_the_acknowledgement(added: World, give: Give) -> None:
    change(added, give, f"norm muni-villa --regime immediate --citation '{SUNARP}'")
    change(added, give, f"norm muni-villa --regime deposit --citation '{SUNARP}' --default")
    assert (found(added).regime, len(found(added).norms)) == (Regime.DEPOSIT, 2)
    change(added, give, "norm muni-villa --regime deposit --citation 'Otra norma'")
    assert found(added).norm_for(Regime.DEPOSIT) == AppliedNorm(Regime.DEPOSIT, "Otra norma")

    _, one, event = change(added, give, "norm muni-villa --regime deposit --remove")

    assert (one.regime, [norm.regime for norm in one.norms]) == (Regime.ACKNOWLEDGEMENT, [Regime.IMMEDIATE])
    assert event is not None
    assert event.data["change"].endswith("regime: deposit → acknowledgement")
    assert change(added, give, "norm muni-villa --regime deposit --remove")[2] is None


def test_where_the_digest_goes_is_shown_masked_and_taken_back(added: World, give: Give) -> None:
    assert "Resumen de alertas que no llegaron: no" in give("institutions show muni-villa")[1]
    change(added, give, "set muni-villa --digest-email mesa@villa.example")
    assert "Resumen de alertas que no llegaron: m***@villa.example" in give("institutions show muni-villa")[1]
    told = json.loads(give("institutions show muni-villa --json")[1])
    assert told["digest_email"] == "m***@villa.example"

    said, one, event = change(added, give, "set muni-villa --no-digest")
    assert one.digest_email is None
    assert "correo del resumen (quitado)" in said
    assert event is not None
    assert event.data["change"] == "digest_email: removed"
    assert "mesa@" not in str(events(added))


def test_hours_region_short_name_and_distance_are_taken_back(added: World, give: Give) -> None:
    change(added, give, "set muni-villa --short-name Villa")
    change(added, give, "hours muni-villa --opens 08:00 --closes 17:00")
    change(added, give, "region muni-villa arequipa")
    change(added, give, "distance muni-villa --place Iquitos --days 5 --norm 'R.A. 1'")
    change(added, give, "distance muni-villa --place iquitos --days 6 --norm 'R.A. 2'")
    assert found(added).distances == (Distance("iquitos", 6, "R.A. 2"),)

    for line in (
        "set muni-villa --no-short-name",
        "hours muni-villa --general",
        "region muni-villa none",
        "distance muni-villa --place Iquitos --remove",
    ):
        assert change(added, give, line)[2] is not None, line

    one = found(added)
    assert (one.short_name, one.opens_at, one.closes_at, one.region, one.distances) == (None, None, None, None, ())
    assert give(f"institutions distance muni-villa --place Iquitos --remove {WHO}")[0] == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("set muni-villa", 1),
        ("set muni-villa --short-name XX --no-short-name", 1),
        ("set muni-villa --receipt no", 2),
        ("set muni-villa --digest-email villa.example", 2),
        ("set muni-villa --digest-email 'a@villa.example, b@villa.example'", 2),
        ("set muni-villa --digest-email a@villa.example --no-digest", 1),
        ("set nadie --phone 111111", 1),
        ("state muni-villa", 2),
        ("state muni-villa activa", 2),
        ("state muni-villa active now", 2),
        ("norm muni-villa --regime deposit", 2),
        ("norm muni-villa --regime deposit --citation x1 --remove", 2),
        ("norm muni-villa --regime deposit --remove --default", 2),
        ("norm muni-villa --regime deposito --citation 'x y'", 2),
        ("norm muni-villa --regime deposit --citation 'x y' --channels paloma", 2),
        ("hours muni-villa --opens 17:00 --closes 08:00", 1),
        ("hours muni-villa --opens 08:00", 2),
        ("hours muni-villa --general --closes 17:00", 2),
        ("hours muni-villa --opens 8 --closes 24:00", 2),
        ("region muni-villa Áncash", 2),
        ("distance muni-villa --place Iquitos --days 61 --norm 'R.A. 1'", 2),
        ("distance muni-villa --place Iquitos --days 5", 2),
        ("distance muni-villa --place Iquitos --remove --norm 'R.A. 1'", 2),
        ("norm muni-villa --regime deposit --remove --channels email", 2),
    ],
)
def test_what_is_unclear_changes_nothing(added: World, give: Give, line: str, code: int) -> None:
    before = found(added)
    assert give(f"institutions {line} {WHO}")[0] == code
    assert (found(added), len(events(added))) == (before, 1)


def test_a_region_of_which_the_calendar_has_no_day_is_told(added: World, give: Give) -> None:
    assert "Atención: El calendario no tiene días de arequipa" in change(added, give, "region muni-villa arequipa")[0]
    decree = "--name Aniversario --norm 'Ley 24875' --norm-date 1988-08-01"
    assert give(f"calendar regional --region cusco --day 2026-06-24 {decree} {WHO}")[0] == 0
    assert "Atención" not in change(added, give, "region muni-villa cusco")[0]


@pytest.mark.parametrize(
    "line",
    [
        *("institutions list", f"institutions show {INSTITUTION_ID}", f"keys list {INSTITUTION_ID}", "calendar show"),
        *(f"institutions state {INSTITUTION_ID} inactive {WHO}", f"{NEW}"),
        *(f"keys revoke {INSTITUTION_ID} p256 {WHO}", f"calendar confirm --year 2026 {WHO}"),
    ],
)
@pytest.mark.parametrize("operations", [("Scan", "GetItem"), ("Scan", "Query", "TransactWriteItems")])
def test_a_store_that_does_not_answer_is_told_and_nothing_half_is_done(
    world: World, give: Give, line: str, operations: tuple[str, ...]
) -> None:
    client = connection(world.container).client
    before = (institution_store(world.container).list_all(), calendar_store(world.container).find())
    with ExitStack() as stack:
        for operation in operations:
            stack.enter_context(refusing(client, operation, "InternalServerError", status=500))
        assert give(line) == (1, "El servicio no responde. Intente de nuevo en un momento.")
    assert (institution_store(world.container).list_all(), calendar_store(world.container).find()) == before


def test_an_institution_of_a_package_before_is_changed_too(world: World, give: Give) -> None:
    assert give(f"institutions state {INSTITUTION_ID} inactive {WHO}")[0] == 0
    assert found(world, INSTITUTION_ID) == an_institution(state=InstitutionState.INACTIVE, is_stopped=True, version=1)
    assert give(f"institutions state {INSTITUTION_ID} active {WHO}")[0] == 0
    assert found(world, INSTITUTION_ID).version == 2


def test_an_institution_is_not_started_against_its_agreement(world: World, give: Give) -> None:
    box = world.container
    tools = agreement_tools(box, "staff:admin", "Convenio firmado")
    today = tools.today
    changing.register_agreement(Agreement(INSTITUTION_ID, today, today + timedelta(days=9)), tools=tools)
    give(f"institutions state {INSTITUTION_ID} inactive {WHO}")
    changing.inactivate_for_breach(INSTITUTION_ID, tools=tools)
    start = f"institutions state {INSTITUTION_ID} active {WHO}"
    code, said = give(start)
    assert (code, "no está activo hoy" in said) == (1, True), said
    changing.lift_breach(INSTITUTION_ID, tools=tools)
    assert found(world, INSTITUTION_ID).state is InstitutionState.INACTIVE
    assert give(start)[0] == 0
    assert found(world, INSTITUTION_ID).is_active
    give(f"institutions state {INSTITUTION_ID} inactive {WHO}")
    world.clock.advance(days=10)
    assert give(start)[0] == 1
    assert found(world, INSTITUTION_ID).state is InstitutionState.INACTIVE


def test_what_is_stopped_while_a_payment_is_late_no_payment_starts(world: World, give: Give) -> None:
    tools = agreement_tools(world.container, "staff:admin", "Recibo impago")
    changing.inactivate_for_late_payment(INSTITUTION_ID, since=tools.today, tools=tools)
    stop = f"institutions state {INSTITUTION_ID} inactive {WHO}"
    assert "detenida aparte del convenio" in give(stop)[1]
    assert "detenida aparte del convenio" not in give(stop)[1]
    changing.reactivate_on_payment(INSTITUTION_ID, tools=tools)
    assert found(world, INSTITUTION_ID).state is InstitutionState.INACTIVE
    assert give(f"institutions state {INSTITUTION_ID} active {WHO}")[0] == 0
    assert found(world, INSTITUTION_ID).is_active


def test_days_on_which_a_command_stops_an_institution_are_none_without_use(world: World, give: Give) -> None:
    for key_id in (KEY_ID, "p256"):
        put_key(world.container, a_signing_key(key_id=key_id), used_on=None)
    tools = agreement_tools(world.container, "worker:watch_agreements", "")
    today = tools.today
    changing.register_agreement(Agreement(INSTITUTION_ID, today), tools=tools)
    give(f"institutions state {INSTITUTION_ID} inactive {WHO}")
    world.clock.advance(days=200)
    assert not changing.keep_dates(INSTITUTION_ID, tools=tools).is_changed
    assert give(f"institutions state {INSTITUTION_ID} active {WHO}")[0] == 0
    world.clock.advance(days=90)
    assert not changing.keep_dates(INSTITUTION_ID, tools=tools).is_changed
    world.clock.advance(days=1)
    ended = changing.keep_dates(INSTITUTION_ID, tools=tools).agreement.ended
    assert ended == Standing(Reason.UNUSED, today + timedelta(days=291))


def test_what_is_changed_counts_for_the_next_request(world: World, give: Give) -> None:
    assert world.deposit().status_code == 201
    give(f"institutions state {INSTITUTION_ID} inactive {WHO}")
    refused = world.deposit(key="clave-2")
    assert (refused.status_code, refused.json_body["code"]) == (403, "institution_inactive")
    give(f"institutions state {INSTITUTION_ID} active {WHO}")
    assert world.deposit(key="clave-3").status_code == 201


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("norm muni-villa --regime immediate --citation 'TUO, art. 25' --default", "no puede ser el régimen usual"),
        ("norm muni-villa --regime acknowledgement --citation 'Directiva 1' --channels email", "Ley 31736"),
    ],
)
def test_a_norm_that_would_harm_holders_is_not_cited(added: World, give: Give, line: str, told: str) -> None:
    code, said = give(f"institutions {line} {WHO}")
    assert code == 1
    assert told in said
    assert found(added).norms == ()


def test_a_place_is_the_same_however_its_accents_were_typed(added: World, give: Give) -> None:
    for place in ("Can\u0303ete", "Ca\u00f1ete"):
        assert give(f"institutions distance muni-villa --place '{place}' --days 2 --norm 'R.A. 1' {WHO}")[0] == 0
    assert [distance.place for distance in found(added).distances] == ["Ca\u00f1ete"]


@pytest.mark.usefixtures("added")
def test_fewer_than_eight_hours_are_set_and_told(give: Give) -> None:
    for closes, is_told in (("15:59", True), ("16:00", False)):
        code, said = give(f"institutions hours muni-villa --opens 08:00 --closes {closes} {WHO}")
        assert (code, "menos de ocho horas seguidas" in said) == (0, is_told)
