"""Where a tool's arguments go in and its result comes out: checked, bounded, with handles.

Inside are the company's ids; outside, where customers and models are, there are handles only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from alltid.assistant.tools.handles import NotAHandle, SessionHandles
from alltid.assistant.tools.tool import (
    ARGUMENTS_BYTES_MAX,
    RESULT_BYTES_MAX,
    Effect,
    Json,
    ToolCall,
    ToolFailed,
    ToolResult,
    ToolSpec,
)

ARGUMENTS_DEPTH_MAX: Final = 6
RESULT_DEPTH_MAX: Final = 16
_CODE_CHARACTERS_MAX: Final = 60
_WORDS_CHARACTERS_MAX: Final = 400


@dataclass(frozen=True, slots=True)
class Inward:
    """A call that may go to the company, with the company's ids in it."""

    spec: ToolSpec
    arguments: Mapping[str, Json]


class Allowed:
    """The tools that may be called at all, with their schemas compiled once."""

    def __init__(self, specs: Iterable[ToolSpec]) -> None:
        """Raises ValueError for two tools of one name, jsonschema's SchemaError for a bad one."""
        self._tools: dict[str, tuple[ToolSpec, Draft202012Validator]] = {}
        for spec in specs:
            if spec.name in self._tools:
                raise ValueError(f"two tools are called {spec.name}")
            Draft202012Validator.check_schema(spec.arguments)
            self._tools[spec.name] = spec, Draft202012Validator(spec.arguments)

    @property
    def specs(self) -> list[ToolSpec]:
        """All tools, in the order in which they were given."""
        return [spec for spec, _ in self._tools.values()]

    def spec(self, name: str) -> ToolSpec | None:
        """Return a tool by its name."""
        found = self._tools.get(name)
        return None if found is None else found[0]

    def inward(
        self, call: ToolCall, effect: Effect, handles: SessionHandles
    ) -> Inward | ToolFailed:
        """Check a call and put the company's ids in the place of handles."""
        found = self._tools.get(call.tool)
        if found is None or found[0].effect != effect:
            return ToolFailed(call, "not_allowed", f"There is no such tool to {effect} with.")
        spec, validator = found
        why = _malformed(call.arguments)
        if why is not None:
            return ToolFailed(call, "bad_arguments", why)
        error = next(validator.iter_errors(dict(call.arguments)), None)
        if error is not None:
            return ToolFailed(call, "bad_arguments", _explained(error))
        try:
            opened = _walk(call.arguments, spec.handles, _opener(handles))
        except NotAHandle:
            return ToolFailed(call, "no_such_object", "There is no such object here.")
        return Inward(spec, opened)

    def outward(
        self, spec: ToolSpec, call: ToolCall, value: Any, handles: SessionHandles
    ) -> ToolResult | ToolFailed:
        """Bound a result and put handles in the place of the company's ids."""
        try:
            size = len(orjson.dumps(value))
        except (orjson.JSONEncodeError, RecursionError):
            return ToolFailed(call, "bad_result", "The answer can't be read.")
        if size > RESULT_BYTES_MAX or _depth(value, RESULT_DEPTH_MAX) > RESULT_DEPTH_MAX:
            return ToolFailed(call, "too_large", "The answer is too large to be used.")
        try:
            return ToolResult(call, _seal(value, spec.handles, handles))
        except NotAHandle:
            return ToolFailed(call, "bad_result", "The answer can't be read.")


def bounded_failure(call: ToolCall, code: str, message: str) -> ToolFailed:
    """Say what the company said, cut to a length that fits everywhere."""
    words = "".join(c for c in message if c.isprintable())[:_WORDS_CHARACTERS_MAX]
    plain = "".join(c for c in code if c.isascii() and (c.isalnum() or c in "_-."))
    return ToolFailed(call, plain[:_CODE_CHARACTERS_MAX] or "refused", words)


def _malformed(arguments: Any) -> str | None:
    """Say what is wrong with arguments before a schema is asked; None where nothing is."""
    if not isinstance(arguments, Mapping):
        return "The arguments are no object."
    if _depth(arguments, ARGUMENTS_DEPTH_MAX) > ARGUMENTS_DEPTH_MAX:
        return "The arguments are nested too deeply."
    try:
        data = orjson.dumps(arguments)
    except (orjson.JSONEncodeError, RecursionError):
        return "The arguments are no JSON."
    if len(data) > ARGUMENTS_BYTES_MAX:
        return "The arguments are too long."
    # PostgreSQL keeps no such character, and nobody types one.
    return "The arguments hold a character that no text has." if b"\\u0000" in data else None


def _depth(value: Any, most: int) -> int:
    """Count levels of objects and lists, no further than one beyond `most`."""
    deepest, level = 0, [value]
    while level and deepest <= most:
        inner: list[Any] = []
        for each in level:
            if isinstance(each, Mapping):
                inner += each.values()
            elif isinstance(each, list | tuple):
                inner += each
        deepest += any(isinstance(each, Mapping | list | tuple) for each in level)
        level = inner
    return deepest


def _explained(error: ValidationError) -> str:
    """Say where and which rule, never the value: it may be anybody's data."""
    place = ".".join(str(part) for part in error.absolute_path)[:_CODE_CHARACTERS_MAX]
    rule = str(error.validator)
    return f"The argument {place} breaks {rule}." if place else f"The arguments break {rule}."


Opener = Callable[[str, Any], Any]


def _opener(handles: SessionHandles) -> Opener:
    def opened(kind: str, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, list | tuple):
            return [opened(kind, each) for each in value]
        if not isinstance(value, str):
            raise NotAHandle("a handle is a text")
        return handles.open(kind, value)

    return opened


def _walk(value: Any, kinds: Mapping[str, str], change: Opener) -> Any:
    if isinstance(value, Mapping):
        return {
            name: change(kinds[name], each) if name in kinds else _walk(each, kinds, change)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_walk(each, kinds, change) for each in value]
    return value


def _seal(value: Any, kinds: Mapping[str, str], handles: SessionHandles) -> Any:
    if isinstance(value, Mapping):
        shown: dict[str, Any] = {}
        for name, each in value.items():
            if name in kinds:
                shown["handle" if name == "id" else name] = _sealed(kinds[name], each, handles)
            elif not _looks_like_an_id(name):
                shown[name] = _seal(each, kinds, handles)
        return shown
    if isinstance(value, list | tuple):
        return [_seal(each, kinds, handles) for each in value]
    return value.replace("\0", "") if isinstance(value, str) else value


def _sealed(kind: str, value: Any, handles: SessionHandles) -> Any:
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return [_sealed(kind, each, handles) for each in value]
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NotAHandle("an id is a text or a whole number")
    return handles.seal(kind, value)


def _looks_like_an_id(name: str) -> bool:
    """Tell a field that names an object of the company which nobody has allowed to be named."""
    return name in {"id", "ids", "uuid"} or name.endswith(("_id", "_ids", "_uuid", "Id", "Ids"))
