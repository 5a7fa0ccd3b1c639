"""¿Olvidaste tu contraseña? A link to whoever is registered with these data, the same answer to everyone (ACC-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.access.known_device import find_device
from chalicelib.services.access.admit_login import Caller
from chalicelib.services.access.links import owner_from, send_link_once
from chalicelib.services.access.send_access_mail import admit_request
from chalicelib.services.access.tools import AccessTools


@dataclass(frozen=True, slots=True)
class ResetRequest:
    """What the person typed, as the flow normalises it: whose mailbox, and which address its user registered."""

    mailbox_id: str
    email: str
    origin: str
    captcha: CaptchaAnswer | None = None
    device: str = ""
    """The marks of known devices that came with it, which count for the mailbox's principal user."""


def request_password_reset(request: ResetRequest, *, tools: AccessTools, now: datetime) -> None:
    """Send the link if the address is a user's of that mailbox; six hops and twelve calls either way.

    Counted by mailbox and address typed: the users of one mailbox, who may share an office, do not wait for each other.
    While a link that was just sent is on its way, who asks is led to it, and nobody is refused. Who has not activated
    the access gets the activation again instead (ACC-5).

    Raises:
        CaptchaWrong: `captcha_needed` or `captcha_wrong`.
        TooManyRequests: `budget_spent`: the e-mails of all strangers together are too many for now.
        Unavailable: the e-mail cannot be sent now.

    """
    about = f"reset#{request.mailbox_id}#{request.email.casefold()}"
    caller = Caller(request.origin, find_device(tools.pepper, request.device, request.mailbox_id, now))
    asked = admit_request(about, request.captcha, caller=caller, tools=tools, now=now)
    mailbox = tools.mailboxes.find(request.mailbox_id)
    user = mailbox.user_with_email(request.email) if mailbox else None
    account = tools.accounts.find(mailbox.username_of(user) if mailbox and user else request.mailbox_id)
    owner = owner_from(account, mailbox)
    send_link_once(owner if owner and owner.user == user else None, asked, tools=tools, now=now)
