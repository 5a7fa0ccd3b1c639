"""E-mail by Amazon SES (API v2), as finished MIME messages.

Give it a client without retries of its own: an answer lost on the way would otherwise double the message unseen, while
here the attempt is counted and comes back with the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import MessageRefused, Unavailable

_BAD_ADDRESS = {"BadRequestException", "InvalidParameterValue"}
_THROTTLED = {"TooManyRequestsException", "LimitExceededException", "Throttling", "ThrottlingException"}


class Mail:
    """`client` is boto3's `sesv2`; `configuration_set` reports deliveries, none where it is empty."""

    def __init__(self, client: Any, configuration_set: str = "") -> None:
        """Send with one client, which threads share."""
        self._client = client
        self._options = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    def send(self, message: EmailMessage, destination: str, tags: Mapping[str, str]) -> str:
        """Hand one message over and return the provider's id; `tags` come back in its delivery reports.

        Raises:
            MessageRefused: `email_address_refused`; trying again is useless.
            Unavailable: `mail_throttled` or `mail_unavailable`. A fault of the account or the sender's identity is
                here as well: an operator can repair it, and the alert must not be lost meanwhile.

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
            raise _unavailable("mail_unavailable") from error
        return str(answer["MessageId"])


def _refusal(error: ClientError) -> MessageRefused | Unavailable:
    code = error.response["Error"]["Code"]
    if code in _BAD_ADDRESS:
        return MessageRefused("email_address_refused", "La dirección de correo no es válida. Corríjala en su perfil.")
    return _unavailable("mail_throttled" if code in _THROTTLED else "mail_unavailable")


def _unavailable(code: str) -> Unavailable:
    return Unavailable(code, "El correo no se pudo enviar ahora. Se intentará de nuevo.")
