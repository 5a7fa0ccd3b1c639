"""What people are told of a filing, and when: of its receipt, its observation, the end of it, and that it lapsed.

None of it decides what a filing is: that follows from its facts and the clock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from chalicelib.domain.alert.alert import Alert
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import FilingNews, Occasion
from chalicelib.domain.alert.plan_alerts import alerts_of
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.observation import WRITTEN_WITHIN, lapses_at
from chalicelib.domain.mailbox import Channel, Mailbox
from chalicelib.domain.mailbox.channels import PERU_ALONE, SmsReach
from chalicelib.domain.sender.institution import Institution

_THERE = "institution"
"""Stands for a user in what the institution itself is told."""


def plan_of(  # noqa: PLR0913 - whom, of what, and when
    occasion: Occasion,
    filing: Filing,
    mailbox: Mailbox,
    institution: Institution,
    now: datetime,
    *,
    calendar: BusinessCalendar,
    reach: SmsReach = PERU_ALONE,
) -> AlertBatch:
    """Give every active user of the holder's mailbox an e-mail and, with a mobile that SMS are sent to, an SMS.

    What says until when to correct it is of use until then. The receipt goes along, where it is new, only if the
    institution attaches receipts. The institution of the batch is left open: the digest of an institution's alerts that
    failed is of what it notified.
    """
    key = _receipt_of(occasion, filing) if institution.attaches_receipt else None
    batch = AlertBatch(
        notice_id=_news(occasion, filing, calendar).batch_id,
        institution_name=filing.addressee.name,
        deposited_at=now,
        alerts=tuple(alert for user in mailbox.alerted_users for alert in alerts_of(user, reach)),
        receipt_key=key,
        institution_short_name=institution.short_name,
        mailbox_id=mailbox.mailbox_id,
        news=_news(occasion, filing, calendar),
    )
    if occasion not in (Occasion.OBSERVED, Occasion.LAPSING) or filing.observation is None:
        return batch
    useful_until = lapses_at(filing.observation.until)
    return replace(batch, alerts=tuple(replace(one, useful_until=useful_until) for one in batch.alerts))


def plan_there(
    filing: Filing, institution: Institution, now: datetime, *, calendar: BusinessCalendar
) -> AlertBatch | None:
    """Tell the institution that a filing lapsed, where its digest goes; None where it wants none."""
    if institution.digest_email is None:
        return None
    news = _news(Occasion.LAPSED_THERE, filing, calendar)
    alert = Alert(f"{_THERE}.{Channel.EMAIL}", Channel.EMAIL, institution.digest_email)
    return AlertBatch(
        news.batch_id, institution.name, now, (alert,), institution_short_name=institution.short_name, news=news
    )


def due_at(filing: Filing) -> datetime | None:
    """Return when something of its observation's end is to be told next; None where nothing is."""
    observation, told = filing.observation, filing.told
    if observation is None or filing.correction is not None or told.lapse_at is not None:
        return None
    over = lapses_at(observation.until)
    if filing.answer is not None:
        return None if filing.answer.at < over else over + WRITTEN_WITHIN
    if observation.remind_at is not None and told.reminded_at is None:
        return observation.remind_at
    return over + WRITTEN_WITHIN


def to_tell(filing: Filing, now: datetime) -> Occasion | None:
    """Tell what is to be told now. Of one that lapsed nobody is reminded any more; nothing is told twice."""
    observation, at = filing.observation, due_at(filing)
    if observation is None or at is None or now < at:
        return None
    over = lapses_at(observation.until)
    if now < over:
        return Occasion.LAPSING
    return Occasion.LAPSED if now >= over + WRITTEN_WITHIN else None


def is_unreminded(filing: Filing) -> bool:
    """Tell whether nobody was reminded of its observation's end, though somebody had to be."""
    observation = filing.observation
    return observation is not None and observation.remind_at is not None and filing.told.reminded_at is None


def with_told(filing: Filing, occasion: Occasion, now: datetime) -> Filing:
    """Note that it was told."""
    told = filing.told
    told = replace(told, reminded_at=now) if occasion is Occasion.LAPSING else replace(told, lapse_at=now)
    return replace(filing, version=filing.version + 1, told=told)


def _news(occasion: Occasion, filing: Filing, calendar: BusinessCalendar) -> FilingNews:
    observation = filing.observation
    day = None if observation is None else calendar.local(observation.until).date()
    return FilingNews(occasion, filing.filing_id, filing.number, day, _counts_on(occasion, filing))


def _counts_on(occasion: Occasion, filing: Filing) -> date | None:
    if occasion is Occasion.FILED:
        return filing.dates.legal_date
    is_corrected = occasion is Occasion.CORRECTED and filing.correction is not None
    return filing.correction.dates.legal_date if is_corrected and filing.correction is not None else None


def _receipt_of(occasion: Occasion, filing: Filing) -> str | None:
    if occasion is Occasion.FILED:
        return filing.receipt_key
    is_corrected = occasion is Occasion.CORRECTED and filing.correction is not None
    return filing.correction.receipt_key if is_corrected and filing.correction is not None else None
