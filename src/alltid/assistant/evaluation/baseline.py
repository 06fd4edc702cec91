"""The stored baseline: what each conversation came to before, and what got worse since.

A baseline holds, for each way of understanding (`embedded`, or a model's name), the class of
each conversation. It is a small JSON file to be committed beside the suite.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alltid.assistant.evaluation.findings import RANK, Class, Judged

FILE_BYTES_MAX: Final = 4_000_000


class BaselineRefused(Exception):  # noqa: N818  it reads as what it says
    """A baseline that can't be read or written."""


@dataclass(frozen=True, slots=True)
class Change:
    """A conversation whose class changed; `before` is None for a new one."""

    id: str
    before: Class | None
    now: Class

    @property
    def worse(self) -> bool:
        """Whether it is worse than before; a new one is when it is unsafe."""
        if self.before is None:
            return self.now is Class.UNSAFE
        return RANK[self.now] < RANK[self.before]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed. `missing` were in the baseline, and are not in the suite any more."""

    worse: tuple[Change, ...]
    better: tuple[Change, ...]
    new: tuple[Change, ...]
    missing: tuple[str, ...]


def read_baseline(path: Path) -> dict[str, dict[str, Class]]:
    """Return the classes by way and conversation; nothing for no file. May refuse."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise BaselineRefused(f"{path} is too large for a baseline.")
        data = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(way): {str(name): Class(each) for name, each in classes.items()}
            for way, classes in data["ways"].items()
        }
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BaselineRefused(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise BaselineRefused(f"{path} is no baseline of alltid evaluate.") from error


def compare(before: dict[str, Class], judged: Sequence[Judged], *, whole: bool) -> Comparison:
    """Compare a run with what was before; `whole` when the run was of the whole suite."""
    changes = [
        Change(each.conversation.id, before.get(each.conversation.id), each.became)
        for each in judged
    ]
    seen = {change.id for change in changes}
    return Comparison(
        tuple(each for each in changes if each.worse),
        tuple(each for each in changes if each.before and RANK[each.now] > RANK[each.before]),
        tuple(each for each in changes if each.before is None),
        tuple(sorted(set(before) - seen)) if whole else (),
    )


def write_baseline(path: Path, way: str, judged: Sequence[Judged], *, whole: bool) -> None:
    """Store what this run came to. A part of a suite leaves the other conversations alone."""
    ways: dict[str, dict[str, Any]] = {name: dict(each) for name, each in
                                       read_baseline(path).items()}  # fmt: skip
    kept = {} if whole else ways.get(way, {})
    ways[way] = kept | {each.conversation.id: each.became.value for each in judged}
    told = {
        "about": "Written by `alltid evaluate --update-baseline`: what each conversation came to.",
        "ways": {name: dict(sorted(each.items())) for name, each in sorted(ways.items())},
    }
    try:
        text = json.dumps(told, indent=1, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise BaselineRefused(f"{path} can't be written: {error.strerror}.") from error
