"""Rules that the tree keeps: sizes, words, and documents that agree with the program."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

from alltid.cli import app
from alltid.settings import Settings
from alltid.storage.migrations import known_migrations

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
GENERATED = {"requirements.lock", "requirements-dev.lock", "requirements-node.lock", "LICENSE"}

# Written in pieces, so that this file does not hold the words it looks for.
REGISTRY_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npmjs" + ".", "registry" + ".yarn")
MACHINE_PATHS = ("/work" + "/", "/root" + "/")
# The assistant is no such thing, and an agent is always a person.
WRONG_WORD = re.compile(r"\b(chat)?" + "bo" + r"ts?\b", re.IGNORECASE)
# What customers say is quoted as they say it.
MAY_SAY_IT = ("understanding", "assistant/wording", "lender/evaluation", "STYLE.md")


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        if path.name in GENERATED:
            continue
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def test_files_are_short_enough_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in {".py", ".ts", ".tsx", ".sql"}
        if (lines := path.read_text().count("\n")) > FILE_LINES_MAX
    }
    assert long == {}


def test_functions_are_short_enough_to_grasp() -> None:
    long = {}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert long == {}


@pytest.mark.parametrize("word", [*REGISTRY_HOSTS, *MACHINE_PATHS])
def test_no_file_names_a_registry_or_a_machine(word: str) -> None:
    assert [str(path) for path, text in texts() if word in text] == []


def test_one_word_per_thing() -> None:
    found = [
        f"{path}:{text[: match.start()].count(chr(10)) + 1} {match.group()}"
        for path, text in texts()
        if not any(each in str(path) for each in MAY_SAY_IT)
        for match in WRONG_WORD.finditer(text)
    ]
    assert found == []


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    names = [name for name in Settings.model_fields if name != "demo"]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_documented_setting_exists() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    documented = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert sorted(set(documented) - set(Settings.model_fields)) == []


@pytest.mark.parametrize("document", ["README.md", "docs/configuration.md"])
def test_commands_in_the_documents_exist(document: str) -> None:
    known = getattr(get_command(app), "commands", {})
    text = (ROOT / document).read_text()
    named = set(re.findall(r"(?:^|[`( /])alltid ([a-z][a-z-]+)", text, re.MULTILINE))
    assert sorted(named - set(known)) == []
    for script in re.findall(r"^\./(\w+)", text, re.MULTILINE):
        assert (ROOT / script).is_file()


def test_decisions_are_numbered_once_and_short() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert len(set(numbers)) == len(numbers)
    assert {path.name: n for path in decisions if (n := path.read_text().count("\n")) > 60} == {}


def test_migrations_carry_numbers_of_their_own() -> None:
    versions = [migration.version for migration in known_migrations()]
    assert versions == sorted(set(versions))


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)} -> {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text())
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert broken == []
