"""Change an institution's agreement: read it as it stands today, have a rule decide, write it with what deposits read.

Whoever meets another change reads again and decides anew, so a payment that arrives while the agreement is cancelled
ends like one that came before it or after it. Nothing is written where nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.agreement import life
from chalicelib.domain.agreement.agreement import (
    Addendum,
    Agreement,
    Reason,
    beside,
    institution_state_of,
    unregistered,
)
from chalicelib.domain.agreement.end_warning import warnings_due
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.event import EventType
from chalicelib.domain.sender.institution import Institution, InstitutionState
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.agreement.agreement_store import AgreementChanged, AgreementRead, AgreementStore

TRIES = 5
BY_ITS_DATES = "worker:watch_agreements"
"""Who changes one whose day came: the night, or the page that was opened before it, whoever opened that."""


@dataclass(frozen=True, slots=True)
class AgreementTools:
    """Where agreements are kept, who changes them and why.

    `local_day` is an instant's day in the country's zone; `last_deposit` returns the local day of an institution's last
    deposit as its panel counts it, which is read only where disuse may be near.
    """

    agreements: AgreementStore
    act: OperatorAct
    local_day: Callable[[datetime], date]
    last_deposit: Callable[[str, date], date | None]

    @property
    def today(self) -> date:
        """The local day."""
        return self.local_day(self.act.clock())


@dataclass(frozen=True, slots=True)
class Outcome:
    """The agreement and its institution as they are now; `is_changed` is False where nothing was to do."""

    agreement: Agreement
    institution: Institution
    is_changed: bool


def inactivate_for_late_payment(institution_id: str, *, since: date, tools: AgreementTools) -> Outcome:
    """Hold it up since a payment is late from the local day `since` on; again changes nothing.

    An active institution without a registered agreement is held up too. One that is cancelled stays so, and owes when
    it comes back. One that is neither active nor has an agreement is left as it is.

    Raises:
        NotFound: `institution_unknown`.
        Unavailable: `store_unavailable`.

    """
    return change_agreement(institution_id, lambda one: life.inactivated(one, Reason.LATE_PAYMENT, since), tools)


def reactivate_on_payment(institution_id: str, *, tools: AgreementTools) -> Outcome:
    """Take the late payment away; it is active again unless something else holds it up or it is cancelled.

    Raises:
        NotFound: `institution_unknown`.
        Unavailable: `store_unavailable`.

    """
    return change_agreement(institution_id, lambda one: life.lifted(one, Reason.LATE_PAYMENT, tools.today), tools)


def inactivate_for_breach(institution_id: str, *, tools: AgreementTools) -> Outcome:
    """Hold it up for a breached clause.

    Raises:
        NotFound: `institution_unknown`, `agreement_unknown`.

    """
    return change_agreement(
        institution_id,
        lambda one: life.inactivated(one, Reason.CLAUSE_BREACHED, tools.today),
        tools,
        is_needed=True,
    )


def lift_breach(institution_id: str, *, tools: AgreementTools) -> Outcome:
    """Say that the breach is mended.

    Raises:
        NotFound: `institution_unknown`, `agreement_unknown`.

    """
    return change_agreement(
        institution_id, lambda one: life.lifted(one, Reason.CLAUSE_BREACHED, tools.today), tools, is_needed=True
    )


def revive_agreement(institution_id: str, addendum: Addendum | None, *, tools: AgreementTools) -> Outcome:
    """Bring back what was cancelled.

    Raises:
        NotFound: `institution_unknown`, `agreement_unknown`.
        Conflict, InvalidInput: as `life.revived`.

    """
    return change_agreement(institution_id, lambda one: life.revived(one, tools.today, addendum), tools, is_needed=True)


def extend_agreement(institution_id: str, addendum: Addendum, *, tools: AgreementTools) -> Outcome:
    """Have it hold until a later day.

    Raises:
        NotFound: `institution_unknown`, `agreement_unknown`.
        Conflict, InvalidInput: as `life.extended`.

    """
    return change_agreement(
        institution_id, lambda one: life.extended(one, addendum, tools.today), tools, is_needed=True
    )


def keep_dates(institution_id: str, *, tools: AgreementTools) -> Outcome:
    """Have it begin or end if its day has come.

    Raises:
        NotFound: `institution_unknown`, `agreement_unknown`.

    """
    return change_agreement(institution_id, lambda one: one, tools, is_needed=True)


def kept_today(institution_id: str, *, tools: AgreementTools) -> tuple[AgreementRead, date | None]:
    """Return an agreement as it stands today beside its institution, and its last use, for who looks at it.

    Where its day came and no night was there yet, it is written first, so that a page says no state in which its
    institution is not. Whoever loses to another change sees that one.

    Raises:
        NotFound: `institution_unknown`.

    """
    for is_last in (False, True):
        read, today = read_agreement(institution_id, tools.agreements), tools.today
        used_on = last_use(read, today, tools.last_deposit)
        if read.agreement is None:
            break
        as_told = replace(read, agreement=life.as_of(read.agreement, today, used_on))
        if is_last or (as_told.agreement == read.agreement and not is_against(read.institution, read.agreement)):
            return as_told, used_on
        with suppress(AgreementChanged):
            keep_dates(institution_id, tools=tools)
    return read, used_on


def register_agreement(new: Agreement, *, tools: AgreementTools) -> Outcome:
    """Register the agreement of an institution that was there before it; what held it up still does.

    One whose institution is active already holds from now on. Disuse counts from today at the soonest.

    Raises:
        NotFound: `institution_unknown`.
        Conflict: `agreement_exists`.
        InvalidInput: `agreement_dates_wrong`.

    """
    today = tools.today
    life.require_dates(new.begins_on, new.ends_on, today)

    def decide(current: Agreement) -> Agreement:
        if current.is_registered and current.version:
            raise Conflict("agreement_exists", "La entidad ya tiene un convenio: agrégale una adenda o reactívalo.")
        begun = replace(new, is_begun=current.is_begun, counted_from=today if current.is_begun else None)
        return life.registered(replace(begun, causes=current.causes, version=current.version + 1), today)

    return change_agreement(new.institution_id, decide, tools, is_registered=True)


def change_agreement(
    institution_id: str,
    decide: Callable[[Agreement], Agreement],
    tools: AgreementTools,
    *,
    is_needed: bool = False,
    is_registered: bool = False,
) -> Outcome:
    """Have a rule decide on the agreement as it stands today, and write what it decided.

    Raises:
        NotFound: `institution_unknown`; `agreement_unknown` where one `is_needed`.
        Conflict: `agreement_changed`, after five others were quicker; or as the rule.
        InvalidInput: as the rule.

    """
    for is_last in (*(False,) * (TRIES - 1), True):
        read = read_agreement(institution_id, tools.agreements)
        if read.agreement is None and is_needed:
            raise agreement_unknown()
        try:
            return _changed(read, decide, tools, is_registered=is_registered)
        except AgreementChanged:
            if is_last:
                raise
    raise AssertionError


def read_agreement(institution_id: str, agreements: AgreementStore) -> AgreementRead:
    """Return an institution with its agreement.

    Raises:
        NotFound: `institution_unknown`.

    """
    read = agreements.read(institution_id)
    if read is None:
        raise NotFound("institution_unknown", "Aquí no hay esa entidad. Vuelve a la lista.")
    return read


def last_use(read: AgreementRead, today: date, last_deposit: Callable[[str, date], date | None]) -> date | None:
    """Return the local day of the last use: of a key, of an officer who consulted, or of any deposit.

    What is counted of deposits is asked for only where without them a warning of disuse would be due.
    """
    used_on = None if read.used_on is None else min(read.used_on, today)
    if read.agreement is None or read.agreement.ended is not None:
        return used_on
    without = life.as_of(read.agreement, today, used_on)
    due = warnings_due(without, today, used_on) if without.ended is None else (without.ended,)
    if all(one.reason is not Reason.UNUSED for one in due):
        return used_on
    deposited = last_deposit(read.institution.institution_id, today)
    return max(filter(None, (used_on, deposited)), default=None)


def agreement_unknown() -> NotFound:
    """Return what is told where an institution has no agreement."""
    return NotFound("agreement_unknown", "La entidad no tiene un convenio registrado: regístralo antes.")


def _changed(
    read: AgreementRead, decide: Callable[[Agreement], Agreement], tools: AgreementTools, *, is_registered: bool
) -> Outcome:
    now = tools.act.clock()
    today = tools.local_day(now)
    stored = read.agreement
    if stored is None:
        stored = _unregistered(read.institution, today)
        if not read.institution.is_active and not is_registered:
            return Outcome(stored, read.institution, is_changed=False)
    before = life.as_of(stored, today, last_use(read, today, tools.last_deposit))
    decided = decide(before)
    if decided == stored and not is_against(read.institution, decided):
        return Outcome(decided, read.institution, is_changed=False)
    after = replace(decided, version=stored.version + 1, is_stopped_apart=stored.is_stopped_apart)
    institution = _institution(read.institution, after)
    kind = EventType.AGREEMENT_REGISTERED if is_registered else _kind(stored, after)
    told = {**_told(stored, after), "version": str(after.version)}
    event = tools.act.event(f"institution#{after.institution_id}", kind, now, **told)
    tools.agreements.commit(after, institution, event)
    return Outcome(after, institution or read.institution, is_changed=True)


def is_against(institution: Institution, agreement: Agreement) -> bool:
    """Tell whether an institution is active though its agreement is not: somebody started it at the same instant."""
    return institution.is_active and institution_state_of(agreement) is not InstitutionState.ACTIVE


def _unregistered(institution: Institution, today: date) -> Agreement:
    """Return what stands for the agreement of one that has none; where it is not active nothing else stopped it."""
    none = unregistered(institution.institution_id, today)
    is_active = institution.is_active
    return beside(replace(none, is_begun=is_active, is_stopped_apart=not is_active), institution)


def _institution(institution: Institution, after: Agreement) -> Institution | None:
    """Return the institution with the state that the agreement leaves it in; None where it has it.

    What was stopped apart from its agreement no payment starts again.
    """
    state = institution_state_of(after)
    if institution.state is state or (after.is_stopped_apart and state is InstitutionState.ACTIVE):
        return None
    version = institution.version + 1
    return replace(institution, state=state, is_stopped=after.is_stopped_apart, version=version)


def _kind(before: Agreement, after: Agreement) -> EventType:
    is_extension = before.state is after.state and before.addenda != after.addenda
    return EventType.AGREEMENT_EXTENDED if is_extension else EventType.AGREEMENT_CHANGED


def _told(before: Agreement, after: Agreement) -> dict[str, str]:
    """Return what the event says: states, the reasons that came and went, each with its day, and the last day."""
    told = {"before": before.state.value, "after": after.state.value}
    came = [one for one in after.reasons if one not in before.reasons]
    gone = [one for one in before.reasons if one not in after.reasons]
    if came:
        told["reason_codes"] = ",".join(one.reason for one in came)
        told["since"] = min(one.since for one in came).isoformat()
    if gone:
        told["lifted"] = ",".join(one.reason for one in gone)
    if after.ends_on is not None and after.ends_on != before.ends_on:
        told["ends_on"] = after.ends_on.isoformat()
    if not before.is_begun and after.is_begun:
        told["since"] = after.begins_on.isoformat()
    return told
