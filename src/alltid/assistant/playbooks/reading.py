"""Playbooks from files: read, checked, and refused with the line and what to mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import ValidationError

from alltid.assistant.playbooks.checks import Checker
from alltid.assistant.playbooks.library import PLAYBOOKS_MAX, Library
from alltid.assistant.playbooks.playbook import Playbook
from alltid.assistant.playbooks.yaml_lines import Lined, NotYaml, read_yaml
from alltid.assistant.tools.tool import ToolSpec

_SENTENCES: Final = {
    "extra_forbidden": "'{last}' is not known here",
    "missing": "'{last}' is missing",
    "union_tag_not_found": "this is none of what may stand here (see docs/playbooks.md)",
    "union_tag_invalid": "'type' must be one of: {expected_tags}",
    "string_pattern_mismatch": "{input} is no name: use a to z, 0 to 9 and _, 40 at most",
}
_PROBLEMS_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in which line (from 1) of which file, and what to mend."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class UnreadablePlaybook(ValueError):  # noqa: N818  it says what the file is
    """A file, or several, that can't be playbooks; `problems` has every reason found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems[:_PROBLEMS_MAX])))
        self.problems = tuple(problems)


def read_playbook(
    text: str,
    file: str,
    *,
    languages: Sequence[str] | None = None,
    tools: Mapping[str, ToolSpec] | None = None,
) -> Playbook:
    """Read one playbook; raises UnreadablePlaybook.

    Every wording must be there in all of `languages`; without them, in those of its title.
    With `tools`, every call must be of one of them, with arguments that it takes.
    """
    try:
        document = read_yaml(text)
    except NotYaml as error:
        raise UnreadablePlaybook([Problem(file, error.line, error.message)]) from error
    try:
        playbook = Playbook.model_validate_json(orjson.dumps(document.value))
    except ValidationError as error:
        raise UnreadablePlaybook(_of_the_form(error, document, file)) from error
    found = Checker(playbook, languages or tuple(playbook.title), tools).problems()
    problems = [Problem(file, document.line_of(path), message) for path, message in found]
    if problems:
        raise UnreadablePlaybook(sorted(set(problems), key=lambda p: (p.line, p.message)))
    return playbook


def read_library(
    files: Iterable[Path | Traversable],
    *,
    languages: Sequence[str] | None = None,
    tools: Mapping[str, ToolSpec] | None = None,
) -> Library:
    """Read playbooks that belong together; raises UnreadablePlaybook with all their problems."""
    problems: list[Problem] = []
    playbooks: dict[str, Playbook] = {}
    for file in files:
        name = str(file)
        try:
            text = file.read_bytes().decode()
            playbook = read_playbook(text, name, languages=languages, tools=tools)
        except UnreadablePlaybook as error:
            problems.extend(error.problems)
        except UnicodeDecodeError:
            problems.append(Problem(name, 1, "the file is not written in UTF-8"))
        else:
            if playbook.playbook in playbooks:
                problems.append(Problem(name, 1, f"there are two playbooks '{playbook.playbook}'"))
            playbooks[playbook.playbook] = playbook
    if len(playbooks) > PLAYBOOKS_MAX:
        problems.append(Problem("playbooks", 1, f"there are more than {PLAYBOOKS_MAX} playbooks"))
    if problems:
        raise UnreadablePlaybook(problems)
    return Library(playbooks)


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and those ending in .yaml in the folders named, by name."""
    return [
        file
        for path in paths
        for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])
    ]


def _of_the_form(error: ValidationError, document: Lined, file: str) -> list[Problem]:
    """Say pydantic's findings in lines of the file; of a union's, those of the likeliest."""
    problems: dict[int, str] = {}
    for found in error.errors(include_url=False):
        path = found["loc"]
        line = document.line_of(path)
        problems.setdefault(line, _sentence(found, path))
    return [Problem(file, line, problems[line]) for line in sorted(problems)]


def _sentence(found: Any, path: Sequence[str | int]) -> str:
    told = _SENTENCES.get(found["type"])
    if told is None:
        return f"{_last(path)}: {found['msg'][0].lower()}{found['msg'][1:]}"
    facts = found.get("ctx", {})
    shown = repr(found["input"])[:60]
    return told.format_map({"last": _last(path), "input": shown, **facts})


def _last(path: Sequence[str | int]) -> str:
    return str(path[-1]) if path else "the file"
