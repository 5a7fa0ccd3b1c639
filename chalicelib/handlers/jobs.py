"""The second map: what streams, queues, topics and schedules start. Nothing of a job is loaded before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from chalice.app import Chalice

from chalicelib.handlers.collector import resume_collector
from chalicelib.handlers.doors import find


@dataclass(frozen=True, slots=True)
class Job:
    """A function of its own. `trigger` is chalice's word for what starts it, `target` the `module:function`.

    What is `held` waits after a restore until the tables were checked (docs/adr/0053-restoring.md): it deletes, sends
    or closes on the ground of what the tables have or lack, which may be from before what happened.
    """

    name: str
    trigger: str
    settings: Mapping[str, Any]
    target: str
    held: bool = False


def _stream(arn: str, *, batch_size: int) -> tuple[str, dict[str, Any]]:
    return "on_dynamodb_record", {"stream_arn": arn, "batch_size": batch_size}


def _queue(name: str) -> tuple[str, dict[str, Any]]:
    return "on_sqs_message", {"queue": name, "batch_size": 1}


def _topic(name: str) -> tuple[str, dict[str, Any]]:
    return "on_sns_message", {"topic": name}


def _schedule(expression: str) -> tuple[str, dict[str, Any]]:
    return "schedule", {"expression": expression}


Held = partial(Job, held=True)

# fmt: off
JOBS = (
    # Started by what happened
    Job("send_alerts",           *_stream("events-stream", batch_size=10), "workers.alert:send_alerts"),
    Job("count_activity",        *_stream("events-stream", batch_size=50), "workers.institution:count_activity"),
    Job("check_uploads",         *_queue("uploads-arrived"),               "workers.upload:check_uploads"),
    Job("prepare_exports",       *_queue("exports-requested"),             "workers.filing.exports:prepare_exports"),
    Job("record_deliveries",     *_topic("mail-events"),                   "workers.alert:record_deliveries"),
    # Every few minutes
    Held("sweep_alerts",         *_schedule("rate(2 minutes)"),            "workers.alert:sweep_alerts"),
    Held("send_reminders",       *_schedule("rate(5 minutes)"),            "workers.filing.ends:send_reminders"),
    Held("send_digests",         *_schedule("rate(5 minutes)"),            "workers.alert:send_digests"),
    Held("finish_registrations", *_schedule("rate(5 minutes)"),            "workers.registration:finish_registrations"),
    Held("watch_access",         *_schedule("rate(5 minutes)"),            "workers.mailboxes:watch_access"),
    Held("watch_data_requests",  *_schedule("rate(5 minutes)"),            "workers.people:watch_data_requests"),
    Job("watch_recoveries",      *_schedule("rate(5 minutes)"),            "workers.desk:watch_recoveries"),
    Job("prepare_audits",        *_schedule("rate(2 minutes)"),            "workers.audit:prepare_audits"),
    # At night: from half past one to a quarter past four, hora de Lima
    Held("expire_uploads",       *_schedule("cron(30 6 * * ? *)"),         "workers.upload:expire_uploads"),
    Held("watch_agreements",     *_schedule("cron(45 6 * * ? *)"),         "workers.agreement:watch_agreements"),
    Held("sweep_orphans",        *_schedule("cron(0 7 * * ? *)"),          "workers.orphans:sweep_orphans"),
    Held("clean_registrations",  *_schedule("cron(15 7 * * ? *)"),         "workers.registration:clean_registrations"),
    Job("index_receipts",        *_schedule("cron(30 7 * * ? *)"),         "workers.evidence:index_receipts"),
    Job("clean_tokens",          *_schedule("cron(45 7 * * ? *)"),         "workers.access:clean_tokens"),
    Job("watch_calendar",        *_schedule("cron(0 8 * * ? *)"),          "workers.business_days:watch_calendar"),
    Held("watch_addresses",      *_schedule("cron(15 8 * * ? *)"),         "workers.alert:watch_addresses"),
    Held("watch_keys",           *_schedule("cron(30 8 * * ? *)"),         "workers.institution:watch_keys"),
    Held("close_statements",     *_schedule("cron(15 9 * * ? *)"),         "workers.usage:close_statements"),
)
# fmt: on


def register(app: Chalice, job: Job) -> Any:
    """Have chalice start a job, and return the function that Lambda calls."""

    def run(event: Any) -> Any:
        resume_collector()
        try:
            if job.held and find("workers.held:waits")(job.name):
                return {}
            return find("workers.run:run")(find(job.target), event)
        except Exception as error:  # noqa: BLE001 - whatever it is, Lambda has to know that the job failed
            failure = find("workers.reports:failure_of")(job.name, error, event.context)
        raise failure

    run.__name__ = job.name  # chalice tells Lambda to look for `app.<name>`
    return getattr(app, job.trigger)(**job.settings, name=job.name)(run)
