"""Money in whole minor units (öre, cents, fils) of one currency. No floats, anywhere.

How many decimals a currency has is ISO 4217's word. Whoever divides names the rounding; what
agents earn is rounded up, once a session.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from alltid.kernel.refusal import Refused

_NONE: Final = "CLP ISK JPY KRW PYG UGX VND XAF XOF XPF"
_TWO: Final = (
    "AED ALL AMD ARS AUD AZN BAM BDT BGN BRL CAD CHF CNY COP CRC CZK DKK DOP EGP EUR GBP GEL GHS "
    "HKD HUF IDR ILS INR KES KZT LKR MAD MDL MKD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD "
    "SAR SEK SGD THB TRY TWD TZS UAH USD UYU UZS ZAR"
)
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"

CURRENCIES: Final[Mapping[str, int]] = MappingProxyType(
    {
        code: decimals
        for decimals, codes in ((0, _NONE), (2, _TWO), (3, _THREE))
        for code in codes.split()
    }
)
"""The currencies that can be paid in, each with its decimals."""

_WRITTEN: Final = re.compile(r"(-?)([0-9]{1,16})(?:\.([0-9]{1,3}))?")


class Rounding(StrEnum):
    """What happens to the part of a minor unit that nobody can be paid."""

    UP = "up"
    """To the next whole unit above: what an agent earns."""
    DOWN = "down"
    """To the next whole unit below: what may be taken from a budget."""
    HALF_EVEN = "half_even"
    """To the nearest, halves to the even one: figures that are only shown."""


def rounded(exact: Fraction, rounding: Rounding) -> int:
    """Return `exact` minor units as a whole number of them."""
    if rounding is Rounding.UP:
        return -(-exact.numerator // exact.denominator)
    if rounding is Rounding.DOWN:
        return exact.numerator // exact.denominator
    return round(exact)


def decimals_of(currency: str) -> int:
    """Return how many decimals a currency has; Refused when it isn't one we can pay in."""
    try:
        return CURRENCIES[currency]
    except KeyError:
        known = "a currency's code has three capital letters, such as SEK"
        raise Refused("unknown_currency", f"{currency!r} can't be paid in: {known}.") from None


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount: `minor` whole minor units of `currency`."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is no whole number, and a currency that is none."""
        if type(self.minor) is not int:
            raise TypeError(f"money is counted in whole minor units, not {self.minor!r}")
        decimals_of(self.currency)

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency."""
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Take away an amount of the same currency."""
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        """Return the amount in the other direction."""
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        """Return the amount for people and files: `-1234.50 SEK`."""
        return f"{written(self.minor, self.currency)} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise Refused("mixed_currencies", f"{self.currency} and {other.currency} don't add up.")
        return other.minor


def written(minor: int, currency: str) -> str:
    """Return minor units as a decimal number with the currency's decimals: `-1234.50`."""
    decimals = decimals_of(currency)
    digits = f"{abs(minor):0{decimals + 1}d}"
    whole, part = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    return f"{'-' if minor < 0 else ''}{whole}{'.' if part else ''}{part}"


def read(text: str, currency: str) -> Money:
    """Read a decimal number as people and files write it; Refused for anything else.

    More decimals than the currency has are refused and never rounded.
    """
    decimals = decimals_of(currency)
    match = _WRITTEN.fullmatch(text.strip())
    part = (match[3] or "") if match else ""
    if match is None or len(part) > decimals:
        raise Refused("not_an_amount", f"{text!r} is no amount of {currency}.")
    minor = int(match[2]) * 10**decimals + int(part.ljust(decimals, "0") or 0)
    return Money(-minor if match[1] else minor, currency)
