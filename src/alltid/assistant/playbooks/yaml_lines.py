"""YAML as JSON, with the line of everything in it.

Only what JSON has: no tags, no anchors, no key twice. `yes`, `no`, `on` and `off` are words
(as in YAML 1.2), and so are dates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

BYTES_MAX: Final = 262_144
DEPTH_MAX: Final = 20

_Path = tuple[str | int, ...]


class NotYaml(ValueError):  # noqa: N818  it is what the file is, said to who wrote it
    """A file that can't be read; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Lined:
    """A document and its lines, by path."""

    value: Any
    lines: dict[_Path, int]

    def line_of(self, path: Sequence[str | int]) -> int:
        """Return the line of a path, or of the nearest thing above it.

        What the path names and the document doesn't have (a model's own words) is passed over.
        """
        at: _Path = ()
        for place, part in enumerate(path):
            inner = (*at, part)
            after = path[place + 1 : place + 2]
            own = after and (*inner, *after) not in self.lines and (*at, *after) in self.lines
            if inner in self.lines and not own:
                at = inner
        return self.lines[at]


class _Loader(yaml.CSafeLoader):
    """The scalars of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for _tag, _form, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", "n~"),
    ("int", r"-?(?:0|[1-9][0-9]{0,17})", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_form})$"), [*_first, ""]
    )


def read_yaml(text: str) -> Lined:
    """Read a document; raises NotYaml."""
    if len(text.encode()) > BYTES_MAX:
        raise NotYaml(1, f"the file is larger than {BYTES_MAX // 1024} KB")
    loader = _Loader(text)
    try:
        _shallow(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NotYaml(line, f"this is no YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise NotYaml(1, "this is no YAML: it holds characters that no text has") from error
    finally:
        loader.dispose()
    if node is None:
        raise NotYaml(1, "the file is empty")
    lines: dict[_Path, int] = {}
    return Lined(_value(node, (), lines), lines)


def _shallow(text: str) -> None:
    """Look at the nesting first: the library's own recursion has no bound and ends the process."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MAX or isinstance(event, yaml.AliasEvent):
            raise NotYaml(
                event.start_mark.line + 1 if event.start_mark else 1,
                "anchors and deep nesting are not used in playbooks: write it out",
            )


def _value(node: yaml.Node, path: _Path, lines: dict[_Path, int]) -> Any:
    line = node.start_mark.line + 1
    lines[path] = line
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(part, (*path, at), lines) for at, part in enumerate(node.value)]
    return _scalar(node, line)


def _mapping(node: yaml.MappingNode, path: _Path, lines: dict[_Path, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, part in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise NotYaml(line, "a key is a word")
        key = str(key_node.value)
        if key in found:
            raise NotYaml(line, f"'{key}' stands here a second time")
        found[key] = _value(part, (*path, key), lines)
        lines[*path, key] = line
    return found


def _scalar(node: yaml.Node, line: int) -> Any:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    match kind:
        case "str":
            return str(node.value)
        case "int":
            return int(node.value)
        case "float":
            return float(node.value)
        case "bool":
            return node.value == "true"
        case "null":
            return None
        case _:
            raise NotYaml(line, f"the tag {node.tag} is not used in playbooks")
