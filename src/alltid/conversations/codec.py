"""How events are written down: a type name and a JSON object without defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any, Final, get_args

import orjson

from alltid.conversations.events import (
    Asked,
    Attachment,
    Author,
    CallbackBooked,
    Card,
    Choice,
    Chosen,
    Event,
    HumanRequested,
    MessageSent,
    Reason,
    Resolved,
    Source,
)

TYPES: Final[Mapping[str, type[Event]]] = {each.__name__: each for each in get_args(Event)}

_DEFAULTS: Final[Mapping[type, tuple[tuple[str, Any], ...]]] = {
    each: tuple((field.name, field.default) for field in fields(each)) for each in TYPES.values()
}


def encode(event: Event) -> tuple[str, str]:
    """Return the event's type name and its data as JSON text."""
    data = {
        name: value
        for name, default in _DEFAULTS[type(event)]
        if (value := getattr(event, name)) != default or default is MISSING
    }
    return type(event).__name__, orjson.dumps(data).decode()


def decode(type_name: str, data: Mapping[str, Any]) -> Event:
    """Return the event that `encode` wrote.

    Raises:
        KeyError: the type is not one of a conversation's.
    """
    event_type = TYPES[type_name]
    revive = _REVIVALS.get(event_type)
    return event_type(**(revive(dict(data)) if revive else data))


def _message(data: dict[str, Any]) -> dict[str, Any]:
    data["author"] = Author(data["author"])
    if "attachments" in data:
        data["attachments"] = tuple(Attachment(**each) for each in data["attachments"])
    if "sources" in data:
        data["sources"] = tuple(Source(**each) for each in data["sources"])
    if "card" in data:
        data["card"] = _card(data["card"])
    if "chosen" in data:
        data["chosen"] = Chosen(**data["chosen"])
    return data


def _card(data: dict[str, Any]) -> Card:
    choices = tuple(Choice(**each) for each in data["choices"])
    lines = tuple((label, value) for label, value in data["lines"])
    return Card(data["kind"], data["title"], choices, lines, data["action"])


def _requested(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "how": Asked(data["how"])}


def _booked(data: dict[str, Any]) -> dict[str, Any]:
    return {"at": datetime.fromisoformat(data["at"])}


def _resolved(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "reason": Reason(data["reason"])}


_REVIVALS: Final[Mapping[type, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    MessageSent: _message,
    HumanRequested: _requested,
    CallbackBooked: _booked,
    Resolved: _resolved,
}
