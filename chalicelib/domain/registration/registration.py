"""A registration: what somebody claims to be, on its way to a mailbox (REG-1 to REG-6, REG-9).

    draft ──▶ awaiting_code ───────▶ completed
      └─────▶ awaiting_registry ──┴──▶ refused
    awaiting_proof ──┴──▶ completed, refused
    (whichever leads to completed) ──▶ awaiting_review ──▶ completed, refused

It is a draft while the registry is asked, and stays one when the registry says no. `awaiting_registry` means that the
registry did not answer, or may not be asked today, and is asked again; after its yes a code is sent to the e-mail
address, or the mailbox opens where the address was proved before. Where there were too many registrations the address
is proved first: that is `awaiting_proof`, and no registry was asked. It is a state of its own, not a mark on
`awaiting_code`, so that a package which does not know it can open no mailbox by it.

Where registries and address say yes and the level of assurance is too low to open a mailbox by itself, the registration
is `awaiting_review`: somebody looks at a proof and decides. It has no end of its own, so nobody is deleted unanswered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.codes import reference_of_key
from chalicelib.domain.contact import Phone
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooManyRequests, Unavailable
from chalicelib.domain.mailbox import AcceptedText, DocumentType
from chalicelib.domain.registration.assurance import Assurance, assess
from chalicelib.domain.registration.identity import (
    CompanyClaim,
    PersonClaim,
    Registry,
    RegistryResult,
    asked_fields,
    registries_of,
)
from chalicelib.domain.registration.in_person import DeskVisit, OtherUser
from chalicelib.domain.registration.registration_policy import next_turn

LIFETIME = timedelta(days=7)
"""To verify the address, from the start or from the registry's late answer."""
REGISTRY_LIFETIME = timedelta(days=30)
"""To wait for a registry that does not answer."""
ASK_AGAIN_AFTER = timedelta(minutes=5)
ASK_AGAIN_AT_MOST = timedelta(hours=4)
CODE_LIFETIME = timedelta(minutes=30)
MAX_MAILS = 6
"""The first and five more; once the mailbox is open they are counted anew."""


class RegistrationState(StrEnum):
    """How far it came."""

    DRAFT = "draft"
    AWAITING_PROOF = "awaiting_proof"
    AWAITING_CODE = "awaiting_code"
    AWAITING_REGISTRY = "awaiting_registry"
    AWAITING_REVIEW = "awaiting_review"
    COMPLETED = "completed"
    REFUSED = "refused"


VERIFIABLE = frozenset({RegistrationState.AWAITING_PROOF, RegistrationState.AWAITING_CODE})
"""In which a code or link waits to be shown."""


ADDRESS_OPEN = VERIFIABLE | {RegistrationState.AWAITING_REGISTRY}
"""In which the applicant can still give another address."""


class RegistrationChanged(Conflict):
    """Somebody else changed it since it was read."""

    retryable = True


class RegistrationBusy(Unavailable):
    """Somebody else is writing at this very moment; whether anything changed is known afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """`key` is the keyed hash of its id, which only the applicant has; `mails` counts those sent in this state.

    Exactly one of `person` and `company` is there until the end, after which type and number of the document stand for
    the claim. `registered_name` is the registry's, empty until it said yes.
    """

    key: str
    state: RegistrationState
    email: str
    phone: Phone
    accepted: tuple[AcceptedText, ...]
    started_at: datetime
    expires_at: datetime | None
    person: PersonClaim | None = None
    company: CompanyClaim | None = None
    document_type: DocumentType | None = None
    document_number: str = ""
    registered_name: str = ""
    representative_name: str = ""
    """Of a company's representative, the registry's too; empty where none answers for the document."""
    assurance: Assurance | None = None
    """What was compared with whom, and the level it gives; None before the registry said yes, and in former ones."""
    mails: int = 0
    asked: int = 0
    due_at: datetime | None = None
    is_proven: bool = False
    """The address was proved before the registry was asked."""
    put_off_until: datetime | None = None
    """When it is asked about, where it waits for the registry's next day and not for its answer."""
    review_since: datetime | None = None
    review_until: datetime | None = None
    """Since when it waits for a review, and until when the applicant was told to get an answer."""
    refusal: str = ""
    """Why a review refused it, or an officer ended it; empty where a registry refused it."""
    opened_mailbox: bool = False
    led_to: str = ""
    """False as well when the holder had one already, and which, if by the other name; neither is told on a page."""
    desk: DeskVisit | None = None
    """Who took it at a desk; None where the applicant registers by themselves."""
    others: tuple[OtherUser, ...] = ()
    """The users beside the principal one, until the end; on line there are none."""
    mailed: int | None = None
    """Of one that a desk took: at which count of `mails` the provider took an e-mail."""
    mistyped: int = 0
    """Of one that a desk took: how often a wrong number was typed behind its links."""
    version: int = 1

    @property
    def has_mails_left(self) -> bool:
        """Tell whether another e-mail can be sent in this state."""
        return self.mails < MAX_MAILS

    @property
    def is_mailed(self) -> bool:
        """Tell whether the e-mail that its owner is to answer was taken, of one that a desk took."""
        return self.mailed == self.mails

    @property
    def claim(self) -> PersonClaim | CompanyClaim:
        """What is to be confirmed."""
        claim = self.person or self.company
        if claim is None:
            raise ValueError("a registration without claim")
        return claim

    @property
    def document(self) -> tuple[DocumentType, str]:
        """Type and number of the holder's document."""
        if self.document_type is not None:
            return self.document_type, self.document_number
        return document_of(self.claim)

    @property
    def registry(self) -> Registry:
        """Who is asked about it first, and for whom it waits."""
        return Registry.SUNAT if self.is_company else Registry.RENIEC

    @property
    def registries(self) -> tuple[Registry, ...]:
        """All who are asked about it; nobody is about a person whose document is no DNI."""
        return registries_of(self.claim)

    @property
    def is_authenticated(self) -> bool:
        """Tell whether an identity provider vouched for the person, who then typed no data of the document."""
        return self.person is not None and self.person.authenticated_at is not None

    @property
    def is_company(self) -> bool:
        """Tell whether a company registers."""
        return self.document[0] is DocumentType.RUC

    @property
    def reference(self) -> str:
        """What the applicant and whoever reviews call it: of its key as much as can be read aloud, `3F2A-91BC-77D0`."""
        return reference_of_key(self.key)

    @property
    def code_name(self) -> str:
        """Whom a code is made for: with each mail another, so that no code outlives a change of address."""
        return self._code_name(self.mails)

    @property
    def earlier_code_names(self) -> tuple[str, ...]:
        """For whom the codes of its e-mails before were made, the latest first."""
        return tuple(self._code_name(mail) for mail in range(self.mails - 1, 0, -1))

    def is_open_at(self, now: datetime) -> bool:
        """Compare the expiry in code; the item may still be readable."""
        return self.expires_at is None or now <= self.expires_at

    def _code_name(self, mail: int) -> str:
        return f"registration:{self.key}:{mail}"


def document_of(claim: PersonClaim | CompanyClaim) -> tuple[DocumentType, str]:
    """Return type and number of the document of the holder whom a claim is about."""
    if isinstance(claim, PersonClaim):
        return claim.document_type, claim.number
    return DocumentType.RUC, claim.ruc


def awaiting_proof(registration: Registration) -> Registration:
    """Have the address proved before any registry is asked."""
    return replace(registration, state=RegistrationState.AWAITING_PROOF, mails=registration.mails + 1)


def proven(registration: Registration) -> Registration:
    """Note that the applicant reads what is sent to the address."""
    return replace(registration, is_proven=True)


def confirmed(registration: Registration, result: RegistryResult, now: datetime) -> Registration:
    """Go on to the code: the registry said yes; how sure that makes it is decided here."""
    return replace(
        registration,
        state=RegistrationState.AWAITING_CODE,
        registered_name=result.registered_name,
        representative_name=result.representative_name,
        assurance=assess(asked_fields(registration.claim), result.compared),
        expires_at=now + LIFETIME,
        due_at=None,
        put_off_until=None,
        mails=registration.mails + 1,
    )


def postponed(registration: Registration, now: datetime) -> Registration:
    """Have the registry asked again, after a time that doubles."""
    wait = min(ASK_AGAIN_AFTER * 2 ** min(registration.asked, 10), ASK_AGAIN_AT_MOST)
    return replace(
        registration,
        state=RegistrationState.AWAITING_REGISTRY,
        expires_at=registration.started_at + REGISTRY_LIFETIME,
        asked=registration.asked + 1,
        due_at=now + wait,
        put_off_until=None,
    )


def put_off(registration: Registration, now: datetime) -> Registration:
    """Have the registry asked on its next day: what it answers in one is spent."""
    turn = next_turn(registration.started_at, now, REGISTRY_LIFETIME)
    return replace(
        registration,
        state=RegistrationState.AWAITING_REGISTRY,
        expires_at=registration.started_at + REGISTRY_LIFETIME,
        due_at=turn,
        put_off_until=turn,
    )


def refused(registration: Registration) -> Registration:
    """End: the registry said no, after the first page was answered."""
    return replace(registration, state=RegistrationState.REFUSED, due_at=None, put_off_until=None)


def completed(registration: Registration, *, opened_mailbox: bool) -> Registration:
    """End well, keeping only what is evidence: the document asked about, the address verified, the texts accepted."""
    document_type, document_number = registration.document
    return replace(
        registration,
        state=RegistrationState.COMPLETED,
        expires_at=None,
        mails=1,
        due_at=None,
        is_proven=False,
        put_off_until=None,
        opened_mailbox=opened_mailbox,
        document_type=document_type,
        document_number=document_number,
        person=None,
        company=None,
        phone=Phone("", is_mobile=False),
        registered_name="",
        representative_name="",
        others=(),
        review_since=None,
        review_until=None,
    )


def with_another_mail(registration: Registration, email: str | None = None) -> Registration:
    """Count one more e-mail, to another address if one is given, of which nothing is proved.

    Raises:
        TooManyRequests: `too_many_codes`.

    """
    if not registration.has_mails_left:
        again = (
            "Vuelve a registrarte."
            if registration.desk is None
            else "Vuelve a la mesa de partes donde firmaste el formato."
        )
        raise TooManyRequests("too_many_codes", f"Ya se enviaron todos los correos posibles. {again}")
    changed = replace(registration, mails=registration.mails + 1)
    return changed if email is None else replace(changed, email=email, is_proven=False)


def key_of_code_name(code_name: str) -> str:
    """Return the key of the registration that a code or link was made for."""
    return code_name.split(":")[1]


def check_accepted(accepted: tuple[AcceptedText, ...], texts: Mapping[str, str]) -> None:
    """Accept exactly the texts in force, each by name and version.

    Raises:
        InvalidInput: `texts_not_accepted`.

    """
    if sorted((one.text, one.version) for one in accepted) != sorted(texts.items()):
        detail = "Para registrarte debes aceptar los términos y la política de privacidad vigentes."
        raise InvalidInput("texts_not_accepted", detail, field="accepted")


def check_registrable(document_type: DocumentType) -> None:
    """Let only those register on line whose document has a number that is nobody else's, and stays (ADR 0035).

    Raises:
        InvalidInput: `document_type_not_taken`.

    """
    if document_type is DocumentType.PASSPORT:
        raise InvalidInput(
            "document_type_not_taken",
            "Con pasaporte no se abre una casilla por internet. Regístrate con DNI o con carné de extranjería, o"
            " preséntate con el pasaporte en la mesa de partes de una entidad.",
            field="person.document_type",
        )


def no_such_registration() -> NotFound:
    """Return the one answer for an id that is wrong, expired or was cleaned up."""
    return NotFound("registration_not_found", "Este registro no existe o venció. Vuelve a registrarte.")


def registration_changed() -> RegistrationChanged:
    """Return the refusal for two changes at once."""
    return RegistrationChanged("registration_changed", "El registro cambió mientras tanto. Inténtalo de nuevo.")


def registration_busy() -> RegistrationBusy:
    """Return the refusal for what another transaction holds."""
    detail = "El servicio está ocupado en este momento. Espera unos segundos e inténtalo de nuevo."
    return RegistrationBusy("store_unavailable", detail)
