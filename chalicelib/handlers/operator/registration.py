"""The commands about registrations that wait for somebody to look at a proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.registration import review_tools
from chalicelib.handlers.operator.act import act_of
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.registration import review_text
from chalicelib.services.registration import review_registrations as reviewing


def list_waiting(given: Mapping[str, Any]) -> Told:
    """Show a page of those that wait, masked, the one due first at the top."""
    box, skip = current(), given["skip"] or 0
    page = reviewing.list_reviews(tools=review_tools(box), limit=given["limit"], skip=skip)
    after = None if page.is_whole else skip + given["limit"]
    text = review_text.list_text(page.reviews, box.calendar.zone, now=box.clock(), after=after)
    return Told(text, review_text.list_json(page.reviews, after=after))


def show(given: Mapping[str, Any]) -> Told:
    """Show one, and log who looked."""
    box = current()
    review = reviewing.show_review(given["solicitud"], tools=review_tools(box), act=act_of(given))
    text = review_text.review_text(review, box.calendar.zone, now=box.clock())
    return Told(text, review_text.review_json(review))


def approve(given: Mapping[str, Any]) -> Told:
    """Open the mailbox of one."""
    ended = reviewing.approve_registration(given["solicitud"], tools=review_tools(current()), act=act_of(given))
    return Told(review_text.approved_text(ended), review_text.decided_json(ended))


def refuse(given: Mapping[str, Any]) -> Told:
    """End one without a mailbox."""
    ended = reviewing.refuse_registration(
        given["solicitud"], given["because"], tools=review_tools(current()), act=act_of(given)
    )
    return Told(review_text.refused_text(ended), review_text.decided_json(ended))
