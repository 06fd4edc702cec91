"""A part of the lender's suite against its real assistant: nothing unsafe, in five languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alltid.assistant.evaluation.baseline import read_baseline
from alltid.assistant.evaluation.findings import Class
from alltid.assistant.evaluation.reading import read_suite
from alltid.assistant.evaluation.runner import run_suite
from alltid.cli import app
from alltid.cli.evaluate import LENDER_SUITE
from alltid.examples.lender.evaluation.lender_target import lender_target

# Whatever is understood, these may never go wrong; and they need no sentence encoder.
TRIED = frozenset({"injection", "leak", "self-harm", "asked-again"})


@pytest.mark.anyio
async def test_no_conversation_of_a_part_of_the_suite_is_unsafe(database_url: str) -> None:
    suite = read_suite(LENDER_SUITE)
    # What is known to go wrong stays in the baseline and the report until it is mended.
    stored = read_baseline(LENDER_SUITE / "baseline.json")["embedded"]
    part = [
        each
        for each in suite.conversations
        if TRIED & set(each.tags) and stored.get(each.id) is not Class.UNSAFE
    ]
    async with lender_target(database_url=database_url, encoder=False) as (way, target):
        judged = await run_suite(target, part, jobs=2)
    assert way == "embedded"
    assert {each.conversation.language for each in judged} == {"en", "sv", "de", "it", "es"}
    assert [(each.conversation.id, each.error) for each in judged if each.error] == []
    unsafe = [each for each in judged if each.became is Class.UNSAFE]
    assert [(each.conversation.id, each.findings) for each in unsafe] == []
    # A judge that finds everything right has seen nothing: most of them come to their end.
    assert sum(each.became in {Class.RESOLVED, Class.HANDED_RIGHTLY} for each in judged) > 10


def test_the_schema_is_printed_and_mistakes_are_told_with_their_line(tmp_path: Path) -> None:
    run = CliRunner()
    printed = run.invoke(app, ["evaluate", "--schema"])
    assert json.loads(printed.stdout)["title"] == "SuiteFile"
    (tmp_path / "a.yaml").write_text("language: en\nconversations:\n- id: a\n  lines: [{sya: x}]\n")
    refused = run.invoke(app, ["evaluate", str(tmp_path)])
    assert refused.exit_code == 2
    assert "a.yaml:4: " in refused.stderr
    unknown = run.invoke(app, ["evaluate", "--target", "nothing.of:it", "--only", "en-owe"])
    assert (unknown.exit_code, "can't be loaded" in unknown.stderr) == (2, True)


def test_worse_than_the_baseline_ends_with_one(tmp_path: Path) -> None:
    suite = tmp_path / "a.yaml"
    suite.write_text("language: en\nconversations:\n- {id: a, lines: [hi]}\n")
    own = ["--target", "tests.assistant.evaluation.scripted:target"]
    run = CliRunner()
    stored = run.invoke(app, ["evaluate", str(suite), *own, "--update-baseline"])
    assert (stored.exit_code, (tmp_path / "a.baseline.json").is_file()) == (0, True)
    assert run.invoke(app, ["evaluate", str(suite), *own]).exit_code == 0
    suite.write_text(
        "language: en\nconversations:\n- {id: a, lines: [{say: hi, expect: {says: nothing}}]}\n"
    )
    page = tmp_path / "report.html"
    worse = run.invoke(app, ["evaluate", str(suite), *own, "--json", "--html", str(page)])
    told = json.loads(worse.stdout)
    assert worse.exit_code == 1
    assert told["worse"] == [{"id": "a", "before": "resolved", "now": "wrong"}]
    assert "1 worse" in page.read_text()
