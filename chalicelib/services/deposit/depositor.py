"""Who deposits: an institution's system, proven by its signature, or an officer whom a page let in.

Both say what has to be read to know them, and what then holds. All that follows is the same for both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from chalicelib.domain.deposit.deposit import DepositCommand
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.sender.office import Office, as_office
from chalicelib.domain.sender.officer import Officer
from chalicelib.services.sender.authenticate_sender import (
    AuthenticatedSender,
    Nonce,
    SenderTools,
    authenticate_sender,
    nonce_of,
    require_active,
    wanted_for,
)
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.store.codec import to_data
from chalicelib.store.deposit.deposit_store import Beside
from chalicelib.store.request_store import Found, Wanted


@dataclass(frozen=True, slots=True)
class Known:
    """Who deposits or asks, as the store knows them. `institution` is as it notifies: from its office, if from one.

    `nonce` is what a signed request takes. `evidence` is kept with the deposit; `told` is what its event says of it.
    """

    institution: Institution
    actor: str
    origin: str
    office_id: str | None = None
    office: Office | None = None
    nonce: Nonce | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


class Depositor(Protocol):
    """Who deposits, before anything was read."""

    @property
    def institution_id(self) -> str:
        """Whose deposit it says it is."""

    @property
    def idempotency_key(self) -> str:
        """What the same deposit comes with again; of one institution."""

    @property
    def spread(self) -> str:
        """What spreads the counts of one institution over their shards."""

    def beside(self, command: DepositCommand, known: Known) -> Beside | None:
        """Return what else the deposit's transaction writes, as it stands now."""

    def wanted(self) -> Wanted:
        """Return what has to be read to know them."""

    def known(self, found: Found) -> Known:
        """Return who it is; whoever cannot be proven is refused."""

    def fingerprint(self) -> str:
        """Return what tells one content from another under the same key; asked for once they are known."""


class Answering(Protocol):
    """What another wing decides about a deposit of a system's that is to answer a filing."""

    def __call__(self, filing_id: str, known: Known, mailbox_id: str) -> Beside:
        """Return what the deposit's transaction writes beside the notice; whoever may not answer is refused."""


@dataclass(frozen=True, slots=True)
class BySignature:
    """An institution's system."""

    request: SignedRequest
    claim: Claim
    idempotency_key: str
    tools: SenderTools
    answering: Answering

    @property
    def institution_id(self) -> str:
        """As the signature's key says."""
        return self.claim.institution_id

    @property
    def spread(self) -> str:
        """The nonce."""
        return self.claim.nonce

    def beside(self, command: DepositCommand, known: Known) -> Beside | None:
        """Return that it answers a filing, if it says so.

        Raises:
            CasillaError: what `answering` refuses.

        """
        if command.answers_filing is None:
            return None
        return self.answering(command.answers_filing, known, command.mailbox_id)

    def wanted(self) -> Wanted:
        """Return what proves the signature."""
        return wanted_for(self.claim)

    def known(self, found: Found) -> Known:
        """Verify the signature.

        Raises:
            NotAuthenticated: the signature, its key or its nonce.

        """
        return as_known(authenticate_sender(self.request, self.claim, found, tools=self.tools))

    def fingerprint(self) -> str:
        """Return the hash of the body, which is what was signed."""
        return hashlib.sha256(self.request.body).hexdigest()


@dataclass(frozen=True, slots=True)
class ByOfficer:
    """An officer who sends a draft. Its id is the key, so that one draft makes one notice, whoever sends it how often.

    No key of the API has a blank, so none of a system's deposits is ever taken for a draft's.
    """

    officer: Officer
    draft_id: str
    command: DepositCommand
    decided: Beside | None = None
    """What else the transaction writes, as whoever sent it decided."""

    @property
    def institution_id(self) -> str:
        """The officer's."""
        return self.officer.institution_id

    @property
    def idempotency_key(self) -> str:
        """Of the draft."""
        return f"draft {self.draft_id}"

    @property
    def spread(self) -> str:
        """The draft."""
        return self.draft_id

    def beside(self, _command: DepositCommand, _known: Known) -> Beside | None:
        """Return what was decided before."""
        return self.decided

    def wanted(self) -> Wanted:
        """Return the institution and the office."""
        return wanted_of(self.officer)

    def known(self, found: Found) -> Known:
        """Return the officer, with what is kept of who sent which content."""
        told = {"draft": self.draft_id, "content_sha256": self.fingerprint()}
        return officer_known(
            self.officer, found, evidence={"officer": self.officer.actor, "session": self.officer.session, **told},
            told=told,
        )  # fmt: skip

    def fingerprint(self) -> str:
        """Return the hash of the content, written in one way only; what is not said in it changes nothing."""
        content = {"office_id": self.officer.office_id, **to_data(self.command)}
        text = json.dumps(_said(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def as_known(sender: AuthenticatedSender) -> Known:
    """Return a sender whose signature was verified."""
    return Known(
        sender.institution,
        sender.actor,
        sender.origin,
        nonce=nonce_of(sender),
        evidence=sender.proof.evidence,
        told={"signature_base_sha256": sender.proof.digest},
    )


def wanted_of(officer: Officer) -> Wanted:
    """Return what has to be read to know from where an officer acts."""
    return Wanted(officer.institution_id, office_id=officer.office_id)


def officer_known(
    officer: Officer, found: Found, *, evidence: Mapping[str, str] | None = None, told: Mapping[str, str] | None = None
) -> Known:
    """Return an officer, and the institution as it notifies from their office.

    Raises:
        InvalidInput: `institution_unknown`, which no page lets happen.

    """
    if found.institution is None:
        raise InvalidInput("institution_unknown", "La entidad no existe. Ingresa de nuevo.")
    return Known(
        as_office(found.institution, found.office),
        officer.actor,
        officer.origin,
        officer.office_id,
        found.office,
        evidence=evidence or {},
        told=told or {},
    )


def require_may_deposit(known: Known) -> None:
    """Let deposit only active institutions, and from offices that are there and open.

    Raises:
        Forbidden: `institution_inactive`.
        InvalidInput: `office_unknown`.
        Conflict: `office_closed`.

    """
    require_active(known.institution)
    if known.office_id is None:
        return
    if known.office is None:
        raise InvalidInput("office_unknown", "Esa oficina no es de tu entidad. Elige otra.", field="office_id")
    require_office_open(known.office)


def require_office_open(office: Office) -> None:
    """Let no closed office notify.

    Raises:
        Conflict: `office_closed`.

    """
    if office.is_closed:
        detail = (
            "Esa oficina está cerrada y ya no notifica. Elige otra; si trabajas solo para ella, pide a tu coordinador"
            " que te cambie."
        )
        raise Conflict("office_closed", detail, field="office_id")


def _said(value: Any) -> Any:
    """Leave out what is not said, so that a field that comes later changes no hash of before."""
    if isinstance(value, dict):
        return {name: _said(part) for name, part in value.items() if part is not None}
    return [_said(part) for part in value] if isinstance(value, list) else value
