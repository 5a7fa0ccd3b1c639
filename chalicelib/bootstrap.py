"""The composition root: one `Container` a process, made from the environment at the first use.

Everything that is not a function of its inputs comes from here: the clock, identifiers, AWS clients. Tests make a
container of their own and run inside `using(container)`.
"""

from __future__ import annotations

import json
import secrets  # noqa: TID251 - the one source of codes
import time
import uuid  # noqa: TID251 - the one source of event ids
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config as ClientConfig

from chalicelib.config import Config
from chalicelib.domain.calendar import BusinessCalendar, calendar_from_json
from chalicelib.domain.codes import CODE_SPACE, code_from_number
from chalicelib.domain.mailbox import DocumentType
from chalicelib.gateways.files import Files
from chalicelib.services.deposit.deposit_notice import DepositTools, Identifiers
from chalicelib.store import tables
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.deposit.consultation_store import ConsultationStore
from chalicelib.store.deposit.deposit_store import DepositStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import NoticeStore
from chalicelib.store.sender.institution_store import InstitutionStore
from chalicelib.store.sender.nonce_store import NonceStore
from chalicelib.store.upload_store import UploadStore

if TYPE_CHECKING:
    from chalicelib.gateways.registration.registries import Registries
    from chalicelib.gateways.secret_texts import SecretTexts
    from chalicelib.services.access.captcha import CaptchaTools
    from chalicelib.services.access.drafts import DraftTools
    from chalicelib.services.alert.send_alerts import Channels
    from chalicelib.services.export.tools import ExportTools
    from chalicelib.services.reading.search_notices import SearchTools
    from chalicelib.services.reading.tools import ReadingTools
    from chalicelib.services.registration.tools import RegistrationTools
    from chalicelib.store.access.token_store import TokenStore
    from chalicelib.store.limit_store import LimitStore
    from chalicelib.store.registration_store import RegistrationStore

_CALENDARS = Path(__file__).parent / "calendars"


def _utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the clock


def _new_code() -> str:
    return code_from_number(secrets.randbelow(CODE_SPACE))


def _new_event_id() -> str:
    return uuid.uuid4().hex


def _new_token() -> str:
    from chalicelib.domain.access.access_secret import SECRET_BYTES, opaque_token

    return opaque_token(secrets.token_bytes(SECRET_BYTES))


def _new_email_code() -> str:
    from chalicelib.domain.access.access_secret import EMAIL_CODE_SPACE, email_code

    return email_code(secrets.randbelow(EMAIL_CODE_SPACE))


def _new_temporary_password() -> str:
    from chalicelib.domain.access.access_secret import TEMPORARY_PASSWORD_SPACE, temporary_password

    return temporary_password(secrets.randbelow(TEMPORARY_PASSWORD_SPACE))


class Container:
    """The process's stores, gateways, clock and identifiers; each is made when first asked for."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Callable[[], datetime] = _utc_now,
        identifiers: Identifiers | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Bind the tables; nothing is asked of AWS yet."""
        from chalicelib.store.access.account_store import AccountStore

        self.config = config
        self.clock = clock
        self.identifiers = identifiers or Identifiers(_new_code, _new_event_id)
        self.pause = pause
        self.new_token: Callable[[], str] = _new_token
        self.new_email_code: Callable[[], str] = _new_email_code
        self.new_temporary_password: Callable[[], str] = _new_temporary_password
        self.connection = tables.bind(config)
        self.session = boto3.Session(botocore_session=self.connection.session)  # which reads botocore's data files once
        self.institutions = InstitutionStore()
        self.mailboxes = MailboxStore()
        self.notices = NoticeStore()
        self.events = EventStore()
        self.alert_batches = AlertBatchStore(self.connection, self.events)
        self.uploads = UploadStore(self.connection)
        self.consultations = ConsultationStore(self.connection)
        self.accounts = AccountStore()

    @cached_property
    def mailbox_prefixes(self) -> dict[DocumentType, str]:
        """The username's first part, by type of document."""
        pairs = (pair.split(":") for pair in self.config.mailbox_prefixes.split(","))
        return {DocumentType(name): prefix for name, prefix in pairs}

    @cached_property
    def calendar(self) -> BusinessCalendar:
        """The country's business-day calendar, from the package's own data."""
        return calendar_from_json(json.loads((_CALENDARS / f"{self.config.country}.json").read_text("utf-8")))

    @cached_property
    def files(self) -> Files:
        """Both buckets."""
        return Files(
            self._client("s3", retries=3, signature_version="s3v4"),
            uploads_bucket=self.config.uploads_bucket,
            documents_bucket=self.config.documents_bucket,
        )

    @cached_property
    def search_tools(self) -> SearchTools:
        """What searching a mailbox needs."""
        from chalicelib.services.reading.search_notices import SearchTools
        from chalicelib.store.reading.notice_search_store import NoticeSearchStore

        return SearchTools(NoticeSearchStore(), self.mailboxes, self.calendar.zone)

    @cached_property
    def export_tools(self) -> ExportTools:
        """What prepared files need."""
        from chalicelib.gateways.export.export_files import ExportFiles
        from chalicelib.gateways.export.export_queue import ExportQueue
        from chalicelib.services.export.tools import ExportTools
        from chalicelib.store.export_store import ExportStore

        return ExportTools(
            exports=ExportStore(),
            queue=ExportQueue(self._client("sqs", retries=3), self.config.exports_queue),
            export_files=ExportFiles(
                self._client("s3", retries=3, signature_version="s3v4"), self.config.exports_bucket
            ),
            files=self.files,
            readings=self.reading_tools.readings,
            search=self.search_tools.notices,
            events=self.events,
            calendar=self.calendar,
            limits=lambda: self.limits,
            clock=self.clock,
            new_id=self.identifiers.new_event_id,
        )

    @cached_property
    def reading_tools(self) -> ReadingTools:
        """What reading a mailbox needs."""
        from chalicelib.services.reading.tools import ReadingTools
        from chalicelib.store.reading.reading_store import ReadingStore

        return ReadingTools(
            readings=ReadingStore(self.connection, self.events),
            mailboxes=self.mailboxes,
            events=self.events,
            files=self.files,
            calendar=self.calendar,
            clock=self.clock,
            new_event_id=self.identifiers.new_event_id,
            pause=self.pause,
        )

    @cached_property
    def secret_texts(self) -> SecretTexts:
        """Secrets by their ARN."""
        from chalicelib.gateways.secret_texts import SecretTexts

        return SecretTexts(self._client("secretsmanager", retries=3))

    @cached_property
    def pepper(self) -> bytes:
        """What keyed hashes are made with; of 32 bytes or more, or nothing is hashed."""
        return self.secret_texts.get(self.config.token_secret_arn).encode()

    @cached_property
    def tokens(self) -> TokenStore:
        """Codes, links and other things that count once."""
        from chalicelib.store.access.token_store import TokenStore

        return TokenStore(self.connection, self.pepper)

    @cached_property
    def limits(self) -> LimitStore:
        """Counters of attempts."""
        from chalicelib.store.limit_store import LimitStore

        return LimitStore(self.pepper)

    @cached_property
    def captcha_tools(self) -> CaptchaTools:
        """What captchas need."""
        from chalicelib.services.access.captcha import CaptchaTools

        return CaptchaTools(self.tokens, self.limits, self.pepper)

    @cached_property
    def draft_tools(self) -> DraftTools:
        """What keeps and seals drafts."""
        from chalicelib.services.access.drafts import DraftTools

        return DraftTools(self.tokens, self.pepper, self.new_token)

    @cached_property
    def registries(self) -> Registries:
        """RENIEC and SUNAT, with breakers that remember."""
        from chalicelib.gateways.registration.circuit_breaker import CircuitBreaker
        from chalicelib.gateways.registration.registries import Registries
        from chalicelib.gateways.registration.registry_http import RegistryHttp
        from chalicelib.gateways.registration.reniec import Reniec, ReniecAccess
        from chalicelib.gateways.registration.sunat import Sunat

        access = ReniecAccess(
            self.config.registry_user,
            self.config.registry_ruc,
            self.secret_texts.get(self.config.registry_secret_arn),
        )
        return Registries(
            Reniec(RegistryHttp(self.config.reniec_url), access),
            Sunat(RegistryHttp(self.config.sunat_url)),
            new_breaker=lambda: CircuitBreaker(self.clock),
        )

    @cached_property
    def registrations(self) -> RegistrationStore:
        """Registrations by the keyed hash of their ids."""
        from chalicelib.store.registration_store import RegistrationStore

        return RegistrationStore(self.connection, self.pepper)

    @cached_property
    def registration_tools(self) -> RegistrationTools:
        """What registrations need."""
        from chalicelib.renderers.portal import portal
        from chalicelib.services.access.password_hashing import PasswordHashing
        from chalicelib.services.registration.check_identity import IdentityTools
        from chalicelib.services.registration.tools import RegistrationTools

        base = self.config.portal_base_url or f"https://{self.config.portal_address}"
        return RegistrationTools(
            registrations=self.registrations,
            accounts=self.accounts,
            tokens=self.tokens,
            limits=self.limits,
            identity=IdentityTools(
                registries=self.registries,
                events=self.events,
                clock=self.clock,
                new_event_id=self.identifiers.new_event_id,
            ),
            mail=self.channels.mail,
            letterhead=self.channels.letterhead,
            passwords=PasswordHashing(),
            prefixes=self.mailbox_prefixes,
            clock=self.clock,
            new_token=self.new_token,
            new_email_code=self.new_email_code,
            new_temporary_password=self.new_temporary_password,
            new_event_id=self.identifiers.new_event_id,
            link_base=f"{base}/verificar-correo",
            texts=portal().current,
            pause=self.pause,
        )

    @cached_property
    def deposit_tools(self) -> DepositTools:
        """What deposits need."""
        return DepositTools(
            config=self.config,
            deposits=DepositStore(self.connection),
            nonces=NonceStore(),
            files=self.files,
            calendar=self.calendar,
            clock=self.clock,
            identifiers=self.identifiers,
            pause=self.pause,
        )

    @cached_property
    def channels(self) -> Channels:
        """The ways alerts go out; their clients never retry by themselves, so that each attempt is counted."""
        from chalicelib.gateways.mail import Mail
        from chalicelib.gateways.sms import Sms
        from chalicelib.renderers.letterhead import Letterhead
        from chalicelib.services.alert.send_alerts import Channels

        return Channels(
            mail=Mail(self._client("sesv2", retries=0), self.config.mail_configuration_set),
            sms=Sms(self._client("sns", retries=0), self.config.sms_sender_id),
            letterhead=Letterhead(
                sender=self.config.mail_from, portal=self.config.portal_address, zone=self.calendar.zone
            ),
            read_receipt=self.files.get_document,
        )

    def _client(self, service: str, *, retries: int, signature_version: str | None = None) -> Any:
        factory: Any = self.session.client  # its stubs know each service by a literal
        return factory(
            service,
            config=ClientConfig(
                connect_timeout=1,
                read_timeout=5,
                retries={"total_max_attempts": 1 + retries, "mode": "standard"},
                signature_version=signature_version,
            ),
        )


_containers: list[Container] = []


def current() -> Container:
    """Return the process's container, made from the environment at the first call."""
    if not _containers:
        _containers.append(Container(Config.from_env()))
    return _containers[-1]


@contextmanager
def using(container: Container) -> Iterator[Container]:
    """Run a block with another container."""
    _containers.append(container)
    try:
        yield container
    finally:
        _containers.remove(container)
