from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from chalicelib.services.work_through import counted


@dataclass(frozen=True, slots=True)
class Report:
    done: int
    failed: int
    is_complete: bool


def test_a_report_has_each_outcome_and_none_for_those_that_did_not_occur() -> None:
    assert counted(Report, Counter(done=2), is_complete=True) == Report(2, 0, is_complete=True)


def test_an_outcome_that_no_report_tells_is_an_error_of_ours() -> None:
    with pytest.raises(TypeError, match="lost"):
        counted(Report, Counter(done=1, lost=1), is_complete=True)
