"""E-mail: the way out, which never retries by itself so that each attempt is counted, and what all messages share."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import new_client
from chalicelib.gateways.mail import Mail
from chalicelib.renderers.letterhead import Letterhead


@made_once
def mail(box: Container) -> Mail:
    """SES."""
    return Mail(new_client(box, "sesv2", retries=0), box.config.mail_configuration_set)


@made_once
def letterhead(box: Container) -> Letterhead:
    """Whom messages come from, and the clock they tell."""
    return Letterhead(sender=box.config.mail_from, portal=box.config.portal_address, zone=box.calendar.zone)
