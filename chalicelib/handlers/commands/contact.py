"""A new e-mail address, typed twice."""

from __future__ import annotations

from chalicelib.domain.contact import read_email_twice
from chalicelib.domain.typed import LONGEST_TYPED
from chalicelib.handlers.fields import Fields


def read_email_typed_twice(fields: Fields) -> str:
    """Read the fields that change the address.

    Raises:
        InvalidInput: the first thing wrong with them.

    """
    email, again = fields.typed("email", longest=LONGEST_TYPED), fields.typed("email_again", longest=LONGEST_TYPED)
    fields.close()
    return read_email_twice(email, again, field="email", again_field="email_again")
