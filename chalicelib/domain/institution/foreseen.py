"""What a deposit of a draft would come to now."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.deposit.deposit_warning import DepositWarning
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`notice` is None where nobody said yet which term it sets, or where `problem` says why there are no dates."""

    notice: Notice | None = None
    warnings: tuple[DepositWarning, ...] = ()
    problem: CasillaError | None = None
