"""The promises P5 and P9 as predicates over what the assistant did and said. Pure.

Each returns None when the promise was kept, else one sentence that says what broke; it never
contains a person's words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alltid.conversations.events import Author, MessageSent

NAMES: Final = {"P5": "Only your own", "P9": "Explained"}


@dataclass(frozen=True, slots=True)
class BegunAction:
    """An action that was begun, beside what the log says of its conversation.

    `acted_for` is (issuer, subject) in the ledger of actions, `customer` the same of whoever the
    conversation belongs to (None for a guest), `confirmation` the message that is said to have
    confirmed it (None where there is none), `twins` how many other actions with the same hash
    that message has begun.
    """

    acted_for: tuple[str, str]
    customer: tuple[str, str] | None
    confirmation: MessageSent | None
    confirmed_at: datetime | None
    begun_at: datetime
    twins: int


def only_your_own(action: BegunAction) -> str | None:
    """P5: as the signed-in customer, after that customer's word, and once."""
    if action.customer is None:
        return "An action was begun in the conversation of somebody who isn't signed in."
    if action.acted_for != action.customer:
        return "An action was begun for somebody else than the conversation's customer."
    if action.confirmation is None or action.confirmation.author is not Author.CUSTOMER:
        return "An action was begun that no message of the customer confirmed."
    if action.confirmed_at is None or action.begun_at < action.confirmed_at:
        return "An action was begun before the customer confirmed it."
    if action.twins:
        return "The same confirmation began the same action more than once."
    return None


def explained(message: MessageSent, *, recorded: bool) -> str | None:
    """P9: an answer of the assistant that states or does something has its record.

    The sentence that stands in when answering itself has failed states nothing and has none.
    """
    if message.author is not Author.ASSISTANT or message.in_reply_to is None:
        return None
    if message.trace_id is None:
        if message.sources or message.card is not None:
            return "An answer of the assistant has no record of how it came about."
        return None
    return None if recorded else "The record of an answer of the assistant is missing."
