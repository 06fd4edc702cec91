"""Expressions in CEL, the Common Expression Language: no loops, no side effects, no names of ours.

An expression sees the values that it is given and nothing else. Its length, its nesting of
lists and the size of what it sees are bounded, so that none takes long; whatever goes wrong in
one is an `ExpressionFailed`, and never a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import cel

EXPRESSION_CHARACTERS_MAX: Final = 500
# `a.map(x, b.filter(y, …))` and no deeper: the time grows with the power of this.
COMPREHENSIONS_MAX: Final = 3
LIST_MAX: Final = 200
CHARACTERS_MAX: Final = 4_000
DEPTH_MAX: Final = 8
_INTEGER_MAX: Final = 2**63 - 1

FUNCTIONS: Final = frozenset(
    {
        "size", "contains", "startsWith", "endsWith", "matches", "has",
        "string", "int", "double", "sum", "days", "distinct",
    }
)  # fmt: skip
_STRING: Final = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
_BOUND: Final = re.compile(r"\.\s*(?:exists_one|exists|all|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_PATH: Final = re.compile(r"(?!(?:true|false|null)$)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_MEMBER: Final = re.compile(r"(?<![\w.])(slots|chosen|facts)\s*\.\s*([A-Za-z_]\w*)")


class ExpressionFailed(ValueError):  # noqa: N818  it is what happened, said to the reader of a trace
    """An expression that can't be compiled or computed; the message says why."""


@dataclass(frozen=True, slots=True)
class Names:
    """What an expression refers to: variables, and members of `slots`, `chosen` and `facts`."""

    variables: frozenset[str]
    slots: frozenset[str]
    facts: frozenset[str]


@lru_cache(maxsize=4_096)
def names_in(expression: str) -> Names:
    """Return what an expression refers to; raises ExpressionFailed when it can't be compiled."""
    compiled = _compiled(expression)
    plain = _STRING.sub("''", expression)
    bound = set(_BOUND.findall(plain))
    members = _MEMBER.findall(plain)
    return Names(
        variables=frozenset(set(compiled.variables) - bound),
        slots=frozenset(name for root, name in members if root != "facts"),
        facts=frozenset(name for root, name in members if root == "facts"),
    )


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    """Compute an expression over values; raises ExpressionFailed whatever goes wrong."""
    compiled = _compiled(expression)
    if compiled.path:
        return bounded(_at(compiled.path, expression, values))
    needed = {name: values[name] for name in compiled.variables if name in values}
    try:
        result = compiled.program.execute(cel.Context(variables=needed, functions=compiled.ours))
    except Exception as error:
        raise ExpressionFailed(f"'{expression}' can't be computed: {error}") from error
    return bounded(result)


def holds(expression: str, values: Mapping[str, Any]) -> bool:
    """Compute a condition; anything but true or false is an ExpressionFailed."""
    result = evaluate(expression, values)
    if not isinstance(result, bool):
        raise ExpressionFailed(f"'{expression}' is neither true nor false")
    return result


def bounded(value: Any, depth: int = 0) -> Any:
    """Return JSON as it is; raises ExpressionFailed for what is too large to reckon with."""
    if depth > DEPTH_MAX:
        raise ExpressionFailed(f"a value is nested deeper than {DEPTH_MAX}")
    # Texts and numbers first: they are most of what there is, and the quickest to tell.
    if isinstance(value, str):
        if len(value) > CHARACTERS_MAX:
            raise ExpressionFailed(f"a text is longer than {CHARACTERS_MAX} characters")
        return value
    if value is None or isinstance(value, int | float):
        return _number(value)
    # As JSON is read, an object is a dict: a check that costs a fraction of the other.
    if isinstance(value, (dict, Mapping)):
        if len(value) > LIST_MAX:
            raise ExpressionFailed(f"an object has more than {LIST_MAX} fields")
        return {str(key): bounded(part, depth + 1) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        if len(value) > LIST_MAX:
            raise ExpressionFailed(f"a list has more than {LIST_MAX} entries")
        return [bounded(part, depth + 1) for part in value]
    return _number(value)


def _number(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= _INTEGER_MAX:
        return value
    if isinstance(value, float) and abs(value) <= _INTEGER_MAX:
        return value
    raise ExpressionFailed(f"{str(value)[:40]!r} is no value to reckon with")


@dataclass(frozen=True, slots=True)
class _Compiled:
    program: cel.Program
    variables: tuple[str, ...]
    ours: dict[str, Callable[..., Any]]
    # Of a plain path (`order.status`): most expressions are one, and need no interpreter.
    path: tuple[str, ...]


@lru_cache(maxsize=4_096)
def _compiled(expression: str) -> _Compiled:
    if len(expression) > EXPRESSION_CHARACTERS_MAX:
        raise ExpressionFailed(f"longer than {EXPRESSION_CHARACTERS_MAX} characters")
    plain = _STRING.sub("''", expression)
    if len(_BOUND.findall(plain)) > COMPREHENSIONS_MAX:
        raise ExpressionFailed(f"more than {COMPREHENSIONS_MAX} of map, filter, exists and all")
    try:
        program = cel.compile(expression)
    except Exception as error:
        raise ExpressionFailed(f"'{expression}' is no CEL: {_first_line(error)}") from error
    for name in program.functions():
        if name[0].isalpha() and name not in FUNCTIONS:
            raise ExpressionFailed(
                f"'{expression}' calls {name}, which there isn't; there are {_listed()}"
            )
    ours = {name: each for name, each in _OURS.items() if name in program.functions()}
    path = tuple(expression.split(".")) if _PATH.fullmatch(expression) else ()
    return _Compiled(program, tuple(program.variables()), ours, path)


def _at(path: tuple[str, ...], expression: str, values: Mapping[str, Any]) -> Any:
    found: Any = values
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            raise ExpressionFailed(f"'{expression}' can't be computed: there is no '{name}'")
        found = found[name]
    return found


def _first_line(error: Exception) -> str:
    found = re.search(r"ERROR: <input>:\d+:(\d+): ([^\n]{1,120})", str(error))
    return f"column {found[1]}: {found[2]}" if found else str(error)[:120]


def _listed() -> str:
    return ", ".join(sorted(FUNCTIONS))


# A function that fails is logged by the library with its arguments, and those can be anybody's
# words. So ours never fail: what can't be reckoned is null, and null can't be compared.


def _sum(values: Any) -> int | float | None:
    if not isinstance(values, list):
        return None
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
        return None
    return sum(values)


def _days(earlier: Any, later: Any) -> int | None:
    """Count the days from one ISO date to another; negative when it is before."""
    try:
        return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days
    except (TypeError, ValueError):
        return None


def _distinct(values: Any) -> bool | None:
    if not isinstance(values, list):
        return None
    return all(value not in values[:place] for place, value in enumerate(values))


_OURS: Final[dict[str, Callable[..., Any]]] = {"sum": _sum, "days": _days, "distinct": _distinct}
