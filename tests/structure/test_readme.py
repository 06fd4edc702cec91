"""What the documents for users say can be done, can be done."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from alltid.assistant.articles import parse_article
from alltid.assistant.understanding.lines import understand_lines
from alltid.cli import app
from alltid.settings import Settings, load_settings
from alltid.web.identity.company_jwt import CompanyTokens
from alltid.web.identity.rules import identity_rules

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "STYLE.md", "benchmarks/README.md"),
    *(
        f"docs/{name}.md"
        for name in (
            *(
                "configuration",
                "embedding",
                "intents",
                "operating",
                "playbooks",
                "protocol",
                "understanding",
            ),
        )
    ),
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))),
]
# Environment variables in the documents that are no settings of ours.
NOT_SETTINGS = {"ALLTID_NAME", "ALLTID_SETTINGS", "ALLTID_OUTSIDE_DATA"}


def text_of(document: str) -> str:
    return (ROOT / document).read_text()


def blocks(document: str, language: str) -> list[str]:
    pattern = rf"^```{language}\n(.*?)^```"
    return re.findall(pattern, text_of(document), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_linked_file_and_picture_exists(document: str) -> None:
    folder = (ROOT / document).parent
    targets = re.findall(r"\]\(([^)#\s]+)", text_of(document))
    missing = [each for each in targets if "://" not in each and not (folder / each).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_exists_with_its_options(document: str) -> None:
    text = text_of(document)
    for line in re.findall(r"(?:^|[`( /|])(alltid [a-z][^`\n|)]*)", text, re.MULTILINE):
        words = line.split("#")[0].split()
        command: Any = get_command(app)
        rest = words[1:]
        if words[1] not in command.commands:
            # Prose that goes on after the name isn't a command; code is.
            assert f"`{line}`" not in text, line
            continue
        while rest and rest[0] in getattr(command, "commands", {}):
            command = command.commands[rest.pop(0)]
        known = {option for each in command.params for option in each.opts}
        used = {word.partition("=")[0] for word in rest if word.startswith("--")}
        assert used <= known | {"--help"}, line


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_setting_exists(document: str) -> None:
    names = set(re.findall(r"\bALLTID_[A-Z_]*[A-Z]\b", text_of(document))) - NOT_SETTINGS
    fields = {f"ALLTID_{name.upper()}" for name in Settings.model_fields} - {"ALLTID_DEMO"}
    assert names <= fields


def test_the_ten_settings_of_the_readme_are_settings() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", text_of("README.md"), re.MULTILINE)
    assert len(rows) == 10
    assert set(rows) <= set(Settings.model_fields)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_named_file_of_the_tree_exists(document: str) -> None:
    named = re.findall(
        r"`((?:src|tests|frontend|docs|benchmarks|scripts)/[\w./-]+)`", text_of(document)
    )
    named += [
        f"src/alltid/{each}"
        for each in re.findall(
            r"`((?:kernel|storage|conversations|agents|dispatch|assistant|insights|web|cli"
            r"|examples)/[\w./-]+)`",
            text_of(document),
        )
    ]
    assert sorted({each for each in named if not (ROOT / each).exists()}) == []


def test_understand_says_what_the_readme_shows() -> None:
    block = next(each for each in blocks("README.md", "sh") if "understand" in each)
    command, *shown = block.strip().splitlines()
    said = re.search(r"printf '(.*)'", command)
    assert said
    lines = said[1].removesuffix("\\n").split("\\n")
    assert list(understand_lines(lines)) == shown


@pytest.mark.parametrize("document", ["README.md", "docs/embedding.md"])
def test_the_token_of_the_example_is_believed(
    document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "alltid.toml").write_text(blocks("docs/embedding.md", "toml")[0])
    monkeypatch.chdir(tmp_path)
    rules = identity_rules(load_settings(), "s" * 32)
    desk = CompanyTokens(
        rules.company_issuer,
        rules.company_audience,
        rules.company_keys,
        rules.company_token_max_age,
    )
    code = next(each for each in blocks(document, "python") if "customer_token" in each)
    example: dict[str, Any] = {}
    exec(compile(code, document, "exec"), example)
    arguments = ["c-1001", "Elin Berg", "sv-SE"]
    count = example["customer_token"].__code__.co_argcount
    now = datetime.now(UTC)
    claims = desk.read(example["customer_token"](*arguments[:count]), now)
    assert (claims.issuer, claims.subject, claims.name) == (
        "https://shop.example",
        "c-1001",
        "Elin Berg",
    )
    assert claims.language == ("sv-SE" if count == 3 else None)
    with pytest.raises(Exception, match="run out"):
        desk.read(example["customer_token"](*arguments[:count]), now + timedelta(hours=2))


def test_the_article_of_the_example_is_one() -> None:
    text = blocks("docs/embedding.md", "markdown")[0]
    article = parse_article(text, language="en", slug="refunds", url_prefix="/help")
    assert article.title == "How long a refund takes"
