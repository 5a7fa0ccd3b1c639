"""Whatever comes along with a code or hash when people copy it, it is read; two hashes are not chosen between."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.evidence.as_typed import LONGEST_TYPED, read_code, read_sha256
from tests.builders import a_notice

CODE = a_notice().verification_code
BARE = CODE.replace("-", "")
WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in CODE)
HASH = "c0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
OTHER = "1" * 64
PAIRS = " ".join(HASH[place : place + 2] for place in range(0, 64, 2))


@pytest.mark.parametrize(
    "sign", ["\u2010", "\u2011", "\u2013", "\u2014", "\u2212", "\u00ad", ".", "_", "/", " - ", "\u200b", "\u00a0"]
)
def test_any_sign_may_stand_between_the_parts_of_a_code(sign: str) -> None:
    assert read_code(CODE.replace("-", sign)) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        f"{CODE}.",
        f"«{CODE}»",
        WIDE,
        WIDE.lower(),
        f"\ufeff{CODE}\u200e",
        f"Código: {CODE}",
        f"codigo {CODE}",
        f"Código de verificación: {BARE.lower()}.",
        f"Co\u0301digo de verificacio\u0301n {CODE}",
        f"https://casilla.example.pe/verificar/{CODE}",
        f"https://casilla.example.pe/verificar/{CODE}.",
        f"casilla.example.pe/Verificar/{CODE}?sha256={HASH}#a",
        f"https://casilla.example.pe/verificar?sha256={HASH}&code={CODE}",
        f"Verifíquela en https://casilla.example.pe/verificar/{CODE} hoy",
        f"https://casilla.example.pe/verificar/{CODE.replace('-', '%E2%80%93')}",
    ],
)
def test_a_code_is_read_however_it_was_copied(typed: str) -> None:
    assert read_code(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", "código:", f"{CODE}2", CODE[:-1], f"{CODE} {CODE}", CODE + " " * LONGEST_TYPED, "\ufdfa" * 2000]
)
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_code(typed)
    assert (refused.value.code, refused.value.field) == ("code_invalid", "code")


@pytest.mark.parametrize(
    "pasted",
    [
        HASH.upper(),
        PAIRS,
        PAIRS.replace(" ", ":").upper(),
        f"SHA256 hash of constancia.pdf:\r\n{HASH}\r\nCertUtil: -hashfile command completed successfully.\r\n",
        f"SHA256 hash of constancia.pdf:{HASH}CertUtil: -hashfile command completed successfully.",
        f"SHA256 hash de archivo ab:\n{PAIRS}\nCertUtil: -hashfile comando completado correctamente.",
        f"SHA256 hash de archivo ab: {PAIRS} CertUtil: -hashfile comando completado correctamente.",
        f"Algorithm  Hash  Path\n---------  ----  ----\nSHA256  {HASH.upper()}  C:\\a b.pdf",
        f"Algorithm       Hash       Path---------       ----       ----SHA256          {HASH.upper()}       C:\\a.pdf",
        f"SHA256          {HASH.upper()}       C:\\Users\\a\\constancia.pdf",
        f"Algorithm : SHA256\nHash      : {HASH.upper()}\nPath      : C:\\a.pdf",
        f"SHA2-256(constancia.pdf)= {HASH}",
        f"SHA256 (constancia.pdf) = {HASH}",
        f"{HASH} *constancia.pdf",
        f"{HASH}  {OTHER}.pdf",
        f"{HASH}\n{HASH}",
        f"sha256:{HASH}.",
    ],
)
def test_a_hash_is_picked_out_of_what_a_program_printed(pasted: str) -> None:
    assert read_sha256(pasted) == HASH


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("", "no está completo"),
        (HASH[:-1], "no está completo"),
        (f"{HASH}0", "no está completo"),
        (f"SHA512 {HASH}{OTHER}", "no está completo"),
        (HASH + " " * LONGEST_TYPED, "no está completo"),
        (f"uno: {HASH}\notro: {OTHER}", "más de un SHA-256"),
    ],
)
def test_what_is_no_hash_or_two_is_refused_in_words(pasted: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_sha256(pasted)
    assert told in refused.value.detail
    assert (refused.value.code, refused.value.field) == ("sha256_malformed", "sha256")
