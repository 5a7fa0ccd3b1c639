"""Whether an institution can deposit now, and what stands in the way beside a late payment."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.agreement.agreement import ENDING, Agreement, AgreementState, Reason
from chalicelib.domain.sender.institution import Institution


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """`is_unpaid` says that a late payment holds the agreement up, `others` what else does or ended it.

    `is_stopped` says that it is stopped apart from its agreement: only the platform starts it again.
    """

    is_active: bool = False
    is_unpaid: bool = True
    others: tuple[Reason, ...] = ()
    is_stopped: bool = False

    @property
    def is_cancelled(self) -> bool:
        """Whether the agreement ended: no payment brings it back."""
        return any(one in ENDING for one in self.others)

    @property
    def is_back_by_payment(self) -> bool:
        """Whether it can deposit again once everything that is late is paid."""
        return not self.is_active and self.is_unpaid and not self.others and not self.is_stopped


def service_now(institution: Institution, agreement: Agreement | None) -> ServiceNow:
    """Tell it of an institution, with its agreement as its dates leave it today if it has one."""
    if agreement is None:
        return ServiceNow(institution.is_active, is_unpaid=False, is_stopped=not institution.is_active)
    is_apart = agreement.is_stopped_apart or agreement.state is AgreementState.ACTIVE or bool(institution.is_stopped)
    return ServiceNow(
        is_active=institution.is_active and agreement.state is AgreementState.ACTIVE,
        is_unpaid=agreement.has_cause(Reason.LATE_PAYMENT),
        others=tuple(one.reason for one in agreement.reasons if one.reason is not Reason.LATE_PAYMENT),
        is_stopped=is_apart and not institution.is_active,
    )
