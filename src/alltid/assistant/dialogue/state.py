"""Where a dialogue stands between two messages, as JSON keeps it. Pure.

The procedures' own part (`dialogue`) belongs to the playbook engine and is opaque here; this is
what the turn counts around it. Unknown or broken rows are an empty state: the customer is asked
again, and nothing is guessed from half a memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Self

from alltid.assistant.dialogue.understander import Option

VERSION: Final = 1
TRIED_MOST: Final = 20
ARTICLES_MOST: Final = 10
PROBLEMS_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Counters:
    """What has gone wrong: with the problem in hand, and with the model and the guard."""

    misses: int = 0
    guard_refusals: int = 0
    model_failures: int = 0
    tool_failures: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """Something that the assistant did: a procedure with how it ended, or a tool's outcome.

    `kind` is `playbook`, `tool`, `action` or `article`; `outcome` a word of the trace.
    """

    kind: str
    name: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class TurnState:
    """All that a turn knows of the turns before.

    `which` holds the procedures of the assistant's own card, while it asks which is meant;
    `problems` counts how often each matter has come up; `offered` tells that a person was
    offered for the problem in hand; `page_language` is what the customer's page was in when
    `language` was last written in; `spent` belongs to a model's budget.
    """

    dialogue: Mapping[str, Any] | None = None
    language: str | None = None
    page_language: str | None = None
    which: tuple[Option, ...] = ()
    counters: Counters = field(default_factory=Counters)
    problems: Mapping[str, int] = field(default_factory=dict)
    offered: bool = False
    tried: tuple[Tried, ...] = ()
    articles: tuple[tuple[str, str], ...] = ()
    spent: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "version": VERSION,
            "dialogue": self.dialogue,
            "language": self.language,
            "page_language": self.page_language,
            "which": [[each.id, each.label] for each in self.which],
            "counters": {each.name: getattr(self.counters, each.name) for each in fields(Counters)},
            "problems": dict(self.problems),
            "offered": self.offered,
            "tried": [[each.kind, each.name, each.outcome] for each in self.tried],
            "articles": [list(each) for each in self.articles],
            "spent": dict(self.spent),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Self:
        """Read what was stored; empty for nothing, another version, or what isn't whole."""
        if not data or data.get("version") != VERSION:
            return cls()
        try:
            return cls(
                dialogue=data["dialogue"],
                language=data["language"],
                page_language=data["page_language"],
                which=tuple(Option(id_, label) for id_, label in data["which"]),
                counters=Counters(**data["counters"]),
                problems=dict(data["problems"]),
                offered=bool(data["offered"]),
                tried=tuple(Tried(*each) for each in data["tried"]),
                articles=tuple((title, url) for title, url in data["articles"]),
                spent=dict(data["spent"]),
            )
        except (KeyError, TypeError, ValueError):
            return cls()

    def counted(self, **more: int) -> TurnState:
        """Return it with so much more on these counters."""
        raised = {name: getattr(self.counters, name) + by for name, by in more.items()}
        return replace(self, counters=replace(self.counters, **raised))

    def with_tried(self, *tried: Tried) -> TurnState:
        """Return it with what was tried besides; the oldest goes first."""
        return replace(self, tried=(*self.tried, *tried)[-TRIED_MOST:])

    def with_article(self, title: str, url: str) -> TurnState:
        """Return it with an article that was shown."""
        others = tuple(each for each in self.articles if each[1] != url)
        return replace(self, articles=(*others, (title, url))[-ARTICLES_MOST:])

    def with_problem(self, problem: str) -> TurnState:
        """Return it with this matter come up once more; a new one forgets what went wrong."""
        known = {name: count for name, count in self.problems.items() if name != problem}
        kept = dict(list(known.items())[-(PROBLEMS_MOST - 1) :])
        times = self.problems.get(problem, 0) + 1
        again = replace(self, problems={**kept, problem: times})
        if times > 1:
            return again
        # What a model and the guard do is not the problem's.
        counters = Counters(
            guard_refusals=self.counters.guard_refusals,
            model_failures=self.counters.model_failures,
        )
        return replace(again, counters=counters, offered=False)
