"""Numbers with check digits or rules of their own: accounts, phones, addresses, references."""

from collections.abc import Iterator

from alltid.assistant.understanding.entities.entity import Entity, EntityKind
from alltid.conversations.masking_numbers import EMAIL


def emails(text: str) -> Iterator[Entity]:
    """E-mail addresses."""
    for match in EMAIL.finditer(text):
        yield Entity(EntityKind.EMAIL, match[0], match.start(), match.end(), match[0].lower())
