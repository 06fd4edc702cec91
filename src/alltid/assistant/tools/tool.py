"""What a tool is: its description, a call of it, what comes back. Pure.

A tool never takes who the customer is. The principal comes from the signed session, is bound
to the data layer once a turn, and no schema of a tool has a place for it (P5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

import orjson

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Effect = Literal["read", "act"]

ARGUMENTS_BYTES_MAX: Final = 8_192
RESULT_BYTES_MAX: Final = 65_536
READ_SECONDS: Final = 4.0
ACT_SECONDS: Final = 6.0


@dataclass(frozen=True, slots=True)
class Principal:
    """Who the customer is, as the session's signature says: never as anybody's words say."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as it is allowed. `arguments` is a JSON Schema of an object.

    `handles` says which fields, of the arguments and of the result alike, name an object of
    the company, and of which kind: outside the data layer such a field holds a handle. The
    field `id` of a result is then called `handle`.
    """

    name: str
    description: str
    effect: Effect
    arguments: Mapping[str, Any]
    timeout_seconds: float = READ_SECONDS
    handles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool's name and its arguments; objects are named by the session's handles only."""

    tool: str
    arguments: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered: JSON, in which the company's ids are handles."""

    call: ToolCall
    value: Json


@dataclass(frozen=True, slots=True)
class ToolFailed:
    """A tool that refused (`code` is the company's) or couldn't be reached (`unavailable`)."""

    call: ToolCall
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action that would change something, before anybody has agreed to it."""

    call: ToolCall
    playbook: str
    step: str

    @property
    def hash(self) -> str:
        """Name the exact action: what is confirmed is this and nothing else."""
        return action_hash(self.call)


class Reads(Protocol):
    """The data layer of one customer in one conversation: built with the principal."""

    async def read(self, call: ToolCall) -> ToolResult | ToolFailed:
        """Ask a read tool; never raises for what the company's system does."""
        ...


class Executor(Protocol):
    """The one that holds the credential to write, for one customer in one conversation."""

    async def act(self, proposal: Proposal, *, confirmed_by: int) -> ToolResult | ToolFailed:
        """Do the action once. `confirmed_by` is the version of the customer's message.

        The same action confirmed by the same message is done once, however often it is asked.
        """
        ...


def action_hash(call: ToolCall) -> str:
    """Return the hash of a call: the same for the same tool and arguments in any order."""
    data = orjson.dumps([call.tool, call.arguments], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(data).hexdigest()[:32]
