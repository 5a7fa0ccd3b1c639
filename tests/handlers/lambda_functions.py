"""What AWS's own runtime client calls in `test_lambda_log.py`: the app's functions, and a service that logs."""

from __future__ import annotations

import logging
from typing import Any

import app

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
