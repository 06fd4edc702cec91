"""Vouchers for the bookkeeper: a SIE file of type 4I (format 4C, as the SIE group wrote it). Pure.

The characters are CP437 ("PC8"), lines end with CR LF, amounts come from whole minor units and
every voucher adds up to zero.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from alltid.kernel.money import decimals_of, written
from alltid.kernel.refusal import Refused

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]+")
_DECIMALS_MOST: Final = 2


@dataclass(frozen=True, slots=True)
class Voucher:
    """An entry of the books: its number, day, text and (account number, amount) rows."""

    number: int
    booked_on: date
    text: str
    rows: tuple[tuple[int, int], ...]
    recorded_on: date


@dataclass(frozen=True, slots=True)
class SieHead:
    """What the file says of itself; `basis` is what its amounts are."""

    company: str
    program_version: str
    written_on: date
    currency: str
    basis: str
    series: str = "A"


def sie_head(head: SieHead, accounts: Mapping[int, str]) -> Iterator[bytes]:
    """Yield the lines that the file begins with; `accounts` are the names of account numbers.

    Refused for currencies with three decimals: they have no place in the format.
    """
    if decimals_of(head.currency) > _DECIMALS_MOST:
        raise Refused("no_sie", f"SIE knows two decimals, and {head.currency} has more.")
    yield _line("#FLAGGA", 0)
    yield _line("#PROGRAM", _quoted("Alltid"), _quoted(head.program_version))
    yield _line("#FORMAT", "PC8")
    yield _line("#GEN", _day(head.written_on))
    yield _line("#SIETYP", 4)
    yield _line("#PROSA", _quoted(f"Basis: {head.basis}"))
    yield _line("#FNAMN", _quoted(head.company))
    yield _line("#VALUTA", head.currency)
    for number, name in sorted(accounts.items()):
        yield _line("#KONTO", number, _quoted(name))


def sie_voucher(head: SieHead, accounts: Mapping[int, str], voucher: Voucher) -> Iterator[bytes]:
    """Yield the lines of a voucher; Refused when it doesn't add up."""
    if sum(minor for _, minor in voucher.rows) != 0:
        raise Refused("unbalanced", f"Voucher {voucher.number} does not add up to zero.")
    if missing := {number for number, _ in voucher.rows} - accounts.keys():
        raise Refused("unknown_account", f"The account {min(missing)} has no name.")
    day, text = _day(voucher.booked_on), _quoted(voucher.text)
    recorded = _day(voucher.recorded_on)
    yield _line("#VER", _quoted(head.series), voucher.number, day, text, recorded)
    yield _line("{")
    for number, minor in voucher.rows:
        yield _line("   #TRANS", number, "{}", written(minor, head.currency))
    yield _line("}")


def _line(*fields: object) -> bytes:
    return " ".join(str(field) for field in fields).encode("cp437") + b"\r\n"


def _quoted(text: str) -> str:
    """Put text in quotation marks, in the characters that CP437 has."""
    plain = "".join(_in_cp437(sign) for sign in _UNPRINTABLE.sub(" ", text))
    return '"' + plain.replace("\\", "/").replace('"', '\\"') + '"'


def _in_cp437(sign: str) -> str:
    """Return the character, its letter without the accent, or a question mark."""
    for form in (sign, unicodedata.normalize("NFKD", sign)[:1]):
        try:
            form.encode("cp437")
        except UnicodeEncodeError:
            continue
        return form
    return "?"


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")
