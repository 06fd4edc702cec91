"""What an entity is: a value that a customer named, and where. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class EntityKind(StrEnum):
    """What was named, and what its value is."""

    MONEY = "money"
    """`Amount`."""
    DATE = "date"
    """ISO 8601, a real day."""
    DAYS = "days"
    """A number of days; "two weeks" are 14."""
    MONTHS = "months"
    PARTS = "parts"
    """A number of instalments."""
    NUMBER = "number"
    """A whole number with nothing that says of what."""
    REFERENCE = "reference"
    """An order's or invoice's number, in capitals without spaces."""
    IBAN = "iban"
    """Without spaces, check digits right."""
    PHONE = "phone"
    """E.164, possible in its country."""
    EMAIL = "email"
    """In lower case."""
    POSTAL_CODE = "postal_code"


@dataclass(frozen=True, slots=True)
class Amount:
    """Money as it was named."""

    minor: int
    """Hundredths where no currency was named, else its own minor units."""
    currency: str | None
    """ISO 4217, None when none was named."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A value that a customer named: characters ``text[start:end]`` of the message."""

    kind: EntityKind
    text: str
    start: int
    end: int
    value: str | int | Amount
