"""What every turn of a desk stands on, put together once."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Final, Protocol

from alltid.assistant.dialogue.articles import Articles
from alltid.assistant.dialogue.handoff_policy import Rules
from alltid.assistant.dialogue.procedures import Procedures
from alltid.assistant.dialogue.turn_store import TurnRows
from alltid.assistant.dialogue.understander import Understander
from alltid.assistant.dialogue.work import Piece, Tools, Work
from alltid.assistant.tools.tool import Principal
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

# Less than the worker waits: what is late is said, not cut off.
TURN_SECONDS: Final = 7.0

ToolsOf = Callable[[Principal, str], Tools]
VectorOf = Callable[[str], "NDArray[float32] | None"]
"""The sentence encoder's vector of a text, None without it; `IntentReader.vector_of` is one."""


class Guard(Protocol):
    """Reads what is about to go out; see `assistant.model.guard`."""

    def reasons_against(self, pieces: Sequence[Piece], work: Work) -> Sequence[str | None]:
        """Return for each piece why it may not be said, or None."""
        ...


class LetsPass:
    """No guard: for tests of what it would stop."""

    def reasons_against(self, pieces: Sequence[Piece], work: Work) -> Sequence[str | None]:  # noqa: ARG002
        """Return no reason."""
        return [None] * len(pieces)


@dataclass(frozen=True, slots=True)
class TurnParts:
    """What every turn of a desk stands on. Without `tools_of` nobody's account is reached.

    Without `vector_of` signals and wishes are heard by listed words alone.
    """

    company: str
    clock: Clock
    ids: IdSource
    rows: TurnRows
    procedures: Procedures
    understander: Understander
    articles: Articles
    tools_of: ToolsOf | None = None
    rules: Rules = field(default_factory=Rules)
    guard: Guard = field(default_factory=LetsPass)
    zone: tzinfo = UTC
    steady: Callable[[], float] = time.monotonic
    turn_seconds: float = TURN_SECONDS
    warm: Callable[[], Awaitable[None]] | None = None
    vector_of: VectorOf | None = None
