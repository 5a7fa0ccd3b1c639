"""E-mail by Amazon SES (API v2), as finished MIME messages.

Give it a client without retries of its own: an answer lost on the way would otherwise double the message unseen, while
here the attempt is counted and comes back with the next one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.gateways.sending import faulted

_THROTTLED = {"TooManyRequestsException", "LimitExceededException", "Throttling", "ThrottlingException"}
_BAD_REQUEST = {"BadRequestException", "InvalidParameterValue"}
_BAD_ADDRESS = re.compile(
    r"illegal address|invalid (email )?address|missing (final '@domain'|domain|local)"
    r"|(local address|domain) (contains|starts|ends)",
    re.IGNORECASE,
)
"""What SES says of an address that it never will take; the same codes tell of other faults as well."""


_NOT_NOW = "El correo no se pudo enviar ahora. Se intentará de nuevo."


class Mail:
    """`client` is boto3's `sesv2`; `configuration_set` says how mail goes out; none where it is empty."""

    def __init__(self, client: Any, configuration_set: str = "") -> None:
        """Send with one client, which threads share."""
        self._client = client
        self._options = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    def send(self, message: EmailMessage, destination: str, tags: Mapping[str, str]) -> str:
        """Hand one message over and return the provider's id; `tags` come back in its delivery reports.

        Raises:
            MessageRefused: `email_address_refused`; trying again is useless.
            SendingUncertain: `mail_unavailable`; it may have been taken.
            Unavailable: `mail_throttled` or `mail_unavailable`; it was not taken. Whatever is not known to be a matter
                of the address is here: an account that is paused, suspended or in its sandbox, a sender that is not
                verified. An operator can repair it, and the alert must not be lost meanwhile.

        """
        try:
            answer = self._client.send_email(
                FromEmailAddress=message["From"].addresses[0].addr_spec,
                Destination={"ToAddresses": [destination]},
                Content={"Raw": {"Data": message.as_bytes()}},
                EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
                **self._options,
            )
        except ClientError as error:
            raise _refusal(error) from error
        except BotoCoreError as error:
            raise faulted(error, "mail_unavailable", _NOT_NOW) from error
        return str(answer["MessageId"])


def _refusal(error: ClientError) -> MessageRefused | Unavailable:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in _BAD_REQUEST and _BAD_ADDRESS.search(message):
        return MessageRefused("email_address_refused", "La dirección de correo no es válida. Corríjala en su perfil.")
    return faulted(error, "mail_throttled" if code in _THROTTLED else "mail_unavailable", _NOT_NOW)
