"""The portal's pages from their templates: everything put into them is escaped for HTML by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from chalicelib.domain.contact import of_countries
from chalicelib.domain.institution.permission import Act, may
from chalicelib.domain.institution.staff import ROLE_WORDS
from chalicelib.domain.masking import mask_email, mask_mobile
from chalicelib.domain.typed import day_parts, wrong_parts
from chalicelib.renderers.portal import portal
from chalicelib.renderers.spanish import (
    date_in_words,
    day_and_hour,
    day_in_words,
    mobile_in_groups,
    number_in_groups,
    size_in_short,
    size_in_words,
)
from chalicelib.renderers.static_files import static_address
from chalicelib.renderers.template_folder import template_folder

PAGES = Path(__file__).parent / "templates" / "pages"


def render_page(template: str, context: Mapping[str, Any], *, local: Callable[[datetime], datetime]) -> str:
    """Fill a template; `local` puts an instant on the country's clock."""
    return page_templates().get_template(template).render(context, local=local)


@cache
def page_templates() -> Environment:
    """Return the environment of all pages."""
    environment = template_folder(PAGES)
    environment.globals.update(portal=portal(), static=static_address, staff_roles=ROLE_WORDS, may=may, acts=Act)
    environment.filters.update(
        hour=_hour,
        moment=_moment,
        short_moment=_short_moment,
        day_only=_day_only,
        masked=_masked,
        day=_day,
        day_in_words=day_in_words,
        day_parts=day_parts,
        wrong_day_parts=wrong_parts,
        size=size_in_words,
        mobile=mobile_in_groups,
        of_countries=of_countries,
        in_short=size_in_short,
        thousands=number_in_groups,
    )
    return environment


@pass_context
def _hour(context: Context, instant: datetime) -> str:
    return f"{context['local'](instant):%H:%M}"


@pass_context
def _moment(context: Context, instant: datetime) -> str:
    local = context["local"](instant)
    return f"{day_in_words(local.date())}, {local:%H:%M}"


@pass_context
def _short_moment(context: Context, instant: datetime) -> str:
    return day_and_hour(context["local"](instant))


@pass_context
def _day_only(context: Context, instant: datetime) -> str:
    return date_in_words(context["local"](instant).date())


def _masked(address: str) -> str:
    return mask_email(address) if "@" in address else mask_mobile(address)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
