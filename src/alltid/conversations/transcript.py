"""What a conversation looks like to those who read it: facts as items, for each audience."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

from alltid.conversations.events import (
    AgentJoined,
    Author,
    CallbackBooked,
    CallbackCancelled,
    Card,
    Fact,
    HumanRequested,
    MessageSent,
    QueueLeft,
    Rated,
    Reopened,
    Resolved,
    ReturnedToQueue,
    Source,
    Status,
    WrittenAnswerCancelled,
    WrittenAnswerChosen,
)

Audience = Literal["customer", "agent"]
Item = dict[str, Any]
UrlOf = Callable[[str], str]

_STATUS_AFTER: Final[dict[type, Status]] = {
    HumanRequested: Status.WAITING,
    ReturnedToQueue: Status.WAITING,
    QueueLeft: Status.ASSISTANT,
    Reopened: Status.ASSISTANT,
    AgentJoined: Status.AGENT,
    Resolved: Status.RESOLVED,
}


# Facts that say all by their kind.
_PLAIN: Final[dict[type, Item]] = {
    QueueLeft: {"kind": "queue_left"},
    CallbackCancelled: {"kind": "callback_cancelled"},
    WrittenAnswerChosen: {"kind": "written_chosen"},
    WrittenAnswerCancelled: {"kind": "written_cancelled"},
    ReturnedToQueue: {"kind": "returned_to_queue"},
    Reopened: {"kind": "reopened"},
}


def items(facts: Iterable[Fact], audience: Audience, url_of: UrlOf) -> list[Item]:
    """Return what `audience` may see of the facts, in order; `url_of` signs file addresses."""
    shown = (item(fact, audience, url_of) for fact in facts)
    return [each for each in shown if each is not None]


def item(  # noqa: PLR0911  one answer a kind
    fact: Fact, audience: Audience, url_of: UrlOf
) -> Item | None:
    """Return one fact as an item, or None where it is nothing to look at."""
    event = fact.event
    shown: Item = {"version": fact.version, "at": fact.at.isoformat()}
    match event:
        case MessageSent():
            return shown | _message(event, audience, url_of)
        case HumanRequested():
            return shown | {"kind": "human_requested"} | _requested(event, audience)
        case CallbackBooked():
            return shown | {"kind": "callback_booked", "callback_at": event.at.isoformat()}
        case AgentJoined():
            return shown | {"kind": "agent_joined", "name": event.name}
        case Resolved():
            return shown | {"kind": "resolved", "by": event.name} | _wrap_up(event, audience)
        case Rated():
            return shown | _rating(event, audience)
        case _:
            plain = _PLAIN.get(type(event))
            return None if plain is None else shown | plain


def status_after(facts: Iterable[Fact]) -> tuple[Status, str | None] | None:
    """Return the last status that the facts lead to, with the agent's name if one joined.

    None when they change nothing about who is answering.
    """
    found: tuple[Status, str | None] | None = None
    for fact in facts:
        status = _STATUS_AFTER.get(type(fact.event))
        if status is not None:
            event = fact.event
            found = status, event.name if isinstance(event, AgentJoined) else None
    return found


def _message(event: MessageSent, audience: Audience, url_of: UrlOf) -> Item:
    shown: Item = {
        "kind": "message",
        "author": event.author.value,
        "name": event.author_name,
        "text": event.text,
    }
    if event.client_id is not None and event.author.value == audience:
        shown["client_id"] = event.client_id
    if event.attachments:
        shown["attachments"] = [
            {
                "id": each.id,
                "name": each.name,
                "media_type": each.media_type,
                "size_bytes": each.size,
                "url": url_of(each.id),
            }
            for each in event.attachments
        ]
    if event.sources:
        shown["sources"] = [_source(each) for each in event.sources]
    if event.card is not None:
        shown["card"] = _card(event.card)
    if event.chosen is not None:
        shown["chosen"] = {"card": event.chosen.card, "choice": event.chosen.choice}
    if event.author is Author.ASSISTANT and event.offers_human:
        shown["offer_human"] = True
    return shown


def _source(source: Source) -> Item:
    shown = {"title": source.title, "url": source.url}
    return shown if source.date is None else shown | {"date": source.date}


def _card(card: Card) -> Item:
    # Which action it is, is between the assistant and its record.
    return {
        "kind": card.kind,
        "title": card.title,
        "lines": [{"label": label, "value": value} for label, value in card.lines],
        "choices": [
            {"id": each.id, "label": each.label, "style": each.style} for each in card.choices
        ],
    }


def _requested(event: HumanRequested, audience: Audience) -> Item:
    shown: Item = {"how": event.how.value}
    # Why it was handed over is for colleagues; the customer was told in words.
    if event.because is not None and audience == "agent":
        shown["because"] = event.because
    return shown


def _wrap_up(event: Resolved, audience: Audience) -> Item:
    # The note is for colleagues.
    return {"reason": event.reason.value, "note": event.note} if audience == "agent" else {}


def _rating(event: Rated, audience: Audience) -> Item:
    shown = {"kind": "rated", "score": event.score, "solved": event.solved}
    return shown | {"comment": event.comment} if audience == "agent" else shown
