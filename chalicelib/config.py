"""The environment as one typed, validated, frozen value: the only reader of `os.environ`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

COUNTRIES = ("PE",)
"""Those that `calendars/` has a calendar of."""


REGISTRATION_LEVELS = ("document", "authenticated", "reviewed")
"""Those of `domain/registration/assurance.py` that may be enough to open a mailbox."""


class ConfigError(Exception):
    """The environment lacks a setting or holds a wrong one; raised at start, never during a request."""


_IDENTITY = ("authorization_url", "token_url", "keys_url", "client_id", "levels")
"""What an identity provider's issuer cannot do without."""
_LOOKS = re.compile(r"(?:(?:staff|institution|operator|officer):[1-9][0-9]{0,6}(?:,(?!$)|$))+")
_ORIGINS = re.compile(r"(?:https://[A-Za-z0-9.:-]+(?: (?!$)|$))*")
_CLAIMS = re.compile(r"(?:(?:number|type|given_names|surnames)=[A-Za-z0-9_:./-]+(?:,(?!$)|$))+")


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one function; each field is the environment variable of the same name in capitals."""

    institutions_table: str
    mailboxes_table: str
    accounts_table: str
    notices_table: str
    deposits_table: str
    events_table: str
    alerts_table: str
    uploads_table: str
    tokens_table: str
    registrations_table: str
    exports_table: str
    checks_table: str
    requests_table: str
    staff_table: str
    counts_table: str
    compositions_table: str
    statements_table: str
    filings_table: str
    uploads_bucket: str
    documents_bucket: str
    exports_bucket: str
    exports_queue: str
    """URL of the queue that hands requests for files to their worker."""
    uploads_queue: str
    """URL of the queue that tells its worker of files that arrived."""
    api_authority: str
    """Host, and port when not the scheme's own, that clients sign as `@authority`."""
    api_base_url: str
    """Scheme, host and stage, without a final slash, for links in answers."""
    portal_address: str
    """The portal's bare address as alerts print it, e.g. `casilla.gob.pe`."""
    mail_from: str
    restored_tables: str = ""
    """What the names of the tables begin with where they were restored (docs/adr/0053); empty: they are the stack's."""
    mail_configuration_set: str = ""
    """SES configuration set of alerts, which reports deliveries; empty where none exists."""
    access_mail_configuration_set: str = ""
    """SES configuration set of mail that lets somebody in, which goes by TLS or not at all; empty where none exists."""
    mail_rate: str = "14"
    """Messages a second that SES takes from the account."""
    mail_probes_a_day: str = "500"
    """How many addresses are asked in a day whether they live: a hundredth of what SES takes in a day at first."""
    sms_sender_id: str = ""
    sms_rate: str = "20"
    """Messages a second that SNS takes from the account."""
    sms_countries: str = "PE"
    """Countries to whose mobiles SMS are sent, by their letters of ISO 3166, with commas."""
    sender_rate: str = "50"
    """Signed requests a second of one institution, past which it is told to wait."""
    looks_an_hour: str = "staff:100,institution:2000,operator:30"
    """From how many looks at people's data in an hour on one of a kind is told of, by the first word of the actor."""
    country: str = "PE"
    mailbox_prefixes: str = "DNI:1,RUC:8,CE:4,PASAPORTE:7"
    """What a mailbox's username begins with, by type of identity document."""
    portal_base_url: str = ""
    """Scheme, host and path before the portal's pages, for links in e-mails; empty: the portal's address by https."""
    malware_scan: str = "off"
    """`guardduty`: only objects tagged NO_THREATS_FOUND pass; `off`: no scanner is installed."""
    token_secret_arn: str = ""
    """Secret whose lines are the peppers of codes, links, sessions and counters; the first is written under."""
    staff_key_arn: str = ""
    """KMS key under which the seeds of the staff's one-time codes are kept."""
    reniec_url: str = ""
    sunat_url: str = ""
    """Where the registries answer (docs/registros.md); with either empty, registration by the person is closed."""
    sunat_representatives_url: str = ""
    """Where SUNAT lists who represents a company; empty: it is not asked, and no company opens a mailbox by itself."""
    registration_level: str = "document"
    """From which level of assurance on a registration opens its mailbox by itself: one of `REGISTRATION_LEVELS`."""
    reniec_daily_quota: str = "1000"
    sunat_daily_quota: str = "1000"
    """How often each may be asked in a UTC day."""
    registry_user: str = ""
    registry_ruc: str = ""
    registry_secret_arn: str = ""
    """Secret that holds RENIEC's password."""
    identity_issuer: str = ""
    """What the identity provider calls itself (docs/registros.md); empty: there is none, and no way in by it."""
    identity_authorization_url: str = ""
    identity_token_url: str = ""
    identity_keys_url: str = ""
    identity_userinfo_url: str = ""
    """Where it answers; the last may be empty."""
    identity_client_id: str = ""
    identity_secret_arn: str = ""
    """Secret that holds what the client shows, and how it shows it: `post`, `basic` or, without a secret, `none`."""
    identity_client_auth: str = "post"
    identity_levels: str = ""
    """The values of `acr` that are enough, separated by spaces, the one to ask for first."""
    identity_claims: str = "number=doc,type=doc_type,given_names=first_name,surnames=last_name"
    """Which claim says what."""
    identity_scope: str = "openid profile"
    identity_name: str = "ID Perú"
    """What the pages call it."""
    identity_form_origins: str = ""
    """Further origins, separated by spaces, to which it leads the browser on its way to its own page."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Config:  # noqa: TID251 - the one reader
        """Read the settings.

        Raises:
            ConfigError: naming every variable that is missing, or the one that is wrong.

        """
        given = {f.name: environ[f.name.upper()] for f in fields(cls) if f.name.upper() in environ}
        try:
            config = cls(**given)
        except TypeError:
            required = [f.name.upper() for f in fields(cls) if f.default is f.default_factory]
            missing = [name for name in required if name not in environ]
            raise ConfigError("missing in the environment: " + ", ".join(missing)) from None
        if config.malware_scan not in {"guardduty", "off"}:
            raise ConfigError("MALWARE_SCAN must be guardduty or off")
        if config.country not in COUNTRIES:
            raise ConfigError(
                f"COUNTRY must be one of {', '.join(COUNTRIES)}: another needs a calendar of its own first"
            )
        if config.registration_level not in REGISTRATION_LEVELS:
            raise ConfigError(
                f"REGISTRATION_LEVEL must be one of {', '.join(REGISTRATION_LEVELS)}: public data alone open no mailbox"
            )
        if not re.fullmatch(r"[A-Z]{2}(,[A-Z]{2})*", config.sms_countries, re.ASCII):
            raise ConfigError("SMS_COUNTRIES must be countries by their two letters, with commas between them")
        for name in ("mail_rate", "sms_rate"):
            if not re.fullmatch(r"[1-9]\d{0,5}", getattr(config, name), re.ASCII):
                raise ConfigError(f"{name.upper()} must be a whole number of messages a second")
        for name in ("reniec_daily_quota", "sunat_daily_quota"):
            if not re.fullmatch(r"[1-9]\d{1,6}", getattr(config, name), re.ASCII):
                raise ConfigError(f"{name.upper()} must be a whole number of consultations a day, 10 at least")
        _check_limits(config)
        _check_identity_provider(config)
        return config


def _check_limits(config: Config) -> None:
    if not re.fullmatch(r"[1-9]\d{0,4}", config.sender_rate, re.ASCII):
        raise ConfigError("SENDER_RATE must be a whole number of requests a second")
    if not re.fullmatch(r"\d{1,6}", config.mail_probes_a_day, re.ASCII):
        raise ConfigError("MAIL_PROBES_A_DAY must be a whole number of messages a day; 0 asks nobody")
    if not _LOOKS.fullmatch(config.looks_an_hour):
        raise ConfigError("LOOKS_AN_HOUR must be like staff:100,institution:2000,operator:30")


def _check_identity_provider(config: Config) -> None:
    given = [name for name in _IDENTITY if getattr(config, f"identity_{name}")]
    if (config.identity_issuer or given) and not (config.identity_issuer and len(given) == len(_IDENTITY)):
        names = ", ".join(f"IDENTITY_{name.upper()}" for name in ("issuer", *_IDENTITY))
        raise ConfigError(f"an identity provider needs all of {names}")
    if config.identity_client_auth not in {"post", "basic", "none"}:
        raise ConfigError("IDENTITY_CLIENT_AUTH must be post, basic or none")
    if not _CLAIMS.fullmatch(config.identity_claims) or "number=" not in config.identity_claims:
        raise ConfigError("IDENTITY_CLAIMS must be like number=doc,given_names=first_name")
    if not _ORIGINS.fullmatch(config.identity_form_origins):
        raise ConfigError("IDENTITY_FORM_ORIGINS must be origins like https://id.example, separated by spaces")
