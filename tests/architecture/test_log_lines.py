"""What services and jobs may write to the log: a constant message, and fields that name no person."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
FIELDS = {
    "age_s": "how old what goes on being used is",
    "alert_id": "a notice, a user's number and a channel",
    "cause": "an error's kind",
    "channel": "e-mail or SMS",
    "code": "a refusal's code",
    "count": "how many, of whomever",
    "correlation_id": "a request's number",
    "drawn": "about how many of a budget are spent",
    "error": "an error's kind",
    "fault": "`describe_fault`: kinds and places",
    "function_request_id": "Lambda's number of a run",
    "held_s": "for how many seconds jobs have waited",
    "hour": "an hour of UTC",
    "institution": "an institution's id",
    "item": "what a job works on: a code, or a keyed hash; or a secret's name",
    "job": "a job's name",
    "limit": "a limit's name",
    "looker": "an institution's key, a code of somebody of the staff, or that it is an operator",
    "outcome": "what a provider made of a message",
    "notice_id": "a notice's code",
    "reason": "one of a closed list",
    "record": "a message's or record's number",
    "registry": "RENIEC or SUNAT",
    "status": "a refusal's status of HTTP",
    "usual": "a number of the configuration",
    "vendor_code": "a vendor's error code",
}
"""What a field may be called, and what it holds."""


def lines_of(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.AST]]:
    """Find every line that is logged, with the function that logs it."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS:
                logger = ast.unparse(call.func.value)
                if logger in {"_logger", "log()"}:
                    yield call, function


def fields_of(call: ast.Call, function: ast.AST) -> set[str]:
    """Name the fields of a line; `**counts` are a job's, which `tests/handlers/test_job_reports.py` knows.

    `**where` and `**who` are a request's, which `tests/handlers/test_refusal_lines.py` knows.
    """
    names: set[str] = set()
    for keyword in call.keywords:
        if keyword.arg == "extra":
            value = keyword.value
            if isinstance(value, ast.Name):
                [value] = [
                    node.value
                    for node in ast.walk(function)
                    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == value.id
                ]
            assert isinstance(value, ast.Dict)
            names |= {str(ast.literal_eval(key)) for key in value.keys if key is not None}
        elif keyword.arg is not None:
            names.add(keyword.arg)
    return names


@pytest.mark.parametrize(
    "path", sorted((ROOT / "chalicelib").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT / "chalicelib"))
)
def test_a_line_has_a_constant_message_and_fields_that_name_no_person(path: Path) -> None:
    for call, function in lines_of(ast.parse(path.read_text("utf-8"))):
        assert len(call.args) == 1
        assert isinstance(call.args[0], ast.Constant), ast.unparse(call)
        assert fields_of(call, function) <= set(FIELDS), ast.unparse(call)


def test_lines_are_found() -> None:
    found = [
        call for path in (ROOT / "chalicelib").rglob("*.py") for call, _ in lines_of(ast.parse(path.read_text("utf-8")))
    ]
    assert len(found) >= 12
