"""A new e-mail address, typed twice."""

from __future__ import annotations

from chalicelib.domain.contact import read_email_twice
from chalicelib.domain.errors import InvalidInput, collect, refusal_of
from chalicelib.domain.typed import LONGEST_TYPED
from chalicelib.handlers.fields import Fields


def read_email_typed_twice(fields: Fields) -> str:
    """Read the fields that change the address.

    Raises:
        InvalidInput: all that is missing, or the first thing wrong with what was typed.

    """
    problems: list[InvalidInput] = []
    email = collect(problems, lambda: fields.typed("email", longest=LONGEST_TYPED), "")
    again = collect(problems, lambda: fields.typed("email_again", longest=LONGEST_TYPED), "")
    collect(problems, fields.close, None)
    if problems:
        raise refusal_of(problems)
    return read_email_twice(email, again, field="email", again_field="email_again")
