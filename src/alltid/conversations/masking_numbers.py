"""What personal numbers look like: patterns, and the check digits that they have. Pure.

Patterns are for texts in lower case with plain digits, spaces and dashes. Every repetition in
them is bounded, so the longest message takes a millisecond or two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from stdnum import iban, luhn
from stdnum.be import nn
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.es import ccc, dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.no import fodselsnummer, kontonr
from stdnum.pl import pesel
from stdnum.us import ssn


@dataclass(frozen=True, slots=True)
class Shape:
    """How a number looks. `sure`: whatever is said around it; `needs_word`: only with a word.

    `trims`: what doesn't pass the check may without its last groups, which are another number's.
    """

    pattern: re.Pattern[str]
    check: Callable[[str], bool] = lambda _number: True
    sure: bool = False
    trims: bool = False
    needs_word: bool = False


def _pattern(body: str) -> re.Pattern[str]:
    """A number that stands alone: no letter, digit, or digit after a sign on either side."""
    return re.compile(rf"(?<![\w@#])(?<!\d[.,:/\-])(?:{body})(?![\w@])(?![.,:/\-]\d)")


def _with(module: Any) -> Callable[[str], bool]:
    return lambda number: bool(module.is_valid(number.upper()))


EMAIL: Final = re.compile(
    r"(?<![\w.+\-])[\w.+%'\-]{1,64}(?:@|\s?[(\[]\s?at\s?[)\]]\s?)"
    r"[\w\-]{1,63}(?:(?:\.|\s?[(\[]\s?dot\s?[)\]]\s?)[\w\-]{1,63}){1,5}"
)

IBAN: Final = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?=[ \-]?\w)")
_LENGTHS_OF_COUNTRIES: Final = """
    AD24 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FO18 FR27 GB22 GI23 GL18 GR27 HR21
    HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MT31 NL18 NO15 PL28 PT25 RO24 SE24 SI19 SK24 SM27
    TR26 UA29 AL28 BA20 ME22 MK19 RS22 XK20 AE23 IL23 SA24
"""
_IBAN_LENGTHS: Final[Mapping[str, int]] = {
    pair[:2]: int(pair[2:]) for pair in _LENGTHS_OF_COUNTRIES.split()
}
_IBAN_DIGITS_LEAST: Final = 10


def iban_end(text: str, start: int) -> int | None:
    """Return where the IBAN that begins at `start` ends, or None if it is none.

    One with a slip in it (the check digits don't fit) is still somebody's account.
    """
    wanted = _IBAN_LENGTHS.get(text[start : start + 2].upper())
    if wanted is None:
        return None
    taken, at, gap = "", start, False
    while len(taken) < wanted and at < len(text):
        each = text[at]
        if each.isascii() and each.isalnum():
            taken, gap = taken + each, False
        elif each in " -" and not gap:
            gap = True
        else:
            return None
        at += 1
    if len(taken) < wanted:
        return None
    alone = at == len(text) or not text[at].isalnum()
    if iban.is_valid(taken) or (alone and sum(map(str.isdigit, taken)) >= _IBAN_DIGITS_LEAST):
        return at
    return None


CARD: Final = _pattern(r"\d{4}(?:[ \-]?\d{2,7}){2,4}")
_CARD_LENGTHS: Final = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[0-9]|6"), {16, 18, 19}),
    (re.compile(r"2[2-7]"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"3[0689]"), {14}),
    (re.compile(r"35"), {16}),
)


def is_card(number: str) -> bool:
    """Tell whether a number is one of the card networks', by its beginning and check digit."""
    digits = _digits(number)
    known = any(start.match(digits) and len(digits) in fits for start, fits in _CARD_LENGTHS)
    return known and luhn.is_valid(digits)


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))


def _is_swedish(number: str) -> bool:
    """A personal or coordination number (the day plus 60), by its date and check digit."""
    digits = _digits(number)[-10:]
    month, day = int(digits[2:4]), int(digits[4:6])
    if not (1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91)):  # noqa: PLR2004  a calendar
        return False
    return bool(luhn.is_valid(digits))


def _is_danish(number: str) -> bool:
    digits = _digits(number)
    return 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12  # noqa: PLR2004  a calendar


IDENTITIES: Final = (
    Shape(_pattern(r"(?:(?:18|19|20)\d{2}|\d{2})\d{4}[-+]\d{4}"), _is_swedish, sure=True),
    Shape(_pattern(r"(?:19|20)\d{6}[ ]?\d{4}"), _is_swedish),
    Shape(_pattern(r"\d{6}[ ]?\d{4}"), _is_swedish),
    Shape(_pattern(r"\d{6}-\d{4}"), _is_danish, needs_word=True),
    Shape(_pattern(r"\d{6} ?\d{5}"), _with(fodselsnummer)),
    Shape(_pattern(r"\d{6}[-+a-fu-y]\d{3}[0-9a-y]"), _with(hetu), sure=True),
    Shape(_pattern(r"[a-z]{6}[\dlmnpqrstuv]{2}[a-ehlmprst][\dlmnpqrstuv]{2}[a-z][\dlmnpqrstuv]{3}[a-z]"),
          lambda number: any(map(str.isdigit, number)) and _with(codicefiscale)(number), sure=True),
    Shape(_pattern(r"[a-z]{6}\d{2}[a-ehlmprst]\d{2}[a-z]\d{3}[a-z]"), sure=True),
    Shape(_pattern(r"\d{2}[.]?\d{3}[.]?\d{3}[- ]?[a-hj-np-tv-z]"),
          lambda number: bool(dni.is_valid(number.replace(".", "")))),
    Shape(_pattern(r"[xyz][- ]?\d{7}[- ]?[a-hj-np-tv-z]"), _with(nie)),
    Shape(_pattern(r"[a-ceghj-prstw-z][a-ceghj-nprstw-z] ?\d{2} ?\d{2} ?\d{2} ?[a-d]")),
    Shape(_pattern(r"\d{3}-\d{2}-\d{4}"), _with(ssn), sure=True),
    Shape(_pattern(r"[12] ?\d{2} ?\d{2} ?\d[\dab] ?\d{3} ?\d{3} ?\d{2}"), _with(nir)),
    Shape(_pattern(r"\d{2}[.]\d{2}[.]\d{2}-\d{3}[.]\d{2}"), _with(nn), sure=True),
    Shape(_pattern(r"756[.]?\d{4}[.]?\d{4}[.]?\d{2}"), _with(ahv)),
    Shape(_pattern(r"\d{11}"), _with(pesel)),
    Shape(_pattern(r"\d{2} ?\d{3} ?\d{3} ?\d{3}"), _with(idnr), needs_word=True),
    Shape(_pattern(r"\d{9}"), _with(bsn), needs_word=True),
)  # fmt: skip
# Whatever is called an identity number, a passport or a licence: mostly digits.
NAMED_IDENTITY: Final = _pattern(r"(?=(?:[a-z\- ]{0,3}\d){4})[a-z\d][a-z\d\-]{5,19}")

_MONTHS: Final = """
    januari februari mars jan feb mar apr may jun jul aug sep oct nov dec maj okt mär mai dez gen
    mag giu lug ago set ott dic ene abr
"""
_NAMED_MONTH: Final = "|".join(_MONTHS.split())


BIRTH_DATES: Final = (
    Shape(_pattern(r"(?:19|20)\d{2}[-./ ]\d{1,2}[-./ ]\d{1,2}")),
    Shape(_pattern(r"\d{1,2}[-./ ]\s?\d{1,2}[-./ ]\s?(?:19|20)?\d{2}")),
    Shape(_pattern(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d|\d{2}(?:0[1-9]|1[0-2])[0-3]\d")),
    Shape(
        _pattern(
            rf"\d{{1,2}}(?:st|nd|rd|th|[.º])?\s?(?:of |de |den |di )?(?:{_NAMED_MONTH})"
            r"[^\W\d_]{0,7}[.,]?\s?(?:de |del )?(?:19|20)\d{2}"
        )
    ),
    Shape(
        _pattern(
            rf"(?:{_NAMED_MONTH})[^\W\d_]{{0,7}} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}}"
        )
    ),
)  # fmt: skip


def _is_sort_code(number: str) -> bool:
    return len(_digits(number)) == 14  # noqa: PLR2004  six of the branch, eight of the account


_ACCOUNT_DIGITS_LEAST: Final = 6


def _is_account(number: str) -> bool:
    return len(_digits(number)) >= _ACCOUNT_DIGITS_LEAST and not _is_date(number)


ACCOUNTS: Final = (
    Shape(_pattern(r"\d{2}-\d{2}-\d{2}[ ,/]{1,3}\d{8}"), _is_sort_code),
    Shape(_pattern(r"\d{4}[. ]\d{2}[. ]\d{5}"), _with(kontonr)),
    Shape(_pattern(r"\d{4}[- ]?\d{4}[- ]?\d{2}[- ]?\d{10}"), _with(ccc)),
    Shape(_pattern(r"\d{2,5}(?:[- .,]{1,2}\d{1,10}){1,5}|\d{6,17}"),
          _is_account, needs_word=True),
)  # fmt: skip

_DATE: Final = re.compile(
    r"\d{1,2}[./\- ]\d{1,2}[./\- ](?:19|20)?\d{2}|(?:19|20)\d{2}[./\- ]\d{1,2}[./\- ]\d{1,2}"
)
_HOURS: Final = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d ?- ?(?:[01]\d|2[0-4])[0-5]\d")


def _is_date(number: str) -> bool:
    return bool(_DATE.fullmatch(number) or _HOURS.fullmatch(number))


def _is_phone(least: int, most: int = 15) -> Callable[[str], bool]:
    return lambda number: least <= len(_digits(number)) <= most and not _is_date(number)


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False


def _is_american(number: str) -> bool:
    return not _is_day(_digits(number)[:4], _digits(number)[4:6], _digits(number)[6:8])


_GAP: Final = r"[ \-./]{0,2}"


def _abroad(sign: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w+]){sign} ?[1-9]\d{{0,2}}{_GAP}(?:\(\d{{1,4}}\){_GAP})?\d{{1,5}}"
        rf"(?:{_GAP}\d{{1,5}}){{1,6}}(?!\w)"
    )


PHONES: Final = (
    # With the country: +46 70 123 45 67, 0046 (0)70-123 45 67.
    Shape(_abroad(r"\+"), _is_phone(8), sure=True, trims=True),
    Shape(_abroad("00"), _is_phone(10), trims=True),
    # In the country, with its 0 and in small groups, as nobody writes an invoice's number.
    Shape(
        _pattern(r"\(?0[1-9]\d{0,3}\)?(?: ?[-/] ?| )\d{2,3}(?: \d{2,3}){1,4}"),
        _is_phone(8, 13),
        sure=True,
    ),
    # In the country, with its 0: 070-123 45 67, 0151 23456789, 02 1234 5678.
    Shape(_pattern(r"\(?0[1-9]\d{0,4}\)? ?[-/ ] ?\d{2,8}(?:[ \-]\d{2,8}){0,4}"), _is_phone(8, 13)),
    Shape(_pattern(r"0[1-9](?:[.]\d{2}){4}")),
    Shape(_pattern(r"0[1-9]\d{7,10}"), _is_phone(9, 12)),
    # Without a 0: Spain, Italy, North America; grouped as people write phone numbers.
    Shape(_pattern(r"[679]\d{2}[ \-.]\d{3}[ \-.]\d{3}|[679]\d{2}(?:[ \-.]\d{2}){3}")),
    Shape(_pattern(r"3\d{2}[ \-./]\d{3}[ \-.]?\d{3,4}|3\d{2}[ \-./]\d{2}[ \-.]\d{2}[ \-.]\d{3}")),
    Shape(_pattern(r"(?:1[ \-.])?\(?[2-9]\d{2}\)?[ \-.]{1,2}[2-9]\d{2}[ \-.]\d{4}"), _is_american),
    Shape(_pattern(r"\d{8,12}|\d{2,4}(?:[ \-]\d{2,4}){2,4}"), _is_phone(7, 12), needs_word=True),
)  # fmt: skip
