"""The guide shows what became of a deposit as it is answered, and says what each field of an answer is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain import deadline
from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import Accepted, begin_attempt, settle
from chalicelib.domain.deadline import Distance, Regime, Term, TermUnit
from chalicelib.domain.deposit.recipient import foresee_reception
from chalicelib.domain.deposit.unreached import unreached
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.domain.notice import Notice, Remedy
from chalicelib.domain.reading.reading import DeliveredNotice, Opening, Seen
from chalicelib.domain.reading.timeline import Extent, NoticeLog, timeline
from chalicelib.renderers.deposit.deposit_answer import render_deposit_answer
from chalicelib.renderers.deposit.reception_json import reception_as_json
from chalicelib.renderers.deposit.status_json import deposit_status_as_json
from chalicelib.renderers.deposit.unreached_json import unreached_as_json
from chalicelib.renderers.notice_json import told_notice_as_json
from tests.builders import a_notice
from tests.calendars import PERU
from tests.deposit_world import a_mailbox, a_user, an_institution
from tests.unreached_world import bounced

GUIDE = (Path(__file__).parents[2] / "docs" / "guia-de-integracion.md").read_text("utf-8")
PROSE = re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL)
AT = [datetime(2026, 3, 10, 15, 0, second, tzinfo=UTC) for second in range(1, 5)]


def _notice() -> Notice:
    """Return the notice of the guide's deposit, as far as its dates go."""

    term = Term(15, TermUnit.BUSINESS_DAYS)
    decided = deadline.decide_deadline(
        deposited_at=AT[0],
        regime=Regime.DEPOSIT,
        term=term,
        counting=deadline.Counting(PERU, PERU.hours),
    )
    notice = replace(a_notice(deposited_at=AT[0], term=term), regime=Regime.DEPOSIT, deadline=decided)
    remedy = Remedy("Recurso de apelación", "Gerencia General", term)
    document = replace(
        notice.document, in_force_from=date(2026, 3, 11), ends_administrative_path=False, remedies=(remedy,)
    )
    return replace(
        notice, notice_id="XEKA-EAXW-XDZ6", document=document, distance=Distance("Villa Lejana", 3, "una norma")
    )


def _status() -> dict[str, Any]:
    notice = _notice()
    delivered = DeliveredNotice(notice, Opening("e1", AT[2], "u1", None), (Seen("u1", "Rosa", AT[2]),))
    waiting = AlertBatch("", "", AT[0], (Alert("u1.email", Channel.EMAIL, "rosa@ejemplo.pe"),))
    alerts = settle(begin_attempt(waiting, AT[1]), {"u1.email": Accepted("m-1")}, now=AT[1])
    downloaded = Event("notice#", EventType.NOTICE_DOWNLOADED, AT[3], "e2", "user:u1", data={"file": "main"})
    told = timeline(delivered, alerts, NoticeLog((downloaded,), Extent.WHOLE))
    return deposit_status_as_json(delivered, alerts, told, (("main", AT[3]),), today=AT[0].date())


def test_what_became_of_a_deposit_is_told_as_in_the_example() -> None:
    (example,) = (json.loads(b) for b in re.findall(r"```json\n(.*?)\n```", GUIDE, re.DOTALL) if '"timeline_' in b)

    answer = _status()

    assert example == answer
    assert list(example) == list(answer)
    tabled = set(re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE))
    assert tabled >= {told.value for told in (*AlertState, *AlertPurpose)}
    for extent in (Extent.WHOLE, Extent.NEWEST):
        assert f"`{extent.value}`" in GUIDE


def _reception() -> dict[str, Any]:
    """Return what is told of a mailbox whose e-mails return."""
    email = AddressHealth("u1", Channel.EMAIL, a_user(1).email, delivered_at=datetime(2026, 2, 27, 15, tzinfo=UTC))
    dead = email.with_sign(Sign.BOUNCED, datetime(2026, 3, 5, 15, tzinfo=UTC))
    reception = foresee_reception(a_mailbox(users=(a_user(1),), health=(dead,)), an_institution(norms=()))
    return reception_as_json(reception, "1-40000002", zone=PERU.zone)


def test_what_is_told_of_a_mailbox_before_a_deposit_is_told_as_in_the_example() -> None:
    [example] = [json.loads(b) for b in re.findall(r"```json\n(.*?)\n```", GUIDE, re.DOTALL) if '"can_receive"' in b]
    answer = json.loads(json.dumps(_reception()))

    assert example == answer
    assert list(example) == list(answer)


def _unreached() -> dict[str, Any]:
    """Return the list with the guide's deposit, of which the e-mails came back."""
    at = datetime(2026, 3, 10, 15, 4, 10, tzinfo=UTC)
    alerts = (bounced(Alert("u1.email", Channel.EMAIL, "rosa@ejemplo.pe"), at),)
    found = unreached(DeliveredNotice(_notice()), AlertBatch("", "", AT[0], alerts))
    assert found
    url = "https://casilla.ejemplo.gob.pe"
    return unreached_as_json([found], None, today=date(2026, 3, 12), api_base_url=url)


def test_what_failed_is_listed_as_in_the_example() -> None:
    [example] = [json.loads(b) for b in re.findall(r"```json\n(.*?)\n```", GUIDE, re.DOTALL) if '"deposits": [\n' in b]
    assert example == _unreached()
    assert list(example["deposits"][0]) == list(_unreached()["deposits"][0])


def _names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


FIELDS = {
    *_names(json.loads(render_deposit_answer(_notice(), receipt_sha256="", receipt_size=1, api_base_url=""))),
    *_names(told_notice_as_json(_notice())),
    *_names(_status()),
    *_names(_reception()),
    *_names(_unreached()),
}


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_what_a_field_of_an_answer_is_stands_outside_the_examples(name: str) -> None:
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", PROSE)
