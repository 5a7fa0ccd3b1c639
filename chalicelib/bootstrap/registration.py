"""What registrations need; they are open where the institution has access to both registries."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.access import access_tools, account_store
from chalicelib.bootstrap.aws import connection, pepper, secret_texts
from chalicelib.bootstrap.mail import access_mail, letterhead
from chalicelib.bootstrap.session import token_store
from chalicelib.bootstrap.storage import calendar_store, event_store, limit_store, mailbox_store
from chalicelib.domain.errors import Forbidden
from chalicelib.domain.registration.assurance import Level
from chalicelib.domain.registration.identity import Registry
from chalicelib.domain.registration.registration_policy import registrations, registrations_by_mail
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.credential import Credential
from chalicelib.gateways.registration.registries import Registries
from chalicelib.gateways.registration.registry_http import RegistryHttp
from chalicelib.gateways.registration.reniec import Reniec, ReniecAccess
from chalicelib.gateways.registration.sunat import Sunat
from chalicelib.gateways.registration.sunat_representatives import SunatRepresentatives
from chalicelib.renderers.portal import portal
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.services.registration.check_identity import IdentityTools
from chalicelib.services.registration.review_registrations import ReviewTools
from chalicelib.services.registration.tools import RegistrationTools
from chalicelib.store.access.refused_credentials import RefusedCredentials
from chalicelib.store.access.sent_mail_store import SentMailStore
from chalicelib.store.registration_store import RegistrationStore

_REST = timedelta(hours=6)
"""How long a password that RENIEC refused is not shown to it: it locks who keeps at it."""


def is_registration_open(box: Container) -> bool:
    """Tell whether people can register by themselves."""
    return bool(box.config.reniec_url and box.config.sunat_url)


def open_registration_tools(box: Container) -> RegistrationTools:
    """Return what registering needs.

    Raises:
        Forbidden: `registration_closed`.

    """
    check_registration_open(box)
    return registration_tools(box)


def check_registration_open(box: Container) -> None:
    """Refuse what registries have to be asked for, where they cannot be.

    Raises:
        Forbidden: `registration_closed`.

    """
    if not is_registration_open(box):
        detail = "El registro en línea no está abierto. Inténtalo más adelante."
        raise Forbidden("registration_closed", detail)


@made_once
def registries(box: Container) -> Registries:
    """RENIEC and SUNAT, with breakers that remember."""
    access = ReniecAccess(
        box.config.registry_user,
        box.config.registry_ruc,
        registry_password(box),
    )
    lists = box.config.sunat_representatives_url
    return Registries(
        Reniec(RegistryHttp(box.config.reniec_url), access),
        Sunat(RegistryHttp(box.config.sunat_url)),
        SunatRepresentatives(RegistryHttp(lists)) if lists else None,
        new_breaker=lambda: CircuitBreaker(box.clock),
    )


@made_once
def registry_password(box: Container) -> Credential:
    """What RENIEC asks of us; no process shows it what one of them was refused, but for one of them after six hours."""
    others = RefusedCredentials("registry", lambda: limit_store(box), box.clock)
    return Credential(secret_texts(box), box.config.registry_secret_arn, box.clock, rest=_REST, others=others)


@made_once
def registration_store(box: Container) -> RegistrationStore:
    """Registrations by the keyed hash of their ids."""
    return RegistrationStore(connection(box), pepper(box))


@made_once
def registration_tools(box: Container) -> RegistrationTools:
    """Stores, registries, mail, clock and sources of secrets."""
    return RegistrationTools(
        registrations=registration_store(box),
        accounts=account_store(box),
        tokens=token_store(box),
        limits=limit_store(box),
        sent_mails=SentMailStore(pepper(box)),
        identity=IdentityTools(
            registries=lambda: registries(box),
            events=event_store(box),
            clock=box.clock,
            new_event_id=box.chance.new_event_id,
        ),
        mail=access_mail(box),
        letterhead=letterhead(box),
        passwords=PasswordHashing(),
        prefixes=box.mailbox_prefixes,
        clock=box.clock,
        new_token=box.chance.new_token,
        new_email_code=box.chance.new_email_code,
        new_temporary_password=box.chance.new_temporary_password,
        new_event_id=box.chance.new_event_id,
        link_base=f"{box.portal_url}/verificar-correo",
        texts=portal_texts().current,
        pepper=pepper(box),
        registrations_an_hour=registrations(int(box.config.mail_rate)),
        registrations_by_mail=registrations_by_mail(int(box.config.mail_rate)),
        quotas={
            Registry.RENIEC: int(box.config.reniec_daily_quota),
            Registry.SUNAT: int(box.config.sunat_daily_quota),
        },
        opening_level=Level(box.config.registration_level),
        calendar=lambda: box.calendar.with_entries(calendar_store(box).find()),
        proof_desk=portal().proof_desk,
        pause=box.pause,
        access=lambda: access_tools(box),
    )


@made_once
def review_tools(box: Container) -> ReviewTools:
    """What deciding about registrations that wait for a review needs."""
    return ReviewTools(registration_tools(box), mailbox_store(box))
