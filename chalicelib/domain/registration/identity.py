"""What people and companies say of themselves, what the registries hold of them, and whether both agree (REG-4).

A result never says which datum differs, and carries the registry's name only when everything agreed: nobody learns
from Casilla what a registry holds. `compared` says which fields agreed: where a registry tells less than the form asks,
the others stay unchecked, which `assurance.py` judges; see docs/registros.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.mailbox import DocumentType, Power
from chalicelib.domain.official_name import fold, fold_company, fold_district, is_married_form
from chalicelib.domain.registration.assurance import Comparison, Source


class Registry(StrEnum):
    """Who confirms the data."""

    RENIEC = "reniec"
    SUNAT = "sunat"


class Sex(StrEnum):
    """As the DNI prints it."""

    FEMALE = "F"
    MALE = "M"


class Outcome(StrEnum):
    """What came of a consultation; only MATCHED lets a registration go on by itself."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    NOT_FOUND = "not_found"
    DECEASED = "deceased"
    MINOR = "minor"
    RESTRICTED = "restricted"
    """The registry notes something on the person's record; an officer has to look."""
    INACTIVE = "inactive"
    NOT_HABIDO = "not_habido"
    """SUNAT cannot find the company at its fiscal address."""
    NOT_LISTED = "not_listed"
    """The person is not among the company's representatives as SUNAT lists them."""
    NOT_CHECKED = "not_checked"
    """No registry answers for this type of document; an officer has to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonClaim:
    """What a natural person typed. `cui`, the DNI's check character, sex and issue date are asked of a DNI alone.

    Whom an identity provider authenticated was asked for nothing: then the names, as far as they are there, are its.
    """

    document_type: DocumentType
    number: str
    paternal_surname: str
    given_names: str
    birth_date: date | None = None
    sex: Sex | None = None
    maternal_surname: str = ""
    cui: str = ""
    issue_date: date | None = None
    authenticated_at: datetime | None = None

    @property
    def typed_name(self) -> str:
        """The whole name, as typed."""
        return " ".join(f"{self.given_names} {self.paternal_surname} {self.maternal_surname}".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyClaim:
    """What a company typed; `district` as its RUC record says. Registrations begun before have no representative."""

    ruc: str
    legal_name: str
    district: str
    representative: PersonClaim | None = None
    power: Power | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """One of a company's representatives as SUNAT lists them, the name in any order; `birth_date` where it is told."""

    document_type: DocumentType
    number: str
    name: str
    birth_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """What RENIEC holds; None where its service does not tell."""

    first_surname: str
    second_surname: str
    given_names: str
    is_deceased: bool = False
    is_restricted: bool = False
    birth_date: date | None = None
    sex: Sex | None = None
    issue_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRecord:
    """What SUNAT holds."""

    legal_name: str
    district: str
    is_active: bool
    is_habido: bool


@dataclass(frozen=True, slots=True)
class RegistryResult:
    """The answer to one consultation; `registered_name` is the holder's official name, empty unless MATCHED."""

    registry: Registry
    outcome: Outcome
    registered_name: str = ""
    compared: tuple[Comparison, ...] = ()
    """What agreed, and with whom."""
    representative_name: str = ""
    """The official name of a company's representative."""


REPRESENTATIVE = "representative"
"""That the person is on SUNAT's list for the company; what is the person's own begins with it."""
_NAMES = "names"
_NUMBER = "number"
"""That there is such a document; asked of a claim by one for which no registry answers."""
_OF_COMPANIES = ("legal_name", "district")
_EXACT = ("birth_date", "sex", "issue_date")
"""The CUI is not among them: it follows from the number, so no registry can tell more than its own check."""


def compare_person(claim: PersonClaim, record: PersonRecord) -> RegistryResult:
    """Compare names, and what else the record tells; who knows them all also learns of death or a restriction.

    Of whom an identity provider authenticated nothing is compared: the number is proved, and the name is the record's.
    """
    if claim.authenticated_at is not None:
        agreed = Comparison(Source.IDENTITY_PROVIDER, (_NAMES,))
    else:
        told = [name for name in _EXACT if getattr(record, name) is not None]
        same = all(getattr(claim, name) == getattr(record, name) for name in told)
        if not (same and _surnames_agree(claim, record) and fold(claim.given_names) == fold(record.given_names)):
            return RegistryResult(Registry.RENIEC, Outcome.MISMATCHED)
        agreed = Comparison(Source.RENIEC, (_NAMES, *told))
    if record.is_deceased:
        return RegistryResult(Registry.RENIEC, Outcome.DECEASED)
    if record.is_restricted:
        return RegistryResult(Registry.RENIEC, Outcome.RESTRICTED)
    name = " ".join(part for part in (record.given_names, record.first_surname, record.second_surname) if fold(part))
    return RegistryResult(Registry.RENIEC, Outcome.MATCHED, name, (agreed,))


def compare_company(claim: CompanyClaim, record: CompanyRecord) -> RegistryResult:
    """Compare legal name and district; who knows both also learns the state of the RUC."""
    if fold_company(claim.legal_name) != fold_company(record.legal_name) or (
        fold_district(claim.district) != fold_district(record.district)
    ):
        return RegistryResult(Registry.SUNAT, Outcome.MISMATCHED)
    if not record.is_active:
        return RegistryResult(Registry.SUNAT, Outcome.INACTIVE)
    if not record.is_habido:
        return RegistryResult(Registry.SUNAT, Outcome.NOT_HABIDO)
    agreed = Comparison(Source.SUNAT, _OF_COMPANIES)
    return RegistryResult(Registry.SUNAT, Outcome.MATCHED, " ".join(record.legal_name.split()), (agreed,))


def compare_representative(claim: PersonClaim, listed: Iterable[Representative]) -> RegistryResult:
    """Look for the person among a company's representatives: by document and name, and by birth where it is told."""
    names = sorted(fold(part) for part in claim.typed_name.split())
    for one in listed:
        is_same = (one.document_type, one.number) == (claim.document_type, claim.number)
        is_born_so = one.birth_date is None or one.birth_date == claim.birth_date
        if is_same and is_born_so and sorted(fold(part) for part in one.name.split()) == names:
            agreed = Comparison(Source.SUNAT_REPRESENTATIVES, (REPRESENTATIVE,))
            return RegistryResult(Registry.SUNAT, Outcome.MATCHED, compared=(agreed,))
    return RegistryResult(Registry.SUNAT, Outcome.NOT_LISTED)


def with_representative(
    company: RegistryResult, listed: RegistryResult | None, person: RegistryResult
) -> RegistryResult:
    """Put together what came of a company, of SUNAT's list, None where it is not asked, and of its representative.

    Who is not on the list is refused by nobody: it stays unchecked, since a new representative comes there late.
    """
    if person.outcome not in {Outcome.MATCHED, Outcome.NOT_CHECKED}:
        return person
    of_person = tuple(
        Comparison(one.source, tuple(f"{REPRESENTATIVE}.{field}" for field in one.fields)) for one in person.compared
    )
    return replace(
        company,
        compared=(*company.compared, *(listed.compared if listed is not None else ()), *of_person),
        representative_name=person.registered_name,
    )


def asked_fields(claim: PersonClaim | CompanyClaim) -> tuple[str, ...]:
    """Return the fields of a claim that have to be compared with somebody, as comparisons name them."""
    if isinstance(claim, PersonClaim):
        number = () if registries_of(claim) else (_NUMBER,)
        return (*number, _NAMES, *(field for field in _EXACT if getattr(claim, field) is not None))
    return (*_OF_COMPANIES, *representative_fields(claim.representative))


def registries_of(claim: PersonClaim | CompanyClaim) -> tuple[Registry, ...]:
    """Return who answers about a claim; about a person with another document than the DNI nobody does."""
    if isinstance(claim, PersonClaim):
        return (Registry.RENIEC,) if claim.document_type is DocumentType.DNI else ()
    return (Registry.SUNAT, *(() if claim.representative is None else registries_of(claim.representative)))


def representative_fields(claim: PersonClaim | None) -> tuple[str, ...]:
    """Return those of a company's representative."""
    person = () if claim is None else asked_fields(claim)
    return (REPRESENTATIVE, *(f"{REPRESENTATIVE}.{field}" for field in person))


def _surnames_agree(claim: PersonClaim, record: PersonRecord) -> bool:
    claimed = [name for name in (claim.paternal_surname, claim.maternal_surname) if fold(name)]
    held = [name for name in (record.first_surname, record.second_surname) if fold(name)]
    if len(claimed) != len(held) or not held:  # one surname may stand in either box, two keep their order
        return False
    return all(map(_is_same_surname, claimed, held))


def _is_same_surname(claimed: str, held: str) -> bool:
    return fold(claimed) == fold(held) or is_married_form(claimed, of=held)
