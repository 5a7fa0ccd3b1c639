"""The append-only log: timeline, audit trail and source of alerts (EVI-1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EventType(StrEnum):
    """What can have happened."""

    NOTICE_DEPOSITED = "notice.deposited"
    NOTICE_OPENED = "notice.opened"
    NOTICE_REOPENED = "notice.reopened"
    NOTICE_DOWNLOADED = "notice.downloaded"
    ALERT_SENT = "alert.sent"
    ALERT_FAILED = "alert.failed"
    ALERT_DEFERRED = "alert.deferred"
    ALERT_GAVE_UP = "alert.gave_up"
    ALERT_RESENT = "alert.resent"
    ALERT_REPORTED = "alert.reported"
    ALERT_PLANNED = "alert.planned"
    """Of one notice more is to be sent than the deposit's own: by another channel, to a mended address, a reminder."""
    ALERT_CANCELLED = "alert.cancelled"
    REMINDER_MISSED = "alert.reminder_missed"
    ALERTS_INDEXED = "alerts.indexed"
    RECEIPTS_INDEXED = "receipts.indexed"
    MAILBOX_CONSULTED = "mailbox.consulted"
    MAILBOX_SHOWN = "mailbox.shown"
    NAME_MENDED = "mailbox.name_mended"
    MAILBOX_EXPORTED = "mailbox.exported"
    REGISTRY_CONSULTED = "registry.consulted"
    MAILBOX_OPENED = "mailbox.opened"
    REGISTRATION_REPEATED = "registration.repeated"
    REGISTRATION_HELD = "registration.held"
    MAILBOX_CLOSED = "mailbox.closed"
    """At a desk, on paper; on line it is the answer to a request (`data.request_answered`)."""
    PETITION_ASKED = "petition.asked"
    """An officer took at the desk somebody's request to change a mailbox, with its document."""
    PETITION_TOLD = "petition.told"
    """All its people were told that it was asked for."""
    PETITION_SHOWN = "petition.shown"
    PETITION_APPROVED = "petition.approved"
    PETITION_REFUSED = "petition.refused"
    PETITION_DONE = "petition.done"
    PETITION_PUT_BACK = "petition.put_back"
    """It was approved and cannot be made as the mailbox is: it waits again."""
    REGISTRATION_TAKEN = "registration.taken"
    """An officer registered somebody at the desk, from a form on paper."""
    REGISTRATION_SENT_AGAIN = "registration.sent_again"
    """An officer had the e-mail of one that nobody proved sent again."""
    REGISTRATION_ENDED = "registration.ended"
    """An officer ended one whose e-mail nobody proved, or registered the same holder anew."""
    REGISTRATION_SHOWN = "registration.shown"
    REGISTRATION_REFUSED = "registration.refused"
    REPRESENTATIVE_NAMED = "mailbox.representative_named"
    LOGGED_IN = "access.logged_in"
    LOGGED_OUT = "access.logged_out"
    LOGIN_FAILED = "access.login_failed"
    ACCESS_VALIDATED = "access.validated"
    PASSWORD_CHANGED = "access.password_changed"  # noqa: S105 - the name of what happened
    PASSWORD_RESET = "access.password_reset"  # noqa: S105 - as above
    CONFIRMATION_REFUSED = "access.confirmation_refused"
    SESSION_DISPLACED = "access.session_displaced"
    OTHER_SESSION_ENDED = "access.other_session_ended"
    OTHER_SESSIONS_ENDED = "access.other_sessions_ended"
    TEXTS_ACCEPTED = "access.texts_accepted"
    SESSIONS_ENDED_FOR_USER = "access.sessions_ended_for_user"
    USER_ADDED = "user.added"
    USER_ACTIVATED = "user.activated"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    USER_EMAIL_CORRECTED = "user.email_corrected"
    CONSENT_REVOKED = "consent.revoked"
    CONSENT_GIVEN = "consent.given"
    USER_REMOVED = "user.removed"
    HAND_OVER_OFFERED = "principal.offered"
    HAND_OVER_WITHDRAWN = "principal.offer_withdrawn"
    HAND_OVER_DECLINED = "principal.offer_declined"
    PRINCIPAL_CHANGED = "principal.changed"
    PROFILE_CHANGED = "profile.changed"
    EMAIL_WAITS = "profile.email_waits"
    EMAIL_CHANGED = "profile.email_changed"
    ADDRESS_PROVED = "address.proved"
    """Alerts did not arrive at a user's address, and its owner answered with what was sent there."""
    ADDRESS_CHANGED = "address.changed"
    """A user's alerts go to another address from now on."""
    MAILBOX_FROZEN = "mailbox.frozen"
    MAILBOX_THAWED = "mailbox.thawed"
    MAILBOX_REOPENED = "mailbox.reopened"
    DATA_REQUESTED = "data.requested"
    DATA_REQUEST_SHOWN = "data.request_shown"
    DATA_REQUEST_ANSWERED = "data.request_answered"
    DATA_REQUEST_WITHDRAWN = "data.request_withdrawn"
    CHANGE_TOLD = "change.told"
    """By an operator, in another way than the service's."""
    CALENDAR_CHANGED = "calendar.changed"
    INSTITUTION_ADDED = "institution.added"
    INSTITUTION_CHANGED = "institution.changed"
    INSTITUTION_KEY_ADDED = "institution.key_added"
    INSTITUTION_KEY_REVOKED = "institution.key_revoked"
    STATEMENT_CLOSED = "usage.statement_closed"
    PAYMENT_PROOF_SENT = "usage.proof_sent"
    PAYMENT_PROOF_REFUSED = "usage.proof_refused"
    PAYMENT_RECORDED = "usage.payment_recorded"
    PAYMENT_LATE = "usage.payment_late"
    OFFICE_ADDED = "office.added"
    OFFICE_CHANGED = "office.changed"
    PROCEDURE_ADDED = "procedure.added"
    PROCEDURE_CHANGED = "procedure.changed"
    """Its new version says what; retired and taken up again too."""
    STAFF_ENROLLED = "staff.enrolled"
    STAFF_ACTIVATED = "staff.activated"
    STAFF_CHANGED = "staff.changed"
    STAFF_DISABLED = "staff.disabled"
    STAFF_ENABLED = "staff.enabled"
    STAFF_REMOVED = "staff.removed"
    STAFF_RESET = "staff.reset"
    """A lost device or a forgotten password: its owner is sent a link to set a new one."""
    STAFF_LOGGED_IN = "staff.logged_in"
    STAFF_LOGGED_OUT = "staff.logged_out"
    STAFF_PROVED = "staff.proved"
    STAFF_RECOVERY_RENEWED = "staff.recovery_renewed"
    STAFF_LOGIN_FAILED = "staff.login_failed"
    NOTICE_REPLACED = "notice.replaced"
    """Another notice was deposited that replaces this one."""
    SUSPENSION_ASKED = "notice.suspension_asked"
    SUSPENSION_WITHDRAWN = "notice.suspension_withdrawn"
    READING_SUSPENDED = "notice.reading_suspended"
    AGREEMENT_APPLIED = "agreement.applied"
    AGREEMENT_APPROVED = "agreement.approved"
    AGREEMENT_REFUSED = "agreement.refused"
    AGREEMENT_REGISTERED = "agreement.registered"
    AGREEMENT_CHANGED = "agreement.changed"
    """Its state or what holds it up, with the reason's code and the local day since which it counts."""
    AGREEMENT_EXTENDED = "agreement.extended"
    AGREEMENT_CHANGE_ASKED = "agreement.change_asked"
    """Of the coordinator or the legal representative."""
    AGREEMENT_CHANGE_TOLD = "agreement.change_told"
    """The institution was told of a change that is asked for by document, or of what was decided on it."""
    AGREEMENT_CHANGE_APPROVED = "agreement.change_approved"
    AGREEMENT_CHANGE_REFUSED = "agreement.change_refused"
    FILING_FILED = "filing.filed"
    FILING_TAKEN = "filing.taken"
    FILING_HANDED_OVER = "filing.handed_over"
    FILING_DERIVED = "filing.derived"
    """An officer sent it to another office of the institution."""
    FILING_OBSERVED = "filing.observed"
    FILING_CORRECTED = "filing.corrected"
    FILING_ANSWERED = "filing.answered"
    FILING_REMINDED = "filing.reminded"
    FILING_LAPSE_TOLD = "filing.lapse_told"
    FILING_EXTENDED = "filing.extended"
    """The end of its observation moved on, since a day was declared none."""
    AUDIT_ASKED = "audit.asked"
    """Somebody of an institution asked for a list of somebody's looks, with a reason."""
    AUDIT_SHOWN = "audit.shown"
    AUDIT_MADE = "audit.made"
    AUDIT_REFUSED = "audit.refused"
    RECOVERY_ASKED = "recovery.asked"
    """An officer took at the desk somebody's request to restore a password, with the copy of a document."""
    RECOVERY_SHOWN = "recovery.shown"
    RECOVERY_APPROVED = "recovery.approved"
    RECOVERY_REFUSED = "recovery.refused"
    RECOVERY_LINK_SENT = "recovery.link_sent"
    OUTAGE_ANNOUNCED = "outage.announced"
    OUTAGE_ENDED = "outage.ended"
    OUTAGE_CORRECTED = "outage.corrected"
    RESTORE_HELD = "restore.held"
    """Jobs wait that delete or send on the ground of what the tables lack."""
    RESTORE_RELEASED = "restore.released"


MAILBOX_LOOKS = (
    EventType.MAILBOX_CONSULTED,
    EventType.MAILBOX_SHOWN,
    EventType.DATA_REQUEST_SHOWN,
    EventType.RECOVERY_ASKED,
    EventType.RECOVERY_SHOWN,
    EventType.PETITION_ASKED,
    EventType.PETITION_SHOWN,
)
"""Looks that a mailbox's own log tells its users of."""
REGISTRATION_LOOKS = (EventType.REGISTRATION_SHOWN, EventType.REGISTRY_CONSULTED)
"""Looks that the log of the registration that opened a mailbox tells its users of."""
LOOKS = frozenset(
    {
        *MAILBOX_LOOKS,
        *REGISTRATION_LOOKS,
        EventType.AUDIT_SHOWN,
    }
)
"""What tells somebody who is not the holder something of a holder's data (INS-8); docs/audit.md says what does not."""
_LOOKERS = ("institution:", "staff:", "operator:", "officer:")


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to which subject, when, from where. `data` holds no personal data.

    `subject` is `notice#<id>`, `mailbox#<id>`, `user#<id>`, `institution#<id>`, `calendar#PE`, `outage#<id>` or alike,
    of filings `filing#<id>`, of failed logins `login#<keyed hash>`; `actor` is `institution:<id>:<key_id>`,
    `staff:<id>`, `user:<id>`, `worker:<name>`, `operator:<name>` or `unknown`; `origin` is the caller's network
    address, or empty for a worker.
    """

    subject: str
    type: EventType
    occurred_at: datetime
    event_id: str
    actor: str
    origin: str = ""
    data: dict[str, str] = field(default_factory=dict)

    @property
    def is_of_office(self) -> bool:
        """Whether an operator did it, or an officer at a desk: both by a document, and not in the name of a user."""
        return self.actor.startswith(("operator:", "staff:"))

    @property
    def looker(self) -> str | None:
        """Who looked at a holder's data, as the actor says; None where nobody did, or the holder or a job."""
        return self.actor if self.type in LOOKS and self.actor.startswith(_LOOKERS) else None
