"""How an online session is stored: its events as JSON in the log, its fold as JSON in its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, get_args

import orjson

from alltid.agents.online_session import Ended
from alltid.agents.session_events import (
    Capacity,
    Choices,
    Event,
    Interval,
    Outcome,
    PausedBy,
    WentOffline,
)
from alltid.agents.session_state import Session

PREFIX: Final = "session."
TYPES: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {PREFIX + each.__name__: each for each in get_args(Event)}
)


def encode(event: Event) -> tuple[str, str]:
    """Return the event's type name and its data as JSON text."""
    return PREFIX + type(event).__name__, _text(event)


def decode(type_name: str, data: Mapping[str, Any]) -> Event:
    """Return the event that `encode` wrote.

    Raises:
        KeyError: the type is not one of a session's.
    """
    event_type = TYPES[type_name]
    values = {name: _revived(name, value) for name, value in data.items()}
    if event_type is WentOffline:
        # Elsewhere `because` is a sentence; here it is one of these.
        values["because"] = Ended(values["because"])
    return event_type(**values)


def encode_choices(choices: Choices) -> str:
    """Return choices as JSON text."""
    return _text(choices)


def decode_choices(data: Mapping[str, Any]) -> Choices:
    """Return the choices that `encode_choices` wrote."""
    return Choices(
        frozenset(data["languages"]),
        MappingProxyType(dict(data["skills"])),
        data["slots"],
        frozenset(data["quiet_topics"]),
        data["no_third_chat"],
    )


def encode_state(state: Session) -> str:
    """Return the fold as JSON text."""
    return _text(state)


def decode_state(data: Mapping[str, Any]) -> Session:
    """Return the fold that `encode_state` wrote."""
    return Session(
        **{
            **data,
            "capacity": Capacity(data["capacity"]),
            "choices": decode_choices(data["choices"]),
            "paused": data["paused"] and PausedBy(data["paused"]),
            "held": MappingProxyType({key: _time(at) for key, at in data["held"].items()}),
            "chats": frozenset(data["chats"]),
            **{name: data[name] and _time(data[name]) for name in _TIMES},
            "counted": tuple(
                Interval(_time(each["start"]), _time(each["end"])) for each in data["counted"]
            ),
        }
    )


_TIMES: Final = ("unseen_last_at", "started_at", "ended_at", "counting_since")


def _text(value: Any) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def _revived(name: str, value: Any) -> Any:
    revive = _REVIVALS.get(name)
    return revive(value) if revive else value


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


_REVIVALS: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "choices": decode_choices,
        "capacity": Capacity,
        "by": PausedBy,
        "outcome": Outcome,
        "until": _time,
        "hand_back": tuple,
    }
)
