"""What the use of institutions needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.agreement import agreement_tools
from chalicelib.bootstrap.alert import side_way_out
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.institution import activity_store
from chalicelib.bootstrap.mail import access_mail, alert_mail, letterhead
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import event_store, limit_store
from chalicelib.domain.usage.month import UsageSettings
from chalicelib.gateways.mail import Mail
from chalicelib.renderers.usage import usage_settings
from chalicelib.services.institution.tell_coordinators import ToldLetters
from chalicelib.services.usage.close_statements import ClosingTools
from chalicelib.services.usage.count_deposits import CountedSoFar, DepositCountTools
from chalicelib.services.usage.export_statement import StatementFileTools
from chalicelib.services.usage.tell_statement import TellingTools
from chalicelib.services.usage.tools import UsageTools
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.position_store import PositionStore
from chalicelib.store.usage.deposit_day_store import DepositDayStore
from chalicelib.store.usage.statement_store import StatementStore


@made_once
def settings(box: Container) -> UsageSettings:  # noqa: ARG001 - a test may put something else in its place
    """What the deployment sets."""
    return usage_settings.usage_settings()


@made_once
def usage_tools(box: Container) -> UsageTools:
    """Where use is counted and kept."""
    zone = box.calendar.zone
    return UsageTools(
        statements=StatementStore(connection(box)),
        deposits=DepositCountTools(
            DepositDayStore(connection(box), zone), lambda name: PositionStore(name, CountedSoFar), zone, box.clock
        ),
        counts=activity_store(box),
        events=event_store(box),
        settings=settings(box),
        agreement=partial(agreement_tools, box),
        zone=zone,
        now=box.clock,
        new_event_id=box.chance.new_event_id,
    )


@made_once
def statement_file_tools(box: Container) -> StatementFileTools:
    """What a statement as a file needs."""
    files = export_tools(box).export_files
    return StatementFileTools(files, limit_store(box), box.calendar.zone, box.clock, box.chance.new_event_id)


@made_once
def closing_tools(box: Container) -> ClosingTools:
    """What the nightly closing goes through."""
    return ClosingTools(
        usage=usage_tools(box),
        institutions=institution_store(box),
        telling=_telling(box, alert_mail(box), side_way_out(box).hand_over),
    )


@made_once
def telling_tools(box: Container) -> TellingTools:
    """What is told at once of a month, by the way of what the staff is sent."""
    return _telling(box, access_mail(box), lambda send: send())


def _telling(box: Container, mail: Mail, hand_over: Callable[[Callable[[], str]], str]) -> TellingTools:
    return TellingTools(
        usage=usage_tools(box),
        staff=StaffStore(connection(box), b""),  # people are listed alone: no token is made, no pepper asked for
        told=lambda name: PositionStore(f"usage-letter#{name}", ToldLetters),
        mail=mail,
        hand_over=hand_over,
        letterhead=letterhead(box),
        portal_url=box.portal_url,
    )
