"""Defects that telling of filings could have. Each is put into the processes of a week, and has to be complained of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.alert import alert_batch_store, situation_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.filing import filing_store, tell_tools
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.event import Event
from chalicelib.domain.filing.filing import Filing, Told
from chalicelib.store.alert.situation_store import Situation, SituationStore
from chalicelib.store.filing.filing_store import FilingStore
from tests.faults.defects import Unclaimed, with_batches
from tests.weekend.defects import Defect


class _Unseeing(SituationStore):
    """Does not see what became of a filing."""

    def find(self, notice_id: str, mailbox_id: str | None) -> Situation:
        return replace(super().find(notice_id, mailbox_id), standing=None)


class _Unlisted(FilingStore):
    """Finds nothing due."""

    def list_due(self, shard: str, until: datetime, *, limit: int) -> dict[str, datetime]:
        del shard, until, limit
        return {}


class _NotedAlone(FilingStore):
    """Notes that it was told, without what tells it."""

    def change(self, filing: Filing, event: Event, alerts: Iterable[AlertBatch] = ()) -> bool:
        del alerts
        return super().change(filing, event)


class _Forgetful(FilingStore):
    """Tells, and forgets that it did: each run tells again, under another key."""

    def change(self, filing: Filing, event: Event, alerts: Iterable[AlertBatch] = ()) -> bool:
        again = tuple(replace(one, notice_id=f"{one.notice_id}-{event.event_id[:6]}") for one in alerts)
        return super().change(replace(filing, told=Told()), event, again)


def _see_nothing(box: Container) -> None:
    box.made[situation_store] = _Unseeing(connection(box), alert_batch_store(box), event_store(box))


def _tell_holders_alone(box: Container) -> None:
    """Leave the institution out."""
    tools = tell_tools(box)
    institutions = tools.institutions

    class Wanting(type(institutions)):  # type: ignore[misc]  # the store, of institutions that want no digest
        def find(self, institution_id: str) -> object:
            found = super().find(institution_id)
            return found and replace(found, digest_email=None)

    box.made[tell_tools] = replace(tools, institutions=Wanting(connection(box)))


def _with_filings(kind: type[FilingStore]) -> Callable[[Container], None]:
    def alter(box: Container) -> None:
        box.made[filing_store] = kind(connection(box))

    return alter


DEFECTS = (
    Defect("what was overtaken is not seen", _see_nothing, "told though it was overtaken"),
    Defect("nothing is found due", _with_filings(_Unlisted), "lost"),
    Defect("noted without alerts", _with_filings(_NotedAlone), "lost"),
    Defect("told and not noted", _with_filings(_Forgetful), "the log tells a lapse"),
    Defect("the institution left out", _tell_holders_alone, "lost: lapsed_there"),
    Defect("sent without a claim", with_batches(Unclaimed), "doubled"),
)
