"""Report what becomes of e-mails, as SES does by its topic, and refuse some numbers, as SNS does.

The engines accept whatever is sent and say nothing more of it. Here an address says itself how it fares, as those of
SES's own mailbox simulator do: what comes before its `@`, or how a number ends.
"""

from __future__ import annotations

import json
import queue
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from infra.local.workers import Function, call

BOUNCES, IS_FULL = "rebota", "llena"
"""How an e-mail address begins that bounces for good, and one that bounces for now."""
REFUSED_NUMBERS = "404"
"""How a number ends that is refused for good."""
_SENT = "casilla_sent"
_BOUNCES = {
    BOUNCES: ("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"),
    IS_FULL: ("Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full"),
}


class Deliveries:
    """A feed of reports, for each e-mail that went out by the alerts' configuration set."""

    name = "record_deliveries"

    def __init__(self, function: Function, configuration_set: str, clock: Callable[[], datetime]) -> None:
        """Hand reports to a function; mail of other configuration sets has no destination to report to."""
        self._function = function
        self._configuration_set = configuration_set
        self._clock = clock
        self._reports: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def watch(self, events: Any) -> None:
        """Follow what the clients of a session send from now on; `events` are the hooks of a botocore session."""
        events.register("provide-client-params.sesv2.SendEmail", _remember)
        events.register("after-call.sesv2.SendEmail", self._accepted)
        events.register("provide-client-params.sns.Publish", _remember)
        events.register("before-call.sns.Publish", _refused)

    def poll(self) -> bool:
        """Hand over one report."""
        try:
            report = self._reports.get_nowait()
        except queue.Empty:
            return False
        sns: dict[str, Any] = {"Message": json.dumps(report), "Subject": None, "MessageAttributes": {}}
        call(self._function, self.name, {"Records": [{"EventSource": "aws:sns", "Sns": sns}]})
        return True

    def _accepted(self, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        sent, message_id = context.get(_SENT, {}), parsed.get("MessageId")
        if message_id is not None and sent.get("ConfigurationSetName") == self._configuration_set:
            self._reports.put(self._report(sent, message_id))

    def _report(self, sent: dict[str, Any], message_id: str) -> dict[str, Any]:
        at = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        [address] = sent["Destination"]["ToAddresses"]
        tags = {tag["Name"]: [tag["Value"]] for tag in sent.get("EmailTags", ())}
        mail = {"timestamp": at, "messageId": message_id, "destination": [address], "tags": tags}
        fate = next((fate for begins, fate in _BOUNCES.items() if address.lower().startswith(begins)), None)
        if fate is None:
            return {"eventType": "Delivery", "mail": mail, "delivery": {"timestamp": at, "recipients": [address]}}
        kind, subtype, status, said = fate
        recipient = {"emailAddress": address, "action": "failed", "status": status, "diagnosticCode": said}
        bounce = {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": [recipient], "timestamp": at}
        return {"eventType": "Bounce", "mail": mail, "bounce": bounce}


def _remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_SENT] = params


def _refused(context: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
    """Answer in the engine's place where a number is one that SNS would refuse."""
    if not context[_SENT].get("PhoneNumber", "").endswith(REFUSED_NUMBERS):
        return None
    error = {"Code": "InvalidParameter", "Message": "Invalid parameter: PhoneNumber", "Type": "Sender"}
    metadata = {"HTTPStatusCode": 400, "RequestId": "local"}
    return AWSResponse("", 400, HTTPHeaders(), None), {"Error": error, "ResponseMetadata": metadata}
