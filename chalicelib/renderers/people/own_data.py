"""A copy of one's own data for programs and for whoever wants to keep it: JSON, in the words of the API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import AcceptedText, Mailbox, MailboxUser
from chalicelib.domain.mailbox.address_health import AddressHealth
from chalicelib.domain.mailbox.channels import addresses_of
from chalicelib.domain.people.data_request import DataRequest
from chalicelib.domain.people.own_data import OwnData
from chalicelib.renderers.people.address_words import why_dead

_FORMAT = 1


def own_data_file(data: OwnData, made_at: datetime) -> bytes:
    """Return the copy as a file."""
    return json.dumps(own_data_json(data, made_at), ensure_ascii=False, indent=2).encode()


def own_data_json(data: OwnData, made_at: datetime) -> dict[str, Any]:
    """Return the copy; instants are UTC. Others in the mailbox appear by name alone."""
    mailbox, user = data.mailbox, data.user
    return {
        "format": _FORMAT,
        "made_at": _instant(made_at),
        "user": _user(mailbox, user),
        "mailbox": _mailbox(mailbox),
        "accepted_texts": _texts(data),
        "requests": [request_json(one) for one in data.requests],
        "log": [_event(event, data) for event in data.events],
        "log_is_whole": data.is_whole,
        "password": "kept as a hash only",
        "notices": "not here: take them as a copy of the mailbox",
        "filings": "not here: take them as the history of what was filed",
    }


def request_json(request: DataRequest) -> dict[str, Any]:
    """Return a request."""
    return {
        "reference": request.reference,
        "kind": request.kind.value,
        "state": request.state.value,
        "asked_at": _instant(request.asked_at),
        "due_at": _instant(request.due_at),
        "norm": request.norm,
        "words": request.words,
        "answer": request.answer,
        "answered_at": request.answered_at and _instant(request.answered_at),
    }


def _user(mailbox: Mailbox, user: MailboxUser) -> dict[str, Any]:
    return {
        "user_id": user.user_id,
        "username": mailbox.username_of(user),
        "name": user.name,
        "document_type": user.document_type and user.document_type.value,
        "document_number": user.document_number,
        "email": user.email,
        "waiting_email": user.waiting and user.waiting.email,
        "mobile": user.mobile,
        "addresses": addresses_json(mailbox, user),
        "state": user.state.value,
        "is_principal": user.is_principal,
    }


def addresses_json(mailbox: Mailbox, user: MailboxUser) -> list[dict[str, Any]]:
    """Return what is known of a user's addresses: whether alerts arrive there."""
    return [address_json(one) for one in addresses_of(mailbox, user)]


def address_json(health: AddressHealth) -> dict[str, Any]:
    """Return what is known of an address."""
    return {
        "channel": health.channel,
        "address": health.address,
        "is_live": not health.is_dead,
        "failing_since": health.dead_since and _instant(health.dead_since),
        "failing_because": why_dead(health) or None,
        "delivered_at": health.delivered_at and _instant(health.delivered_at),
        "proved_at": health.proved_at and _instant(health.proved_at),
        "bounced_at": health.bounced_at and _instant(health.bounced_at),
        "returned_at": [_instant(at) for at in health.returned],
        "asked_at": health.asked_at and _instant(health.asked_at),
    }


def _mailbox(mailbox: Mailbox) -> dict[str, Any]:
    holder, consent = mailbox.holder, mailbox.consent
    return {
        "mailbox_id": mailbox.mailbox_id,
        "holder": {
            "document_type": holder.document_type.value,
            "document_number": holder.document_number,
            "name": holder.name,
        },
        "state": mailbox.state.value,
        "closed_at": mailbox.closed_at and _instant(mailbox.closed_at),
        "consent": {"is_given": mailbox.has_consent, "since": consent and _instant(consent.at)},
        "power": mailbox.power and {"page": mailbox.power.page, "entry": mailbox.power.entry},
        "users": [one.name for one in mailbox.users],
    }


def _texts(data: OwnData) -> list[dict[str, Any]]:
    """Return the texts that the user accepted; of a principal also those of the opening, by whomever from wherever."""
    own = () if data.account is None else data.account.accepted
    of_opening = data.mailbox.accepted if data.user.is_principal else ()
    others = ({**_accepted(one), "origin": None} for one in of_opening if one not in own)
    return [*others, *(_accepted(one) for one in own)]


def _accepted(text: AcceptedText) -> dict[str, Any]:
    return {
        "text": text.text,
        "version": text.version,
        "accepted_at": _instant(text.accepted_at),
        "origin": text.origin,
    }


def _event(event: Event, data: OwnData) -> dict[str, Any]:
    kind, _, rest = event.actor.partition(":")
    institution = rest.partition(":")[0] if kind == "institution" else ""
    mine = event.actor == f"user:{data.user.user_id}"
    return {
        "at": _instant(event.occurred_at),
        "what": event.type.value,
        "by": "you" if mine else kind,
        "institution": data.institutions.get(institution, institution) or None,
        "origin": event.origin if mine else None,
        "data": {name: value for name, value in event.data.items() if name != "reason"},
    }


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
