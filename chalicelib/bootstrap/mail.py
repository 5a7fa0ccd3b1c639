"""E-mail: the way out, which never retries by itself so that each attempt is counted, and what all messages share."""

from __future__ import annotations

from typing import Any

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import new_client
from chalicelib.gateways.mail import Mail
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.portal import portal


@made_once
def alert_mail(box: Container) -> Mail:
    """SES, for what may be read on its way: it goes to servers without TLS as well, and is reported on."""
    return Mail(_ses(box), box.config.mail_configuration_set)


@made_once
def access_mail(box: Container) -> Mail:
    """SES, for codes, links and temporary passwords: to a server without TLS nothing goes."""
    return Mail(_ses(box), box.config.access_mail_configuration_set)


@made_once
def _ses(box: Container) -> Any:
    return new_client(box, "sesv2", retries=0)


@made_once
def letterhead(box: Container) -> Letterhead:
    """Whom messages come from, who helps, and the clock they tell."""
    own = portal()
    return Letterhead(
        sender=box.config.mail_from,
        portal=box.config.portal_address,
        zone=box.calendar.zone,
        institution=own.institution,
        help_email=own.help_email,
        help_phone=own.help_phone,
    )
