"""What agreements need."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.services.agreement.change_agreement import AgreementTools
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.agreement.agreement_store import AgreementStore


@made_once
def agreement_store(box: Container) -> AgreementStore:
    """The agreements of institutions."""
    return AgreementStore(connection(box))


def agreement_tools(box: Container, actor: str, reason: str, origin: str = "") -> AgreementTools:
    """Return what changes an agreement, with who does it, why and from where."""
    act = OperatorAct(actor, reason, box.clock, box.chance.new_event_id, origin)
    return AgreementTools(agreement_store(box), act, lambda at: box.calendar.local(at).date())
