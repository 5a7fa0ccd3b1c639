"""Forms with a file: read as browsers write them, and in little time whatever is sent."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.door import LARGEST_FORM_WITH_FILE
from chalicelib.handlers.web.multipart import MOST_PARTS, FormFile, read_form
from tests.browser_requests import BOUNDARY, multipart
from tests.cpu import cpu_within

KIND = f"multipart/form-data; boundary={BOUNDARY}"
BIG = 4 * 1024 * 1024


@pytest.mark.parametrize(
    "content",
    [b"", b"\r\n", b"--", b"\r\n--", f"a--{BOUNDARY}".encode(), b"\x00\xff\r\n\r\n", b"a\r\n"],
    ids=["nothing", "line end", "dashes", "line end and dashes", "a boundary without its line end", "bytes", "text"],
)
def test_a_file_is_read_to_the_byte(content: bytes) -> None:
    read = read_form(KIND, multipart("Resolución N° 15.pdf", content, role="main", captcha="año"))

    assert read.files == {"file": FormFile("Resolución N° 15.pdf", content)}
    assert read.texts == {"role": "main", "captcha": "año"}


@pytest.mark.parametrize("name", ['a"b.pdf', "a\rb\nc.pdf", "", "50%25.pdf"])
def test_a_name_is_read_as_it_was(name: str) -> None:
    assert read_form(KIND, multipart(name, b"x")).files["file"].filename == name


def test_a_boundary_may_be_quoted_and_another_parameter_refuses_it() -> None:
    body = multipart("a.pdf", b"x")
    assert read_form(f'multipart/form-data;boundary="{BOUNDARY}"', body).files["file"].content == b"x"
    with pytest.raises(InvalidInput):
        read_form(f"{KIND}; charset=utf-8", body)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"--{BOUNDARY}--\r\n", ""),
        (f"--{BOUNDARY}--", f"--{BOUNDARY}"),
        (f"--{BOUNDARY}\r\n", f"a\r\n--{BOUNDARY}\r\n"),
        ('form-data; name="role"', "form-data"),
        ('form-data; name="role"', 'attachment; name="role"'),
        ('name="role"\r\n', 'name="role"\r\nContent-Disposition: form-data; name="file"\r\n'),
        ("\r\n\r\nmain", "\r\nmain"),
        ("main", "m" * 5000),
        ("main", "\udcff"),
        ('name="role"', 'name="' + "r" * 5000 + '"'),
    ],
    ids=["no end", "not ended", "before", "no name", "no form", "twice", "no blank", "long", "no text", "long name"],
)
def test_what_is_no_form_is_refused(old: str, new: str) -> None:
    whole = multipart("a.pdf", b"x", role="main").decode()
    assert old in whole
    body = whole.replace(old, new, 1).encode("utf-8", "surrogateescape")

    with pytest.raises(InvalidInput) as refused:
        read_form(KIND, body)

    assert refused.value.code == "form_malformed"


@pytest.mark.parametrize(
    "kind", ["", "multipart/form-data", "multipart/form-data; boundary=", "text/plain; boundary=a"]
)
def test_without_a_boundary_nothing_is_read(kind: str) -> None:
    with pytest.raises(InvalidInput):
        read_form(kind, multipart("a.pdf", b"x"))


def test_a_form_of_many_parts_is_refused() -> None:
    names = {f"field{number}": "x" for number in range(MOST_PARTS - 1)}
    assert len(read_form(KIND, multipart("a.pdf", b"x", **names)).texts) == MOST_PARTS - 1
    with pytest.raises(InvalidInput):
        read_form(KIND, multipart("a.pdf", b"x", **names, one_more="x"))


HOSTILE = {
    "line ends": b"\r\n" * (BIG // 2),
    "half line ends": b"\n" * BIG,
    "boundaries but for a letter": f"\r\n--{BOUNDARY[:-1]}".encode() * (BIG // 40),
    "boundaries": f"\r\n--{BOUNDARY}\r\n\r\n".encode() * (BIG // 40),
    "heads without an end": f"\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=".encode() + b'"' * BIG,
    "chance": os.urandom(BIG),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_the_largest_form_takes_little_time(what: str) -> None:
    body = multipart("a.pdf", HOSTILE[what])
    assert len(body) <= LARGEST_FORM_WITH_FILE + BIG // 8
    with cpu_within(0.2), suppress(InvalidInput):
        read_form(KIND, body)
