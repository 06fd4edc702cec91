"""Bank accounts that pay can go to: IBAN, and Swedish clearing and account numbers. Pure.

IBANs are judged by python-stdnum (length and check digits, and the country's own rules where it
has them). Swedish numbers follow Bankgirot's published structure: type 1 has seven digits and a
check digit by modulus 11 over clearing and account number (comment 1 leaves out the clearing
number's first digit); type 2 has nine or ten digits, or fewer for Plusgirot, and a check digit by
modulus 10, or 11 for Handelsbanken, over the account number alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from stdnum import iban
from stdnum.exceptions import ValidationError

from alltid.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Iban:
    """An account by its IBAN, without spaces."""

    number: str


@dataclass(frozen=True, slots=True)
class SwedishAccount:
    """A Swedish account; `clearing` has four digits.

    `checked` is false where the bank has accounts that follow no check digit (Swedbank).
    """

    clearing: str
    number: str
    bank: str
    checked: bool = True


BankAccount = Iban | SwedishAccount


class _Range(NamedTuple):
    first: int
    last: int
    bank: str
    check: str
    shortest: int
    longest: int


# What is checked: "11s" modulus 11 without the first digit of the clearing number, "11c" with it,
# "11" over the account number alone, "10" modulus 10, "10?" the same with known exceptions.
_TYPE_1: Final = """
1100-1199 Nordea 11s
1200-1399 Danske Bank 11s
1400-2099 Nordea 11s
2300-2399 Ålandsbanken 11c
2400-2499 Danske Bank 11s
3000-3299 Nordea 11s
3301-3399 Nordea 11s
3400-3409 Länsförsäkringar Bank 11s
3410-3781 Nordea 11s
3783-3999 Nordea 11s
4000-4999 Nordea 11c
5000-5999 SEB 11s
7000-7999 Swedbank 11s
9020-9029 Länsförsäkringar Bank 11c
9040-9049 Citibank 11c
9060-9069 Länsförsäkringar Bank 11s
9070-9079 Multitude Bank 11s
9100-9109 Nordnet Bank 11c
9120-9124 SEB 11s
9130-9149 SEB 11s
9150-9169 Skandiabanken 11c
9170-9179 IKANO Bank 11s
9190-9199 DNB Bank 11c
9230-9239 Marginalen Bank 11s
9250-9259 SBAB 11s
9260-9269 DNB Bank 11c
9270-9279 ICA Banken 11s
9280-9289 Resurs Bank 11s
9390-9399 Landshypotek 11c
9400-9449 Forex Bank 11s
9460-9469 Santander Consumer Bank 11s
9470-9479 BNP Paribas 11c
9550-9569 Avanza Bank 11c
9580-9589 Aion Bank 11s
9590-9599 Erik Penser 11c
9630-9639 Lån & Spar Bank 11s
9640-9649 NOBA Bank 11c
9650-9659 MedMera Bank 11c
9660-9669 Svea Bank 11c
9670-9679 JAK Medlemsbank 11c
9680-9689 BlueStep Finans 11s
9700-9709 Ekobanken 11c
9710-9719 Lunar Bank 11c
9750-9759 Northmill Bank 11c
9780-9789 Klarna Bank 11c
9880-9889 Riksgälden 11c
"""
_TYPE_2: Final = """
3300-3300 Nordea 10 10-10
3782-3782 Nordea 10 10-10
6000-6999 Handelsbanken 11 8-9
8000-8999 Swedbank 10? 6-10
9180-9189 Danske Bank 10 10-10
9300-9349 Swedbank 10 10-10
9500-9549 Nordea Plusgirot 10 2-10
9570-9579 Sparbanken Syd 10 10-10
9890-9899 Riksgälden 10 10-10
9960-9969 Nordea Plusgirot 10 2-10
"""
_TYPE_1_DIGITS: Final = 7
_SWEDBANK_CLEARING: Final = 5


def _ranges() -> list[_Range]:
    found = []
    for line in (_TYPE_1 + _TYPE_2).strip().splitlines():
        if not line:
            continue
        series, *words = line.split()
        first, last = series.split("-")
        shortest = longest = str(_TYPE_1_DIGITS)
        if "-" in words[-1]:
            shortest, longest = words.pop().split("-")
        check = words.pop()
        bank = " ".join(words)
        found.append(_Range(int(first), int(last), bank, check, int(shortest), int(longest)))
    return found


RANGES: Final = tuple(_ranges())


def iban_account(text: str) -> Iban:
    """Read an IBAN; Refused when it is none."""
    try:
        return Iban(iban.validate(text))
    except ValidationError:
        raise Refused("bad_iban", "This is no IBAN: a digit is wrong or missing.") from None


def swedish_account(clearing: str, number: str) -> SwedishAccount:
    """Read a Swedish account; blanks, dots and hyphens don't matter. Refused when it is none.

    A fifth digit of a Swedbank clearing number is checked and left out.
    """
    clearing, number = re.sub(r"[\s.\-]", "", clearing), re.sub(r"[\s.\-]", "", number)
    if not re.fullmatch(r"[0-9]{4,5}", clearing) or not re.fullmatch(r"[0-9]{2,10}", number):
        raise Refused("bad_account", "Clearing and account number consist of digits.")
    if len(clearing) == _SWEDBANK_CLEARING:
        if not clearing.startswith("8") or not _modulus_10(clearing):
            raise Refused("bad_clearing", f"{clearing} is no clearing number.")
        clearing = clearing[:4]
    found = [each for each in RANGES if each.first <= int(clearing) <= each.last]
    if not found:
        raise Refused("bad_clearing", f"No bank that we know has the clearing number {clearing}.")
    of = found[0]
    if not of.shortest <= len(number) <= of.longest:
        digits = f"{of.shortest} to {of.longest}" if of.shortest < of.longest else of.longest
        raise Refused("bad_account", f"An account number of {of.bank} has {digits} digits.")
    good = _is_right(of.check, clearing, number)
    if not good and of.check != "10?":
        raise Refused("bad_account", f"A digit of this account number of {of.bank} is wrong.")
    return SwedishAccount(clearing, number, of.bank, good)


def _is_right(check: str, clearing: str, number: str) -> bool:
    if check.startswith("10"):
        return _modulus_10(number)
    return _modulus_11({"11s": clearing[1:], "11c": clearing, "11": ""}[check] + number)


def _modulus_10(digits: str) -> bool:
    values = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in values) % 10 == 0


def _modulus_11(digits: str) -> bool:
    """Weigh by 1 to 10 from the right, and from 1 again."""
    weighed = (int(digit) * (1 + place % 10) for place, digit in enumerate(reversed(digits)))
    return sum(weighed) % 11 == 0
