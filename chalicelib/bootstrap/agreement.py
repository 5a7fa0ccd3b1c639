"""What agreements need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.alert import side_way_out
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.institution import activity_store, staff_tools
from chalicelib.bootstrap.mail import alert_mail, letterhead
from chalicelib.services.agreement.apply_for_agreement import ApplicationTools
from chalicelib.services.agreement.change_agreement import BY_ITS_DATES, AgreementTools
from chalicelib.services.agreement.change_tools import ChangeTools
from chalicelib.services.agreement.institution_address import institution_address
from chalicelib.services.agreement.keep_document import DocumentTools
from chalicelib.services.agreement.last_deposit import last_deposit
from chalicelib.services.agreement.watch_agreements import AgreementWatchTools
from chalicelib.services.institution.tell_coordinators import ToldLetters
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.agreement.agreement_store import AgreementStore
from chalicelib.store.agreement.application_store import ApplicationStore
from chalicelib.store.agreement.change_store import ChangeStore
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.position_store import PositionStore


@made_once
def agreement_store(box: Container) -> AgreementStore:
    """The agreements of institutions."""
    return AgreementStore(connection(box))


def agreement_tools(box: Container, actor: str, reason: str, origin: str = "") -> AgreementTools:
    """Return what changes an agreement, with who does it, why and from where."""
    act = OperatorAct(actor, reason, box.clock, box.chance.new_event_id, origin)
    return AgreementTools(agreement_store(box), act, lambda at: box.calendar.local(at).date(), deposits_counted(box))


def deposits_counted(box: Container) -> Callable[[str, date], date | None]:
    """Return what tells an institution's last deposit."""
    return partial(last_deposit, counts=activity_store(box))


@made_once
def agreement_watch_tools(box: Container) -> AgreementWatchTools:
    """What the nightly look at agreements goes through."""
    return AgreementWatchTools(
        changes=agreement_tools(box, BY_ITS_DATES, ""),
        staff=StaffStore(connection(box), b""),  # people are listed alone: no token is made, no pepper asked for
        warned=lambda institution_id: PositionStore(f"agreement-warning#{institution_id}", ToldLetters),
        mail=alert_mail(box),
        by_mail=side_way_out(box),
        letterhead=letterhead(box),
        portal_url=box.portal_url,
        now=box.clock,
    )


@made_once
def document_tools(box: Container) -> DocumentTools:
    """Where documents of agreements are kept."""
    return DocumentTools(files(box), box.chance.new_event_id)


@made_once
def application_tools(box: Container) -> ApplicationTools:
    """What applications for an agreement go through."""
    return ApplicationTools(
        applications=ApplicationStore(connection(box)),
        documents=document_tools(box),
        access=access_tools(box),
        staff=staff_tools(box),
        new_code=box.chance.new_code,
    )


@made_once
def change_tools(box: Container) -> ChangeTools:
    """What requests for another coordinator or representative go through."""
    staff = staff_tools(box)
    applications = ApplicationStore(connection(box))
    return ChangeTools(
        changes=ChangeStore(connection(box), staff.staff),
        documents=document_tools(box),
        staff=staff,
        address_of=partial(institution_address, agreements=agreement_store(box), applications=applications),
        new_code=box.chance.new_code,
    )
