"""What AWS's own runtime client calls in `test_lambda_log.py`: the app's functions, and a service that logs."""

from __future__ import annotations

import logging
from typing import Any

import app
from chalicelib.handlers.workers.reports import reported
from chalicelib.services.access.clean_tokens import CleanedTokens

sweep_orphans = app.sweep_orphans  # type: ignore[attr-defined]

_logger = logging.getLogger("chalicelib.services.alert.sweep_alerts")


def a_service_logs(_: Any, __: Any) -> None:
    """Log as services do, which know nothing of Lambda."""
    _logger.info("alert deferred", extra={"notice_id": "2222-2222-2222", "code": "mail_unavailable"})


def a_service_logs_an_error(_: Any, __: Any) -> None:
    """Log an error with its traceback, whose text names a person."""
    try:
        int("rosa@ejemplo.pe")
    except ValueError:
        _logger.exception("batch failed")


def a_job_reports(_: Any, __: Any) -> None:
    """End as a job does that did not get through its list."""
    reported("clean_tokens", CleanedTokens(deleted=7, gone=0, failed=2, is_complete=False))
