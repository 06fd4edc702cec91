"""The figures of a run: how many came to what, by language and by tag. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alltid.assistant.evaluation.findings import Class, Judged


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of some conversations. Times are seconds of the assistant's, a turn."""

    name: str
    conversations: int
    classes: Mapping[Class, int]
    turns: int
    seconds_median: float
    seconds_most: float
    tokens: int
    cost_minor: int

    @property
    def good(self) -> float:
        """The share that is resolved or handed over rightly."""
        right = self.classes[Class.RESOLVED] + self.classes[Class.HANDED_RIGHTLY]
        return right / self.conversations if self.conversations else 0.0


def row_of(name: str, judged: Iterable[Judged]) -> Row:
    """Count some conversations."""
    those = list(judged)
    counted = Counter(each.became for each in those)
    times = sorted(turn.reply.seconds for each in those for turn in each.turns)
    return Row(
        name,
        len(those),
        {each: counted[each] for each in Class},
        sum(len(each.turns) for each in those),
        times[len(times) // 2] if times else 0.0,
        times[-1] if times else 0.0,
        sum(each.tokens for each in those),
        sum(each.cost_minor for each in those),
    )


def by_language(judged: Sequence[Judged]) -> list[Row]:
    """A row for each language, in alphabetical order."""
    languages = sorted({each.conversation.language or "en" for each in judged})
    return [
        row_of(language, (each for each in judged if each.conversation.language == language))
        for language in languages
    ]


def by_tag(judged: Sequence[Judged]) -> list[Row]:
    """A row for each tag, the weakest first."""
    tags = sorted({tag for each in judged for tag in each.conversation.tags})
    rows = [row_of(tag, (each for each in judged if tag in each.conversation.tags)) for tag in tags]
    return sorted(rows, key=lambda row: (row.good, -row.conversations))


def misses(judged: Sequence[Judged]) -> list[tuple[str, int]]:
    """How many conversations have which kind of finding, most first."""
    kinds = Counter(kind for each in judged for kind in {one.kind for one in each.findings})
    return sorted(kinds.items(), key=lambda item: (-item[1], item[0]))


def as_json(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return a run for programs: the figures, and each conversation with its findings."""
    return {
        "total": _row_json(row_of("all", judged)),
        "languages": {row.name: _row_json(row) for row in by_language(judged)},
        "tags": {row.name: _row_json(row) for row in by_tag(judged)},
        "findings": dict(misses(judged)),
        "conversations": [
            {
                "id": each.conversation.id,
                "language": each.conversation.language,
                "class": each.became.value,
                "turns": len(each.turns),
                "seconds": round(each.seconds, 3),
                "tokens": each.tokens,
                "cost_minor": each.cost_minor,
                "findings": [
                    {"kind": one.kind, "turn": one.turn, "unsafe": one.unsafe, "text": one.text}
                    for one in each.findings
                ],
                "transcript": [
                    {"customer": turn.said, "assistant": turn.reply.text} for turn in each.turns
                ],
            }
            for each in judged
        ],
    }


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "conversations": row.conversations,
        **{each.value: count for each, count in row.classes.items()},
        "good": round(row.good, 4),
        "turns": row.turns,
        "seconds_median": round(row.seconds_median, 4),
        "seconds_most": round(row.seconds_most, 4),
        "tokens": row.tokens,
        "cost_minor": row.cost_minor,
    }
