"""SMS by Amazon SNS, straight to a number.

Give it a client without retries of its own, as for e-mail. SNS reports nothing back but its id: a number that opted out
or a spending limit may only show in its delivery log.
"""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.domain.mailbox.channels import PERU_ALONE, SmsReach, country_of
from chalicelib.gateways.sending import faulted

_OPTED_OUT = {"OptedOut", "OptedOutException"}
_BAD_PARAMETER = {
    "InvalidParameter",
    "InvalidParameterException",
    "InvalidParameterValue",
    "ParameterValueInvalid",
    "ValidationException",
}
_THROTTLED = {"Throttled", "ThrottledException", "Throttling", "ThrottlingException"}
_OF_NUMBER = re.compile(r"phone ?number", re.IGNORECASE)
_NOT_VALID = "El número de celular no es válido. Corríjalo en su perfil."
_NOT_NOW = "El mensaje no se pudo enviar ahora. Se intentará de nuevo."


class Sms:
    """`client` is boto3's `sns`; `sender_id` is what the telephone shows where the operators allow one."""

    def __init__(self, client: Any, sender_id: str = "", reach: SmsReach = PERU_ALONE) -> None:
        """Send with one client, which threads share, and to those countries alone."""
        self._client = client
        self._reach = reach
        self._attributes = {"AWS.SNS.SMS.SMSType": _string("Transactional")}
        if sender_id:
            self._attributes["AWS.SNS.SMS.SenderID"] = _string(sender_id)

    def send(self, number: str, text: str) -> str:
        """Hand one message over to an E.164 number and return the provider's id.

        Raises:
            MessageRefused: `mobile_opted_out`, `mobile_refused` or `mobile_country_off`; trying again is useless.
            SendingUncertain: `sms_unavailable`; it may have been taken.
            Unavailable: `sms_throttled` or `sms_unavailable`; it was not taken, for a reason that is not known to be
                the number's: a spending limit, a sandbox, a sender id that is refused.

        """
        if not self._reach.reaches(number):  # planned while its country was among them
            raise _unreached(number)
        try:
            answer = self._client.publish(PhoneNumber=number, Message=text, MessageAttributes=self._attributes)
        except ClientError as error:
            raise _refusal(error) from error
        except BotoCoreError as error:
            raise faulted(error, "sms_unavailable", _NOT_NOW) from error
        return str(answer["MessageId"])


def _unreached(number: str) -> MessageRefused:
    if not country_of(number):
        return MessageRefused("mobile_refused", _NOT_VALID)
    return MessageRefused("mobile_country_off", "A los celulares de ese país no se envían mensajes de texto.")


def _string(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def _refusal(error: ClientError) -> MessageRefused | Unavailable:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in _OPTED_OUT or (code in _BAD_PARAMETER and "opted out" in message):
        return MessageRefused("mobile_opted_out", "El titular del número pidió no recibir mensajes.")
    if code in _BAD_PARAMETER and _OF_NUMBER.search(message):
        return MessageRefused("mobile_refused", _NOT_VALID)
    return faulted(error, "sms_throttled" if code in _THROTTLED else "sms_unavailable", _NOT_NOW)
