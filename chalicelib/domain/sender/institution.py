"""The institution that deposits, and the keys its systems sign with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from chalicelib.domain.calendar import BusinessCalendar, FilingRule, NonWorkingDay, OfficeHours
from chalicelib.domain.deadline import Counting, Distance, Regime
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.mailbox import Channel

LEY_31736_CHANNELS = (Channel.EMAIL, Channel.SMS)
"""What has to be live at a deposit unless a norm of the institution's own says otherwise (Ley 31736, 5.4)."""
_PLACES_TOLD = 20


class InstitutionState(StrEnum):
    """Only an active institution deposits; an inactive or cancelled one can still read what it deposited."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class AppliedNorm:
    """The norm by which an institution notifies under one regime; `citation` is printed on its receipts.

    `channels` are those by which the holder has to be reachable at the deposit.
    """

    regime: Regime
    citation: str
    channels: tuple[Channel, ...] = LEY_31736_CHANNELS


@dataclass(frozen=True, slots=True)
class SubjectContact:
    """Where an institution answers about a subject: its desk there, and how and when that is reached."""

    contact_id: str
    subject: str
    desk: str
    phone: str = ""
    email: str | None = None
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Colours:
    """What colours its console, written `#rrggbb`: `read_colour` took both, one for paper and one for dark paper."""

    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Institution:
    """A ministry or agency with an agreement. `version` counts the changes of its settings.

    `region` names the calendar's regional days that apply to it; `regional_days` are days of its own beside them.
    `opens_at` and `closes_at`, in the country's zone, are its hours of attention; None is the general hour.
    `distances` is its table, empty where it has none.
    """

    institution_id: str
    name: str
    address: str
    phone: str
    state: InstitutionState
    regime: Regime = Regime.ACKNOWLEDGEMENT
    """What applies where a request names none, if a norm is cited for it."""
    norms: tuple[AppliedNorm, ...] = ()
    """At most one of each regime."""
    region: str | None = None
    regional_days: tuple[NonWorkingDay, ...] = ()
    opens_at: time | None = None
    closes_at: time | None = None
    distances: tuple[Distance, ...] = ()
    attaches_receipt: bool = True
    """Whether the receipt goes with the alert e-mail."""
    short_name: str | None = None
    """What an SMS calls it where its whole name has no room, as `check_short_name` accepts it; None: abbreviated."""
    digest_email: str | None = None
    """Where the digest of alerts that failed goes on business days; None: nowhere."""
    contacts: tuple[SubjectContact, ...] = ()
    """Where it answers, by subject; none is at its own telephone alone."""
    emblem: str | None = None
    """The SHA-256 of its picture, under which that is kept; None: the portal's."""
    colours: Colours | None = None
    """None: the portal's."""
    is_stopped: bool | None = None
    """Whether who administers the platform ordered it so, apart from its agreement; None: a package before wrote it."""
    started_on: date | None = None
    """The local day on which it was last ordered to be active again; disuse of its agreement counts from it."""
    version: int = 0
    filing_rule: FilingRule | None = None
    """Until when what is filed with it counts as of its own day; None: as the country's general rule says."""

    @property
    def is_active(self) -> bool:
        """Whether it may deposit and consult."""
        return self.state is InstitutionState.ACTIVE

    def norm_for(self, regime: Regime) -> AppliedNorm | None:
        """Return the norm it cites for a regime."""
        return next((norm for norm in self.norms if norm.regime is regime), None)

    def required_channels(self, regime: Regime) -> tuple[Channel, ...]:
        """Return the channels that have to be live at a deposit: under `acknowledgement`, the Ley 31736 names both."""
        norm = None if regime is Regime.ACKNOWLEDGEMENT else self.norm_for(regime)
        return LEY_31736_CHANNELS if norm is None else norm.channels


def counting_of(institution: Institution, calendar: BusinessCalendar, distance: Distance | None) -> Counting:
    """Say by what an institution's dates are counted: its region and its own hours, else the general ones."""
    general = calendar.hours
    own = institution.opens_at is not None or institution.closes_at is not None
    hours = OfficeHours(
        institution.opens_at or general.opens_at,
        institution.closes_at or general.closes_at,
        "" if own else general.norm,
    )
    counted = calendar.with_regional(institution.regional_days, institution.region)
    return Counting(counted, hours, 0 if distance is None else distance.days)


def decide_distance(institution: Institution, place: str | None, *, has_term: bool) -> Distance | None:
    """Find what the institution's table adds to a term for who lives in a place (146); None without a term or a table.

    Raises:
        InvalidInput: `distance_place_missing`, `distance_place_unknown`; `distance_table_missing` for a place that is
            sent where there is no table.

    """
    if not institution.distances:
        if place is not None:
            detail = "La entidad no tiene una tabla de término de la distancia: no envíe «place»."
            raise InvalidInput("distance_table_missing", detail, field="term.place")
        return None
    if not has_term:
        return None
    places = ", ".join(sorted(distance.place for distance in institution.distances)[:_PLACES_TOLD])
    if place is None:
        detail = (
            "La entidad tiene una tabla de término de la distancia, que se suma al plazo: diga el lugar del domicilio"
            f" del destinatario, como está en ella: {places}."
        )
        raise InvalidInput("distance_place_missing", detail, field="term.place")
    for distance in institution.distances:
        if distance.place.casefold() == place.casefold():
            return distance
    detail = f"Ese lugar no está en la tabla de término de la distancia de la entidad, que tiene: {places}."
    raise InvalidInput("distance_place_unknown", detail, field="term.place")


def decide_regime(institution: Institution, asked: Regime | None) -> Regime:
    """Decide under which regime a deposit goes: no other than `acknowledgement` without a cited norm.

    An early date harms the holder, so an institution whose own regime has no norm deposits under `acknowledgement`.
    So does one whose own is `immediate`: that is for measures which a request has to name.

    Raises:
        InvalidInput: `regime_without_norm`, for a regime that the request names.

    """
    if asked is None:
        cited = institution.norm_for(institution.regime)
        is_usual = cited is not None and institution.regime is not Regime.IMMEDIATE
        return institution.regime if is_usual else Regime.ACKNOWLEDGEMENT
    if asked is Regime.ACKNOWLEDGEMENT or institution.norm_for(asked) is not None:
        return asked
    raise InvalidInput(
        "regime_without_norm",
        f"La entidad no tiene registrada la norma que le permite notificar bajo «{asked.value}». Pida al operador del"
        f" servicio que la registre, o no envíe «regime»: se aplica «{decide_regime(institution, None).value}».",
        field="regime",
    )


class KeyAlgorithm(StrEnum):
    """Signature algorithms on offer, by their RFC 9421 names."""

    ED25519 = "ed25519"
    ECDSA_P256 = "ecdsa-p256-sha256"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key of an institution; `keyid` on the wire is `institution_id:key_id`."""

    institution_id: str
    key_id: str
    algorithm: KeyAlgorithm
    public_key: bytes = field(repr=False)
    """SubjectPublicKeyInfo, DER."""
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None = None
    used_on: date | None = field(default=None, compare=False)
    """The last local day on which it signed a deposit, or a read, that was accepted; kept beside the key itself."""

    def is_valid_at(self, now: datetime) -> bool:
        """Tell whether `now` is from not-before to before not-after, and before any revocation."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return False
        return self.not_before <= now < self.not_after
