"""P8 as predicates: what goes to an agent is masked, and each unmasking was theirs to do. Pure.

Each returns None when the promise was kept, else one sentence that says what broke; it never
contains a person's words.
"""

from __future__ import annotations

from collections.abc import Iterable

from alltid.conversations.concealed import texts_shown
from alltid.conversations.events import Status
from alltid.conversations.masking import personal_data
from alltid.conversations.state import Conversation
from alltid.conversations.transcript import Item


def shown_masked(items: Iterable[Item], reader_name: str | None = None) -> str | None:
    """What an agent's page is sent shows no personal data but what they wrote themselves."""
    for text in texts_shown(items, reader_name):
        for span in personal_data(text):
            return f"An agent's page was sent a customer's {span.kind.replace('_', ' ')}."
    return None


def unmasking_kept(state: Conversation, *, by: str, as_lead: bool) -> str | None:
    """An agent unmasked only what was in hand; `state` is the conversation's at that moment."""
    if as_lead or (state.status is Status.AGENT and state.agent_id == by):
        return None
    return "An agent unmasked personal data of a conversation that was not in their hands."
