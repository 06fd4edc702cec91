"""Items as agents and leads see them: personal data masked, muted words left out (P8). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from alltid.conversations.events import Author, Fact, MessageSent, Rated, Resolved
from alltid.conversations.masking import Kind, Masked, mask, personal_data
from alltid.conversations.transcript import Item, UrlOf, item

_TEXTS: Final = ("text", "note", "comment")


def items_for_agent(
    facts: Iterable[Fact], url_of: UrlOf, *, reader_id: str, muted_after: int | None = None
) -> list[Item]:
    """Return what an agent or lead may see of the facts, in order.

    Whoever wrote a message sees it as they wrote it. `muted_after` is the last version whose
    customer's words are shown, while a block awaits its review.
    """
    shown = []
    for fact in facts:
        whole = item(fact, "agent", url_of)
        if whole is None:
            continue
        if muted_after is not None and fact.version > muted_after and _by_customer(fact):
            shown.append(_muted(whole))
        elif _wrote(fact, reader_id):
            shown.append(whole)
        else:
            shown.append(_conceal(whole))
    return shown


def value_at(fact: Fact, index: int) -> tuple[Kind, str] | None:
    """Return the kind and the value of a fact's mask of this number, or None."""
    found = [
        (span.kind, text[span.start : span.end])
        for text in _texts_of(fact)
        for span in personal_data(text)
    ]
    return found[index] if 0 <= index < len(found) else None


def texts_shown(items: Iterable[Item], own_name: str | None = None) -> Iterator[str]:
    """Yield every text of items that others wrote: what P8 looks at."""
    for each in items:
        if own_name is not None and each.get("author") == "agent" and each["name"] == own_name:
            continue
        yield from (each[name] for name in _TEXTS if each.get(name))
        yield from (file["name"] for file in each.get("attachments", ()))
        yield from (line["value"] for line in each.get("card", {}).get("lines", ()))


def _texts_of(fact: Fact) -> tuple[str, ...]:
    # In the order in which `_conceal` numbers them.
    match fact.event:
        case MessageSent(text=text, attachments=attachments):
            return (text, *(each.name for each in attachments))
        case Resolved(note=note):
            return (note,)
        case Rated(comment=comment):
            return (comment or "",)
        case _:
            return ()


def _conceal(whole: Item) -> Item:
    masks: list[dict[str, Any]] = []
    shown = dict(whole)
    for name in _TEXTS:
        if whole.get(name):
            shown[name] = _noted(masks, name, mask(whole[name]))
    if "attachments" in whole:
        shown["attachments"] = [
            {**file, "name": _noted(masks, file["id"], mask(file["name"]))}
            for file in whole["attachments"]
        ]
    if "card" in whole:
        shown["card"] = _concealed_card(whole["card"])
    if masks:
        shown["masked"] = masks
    return shown


def _concealed_card(card: Item) -> Item:
    # What a card repeats stands in the messages too, where it can be unmasked.
    lines = [{**line, "value": mask(line["value"]).text} for line in card["lines"]]
    return {**card, "lines": lines}


def _noted(masks: list[dict[str, Any]], field: str, masked: Masked) -> str:
    for span in masked.spans:
        masks.append(
            {
                "index": len(masks),
                "kind": span.kind,
                "field": field,
                "start": span.start,
                "length": span.end - span.start,
            }
        )
    return masked.text


def _muted(whole: Item) -> Item:
    return {name: whole[name] for name in ("version", "at", "kind", "author", "name")} | {
        "text": "",
        "muted": True,
    }


def _by_customer(fact: Fact) -> bool:
    return isinstance(fact.event, MessageSent) and fact.event.author is Author.CUSTOMER


def _wrote(fact: Fact, reader_id: str) -> bool:
    match fact.event:
        case MessageSent(author=Author.AGENT, author_id=author_id):
            return author_id == reader_id
        case Resolved(agent_id=agent_id):
            return agent_id == reader_id
        case _:
            return False
