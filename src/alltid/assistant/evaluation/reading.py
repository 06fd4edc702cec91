"""Reads a suite's files, and tells what is wrong in them by file and line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from alltid.assistant.evaluation.suite import CONVERSATIONS_MAX, Conversation, SuiteFile

FILE_BYTES_MAX: Final = 2_000_000
FILES_MAX: Final = 100
_TOLD_MAX: Final = 12


class SuiteRefused(Exception):  # noqa: N818  it reads as what it says
    """A suite that can't be read, with each mistake in a sentence of its own."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Conversations with their languages filled in, in the order of the files."""

    name: str
    conversations: tuple[Conversation, ...]


def read_suite(path: Path) -> Suite:
    """Read a file, or all `.yaml` files of a folder; raise `SuiteRefused`."""
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise SuiteRefused(f"{path} holds no .yaml file.")
    if len(files) > FILES_MAX:
        raise SuiteRefused(f"{path} holds more than {FILES_MAX} files.")
    conversations: list[Conversation] = []
    mistakes: list[str] = []
    for file in files:
        try:
            conversations += _read_file(file)
        except SuiteRefused as error:
            mistakes += str(error).splitlines()
    mistakes += _twice(conversations)
    if len(conversations) > CONVERSATIONS_MAX:
        mistakes.append(f"{path}: more than {CONVERSATIONS_MAX} conversations.")
    if mistakes:
        more = len(mistakes) - _TOLD_MAX
        shown = mistakes[:_TOLD_MAX] + ([f"... and {more} more."] if more > 0 else [])
        raise SuiteRefused("\n".join(shown))
    if not conversations:
        raise SuiteRefused(f"{path} holds no conversation.")
    return Suite(path.stem if path.is_file() else path.resolve().name, tuple(conversations))


def chosen(suite: Suite, only: Iterable[str]) -> Suite:
    """Keep the conversations whose id, language or tag is among `only`; all for none."""
    wanted = set(only)
    if not wanted:
        return suite
    kept = tuple(
        each
        for each in suite.conversations
        if wanted & {each.id, each.language, *each.tags, each.customer}
    )
    if not kept:
        raise SuiteRefused(f"No conversation has the id, tag or language {', '.join(wanted)}.")
    return Suite(suite.name, kept)


def _read_file(file: Path) -> list[Conversation]:
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise SuiteRefused(f"{file}: larger than {FILE_BYTES_MAX} bytes.")
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SuiteRefused(f"{file} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SuiteRefused(f"{file} is not UTF-8.") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SuiteRefused(f"{file}:{line}: {error.problem or 'no YAML'}.") from error
    except yaml.YAMLError as error:
        raise SuiteRefused(f"{file}: no YAML: {error}") from error
    try:
        # By way of JSON: a date in YAML stays the words that somebody wrote.
        read = SuiteFile.model_validate(json.loads(json.dumps(data, default=str)))
    except ValidationError as error:
        told = [f"{file}:{_line(root, each['loc'])}: {_say(each)}" for each in error.errors()]
        raise SuiteRefused("\n".join(dict.fromkeys(told))) from error
    return [
        each.model_copy(update={"language": each.language or read.language})
        for each in read.conversations
    ]


def _say(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "the file"
    return f"{where}: {error['msg'].removeprefix('Value error, ')}."


def _line(root: yaml.Node | None, place: tuple[str | int, ...]) -> int:
    """Follow the place of a mistake down the tree, as far as it leads."""
    node, line = root, 1
    for part in place:
        if node is None:
            break
        line = node.start_mark.line + 1
        following: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, following = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            following = node.value[part] if part < len(node.value) else None
        node = following
    return node.start_mark.line + 1 if isinstance(node, yaml.MappingNode) else line


def _twice(conversations: Iterable[Conversation]) -> list[str]:
    seen: set[str] = set()
    twice: list[str] = []
    for each in conversations:
        if each.id in seen:
            twice.append(f"The id {each.id} is there twice.")
        seen.add(each.id)
    return twice
