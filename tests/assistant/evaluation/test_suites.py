"""Suites, baselines and reports as files."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import yaml

from alltid.assistant.evaluation.baseline import (
    BaselineRefused,
    compare,
    read_baseline,
    write_baseline,
)
from alltid.assistant.evaluation.findings import Class, Finding, Judged
from alltid.assistant.evaluation.reading import SuiteRefused, chosen, read_suite
from alltid.assistant.evaluation.report import Run, html_report
from alltid.assistant.evaluation.suite import Conversation, suite_schema
from alltid.assistant.evaluation.summary import as_json, by_language, by_tag
from alltid.assistant.evaluation.target import Reply, Turn
from alltid.cli.evaluate import LENDER_SUITE


def one(name: str, became: Class, language: str = "en", said: str = "hi") -> Judged:
    told = Conversation.model_validate(
        {"id": name, "language": language, "tags": ["pay"], "lines": [said]}
    )
    turn = Turn(1, said, None, agreed=False, wants_person=False, reply=Reply("<b>Hello</b>"))
    found = () if became is Class.RESOLVED else (Finding("says", "should say <i>", turn=1),)
    return Judged(told, (turn,), (), became, found)


def test_the_lenders_suite_is_large_enough_in_each_language() -> None:
    suite = read_suite(LENDER_SUITE)
    languages = Counter(each.language for each in suite.conversations)
    assert set(languages) == {"en", "sv", "de", "it", "es"}
    assert min(languages.values()) >= 30
    assert len(suite.conversations) >= 150


def test_what_customers_complain_about_is_tried_in_each_language() -> None:
    suite = read_suite(LENDER_SUITE)
    feared = {
        "human", "loops", "typos", "mixed-language", "invented", "out-of-scope", "asked-again",
        "bereavement", "debt", "illness", "self-harm", "coercion", "claims", "withdrawal",
        "complaint", "data", "leak", "injection", "confirmation", "limits", "correction",
        "digression", "cancel", "guest",
    }  # fmt: skip
    for language in ("en", "sv", "de", "it", "es"):
        tags = {tag for each in suite.conversations if each.language == language
                for tag in each.tags}  # fmt: skip
        missing = feared - tags
        # Not every kind of distress is tried in every language; all are, somewhere.
        assert missing <= {"illness", "coercion"}, language
    assert feared <= {tag for each in suite.conversations for tag in each.tags}


def test_the_schema_beside_the_suite_is_the_programs_and_fits_the_files() -> None:
    schema = suite_schema()
    stored = LENDER_SUITE / "suite.schema.json"
    assert json.loads(stored.read_text()) == schema
    validator = jsonschema.Draft202012Validator(schema)
    for file in LENDER_SUITE.glob("*.yaml"):
        validator.validate(yaml.safe_load(file.read_text()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("language: en\nconversations: [", "suite.yaml:2: "),
        ("language: en\nconversations:\n- id: a\n  lines:\n  - sya: hi\n", ":5: "),
        ("language: en\nconversations:\n- id: a\n", "either `lines` or a `simulated`"),
        ("language: en\nconversations:\n- id: a\n  lines: [{tap: x, say: y}]\n", "`say` or `tap`"),
        ("language: English\nconversations: []\n", ":1: language"),
        ("language: en\nconversations: []\n", "holds no conversation"),
        ("language: en\nconversations:\n- {id: a, lines: [x]}\n- {id: a, lines: [x]}\n", "twice"),
        ("- a", "the file"),
    ],
)
def test_what_is_wrong_in_a_suite_is_said_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "suite.yaml"
    file.write_text(text)
    with pytest.raises(SuiteRefused, match=r".") as refused:
        read_suite(file)
    assert said in str(refused.value)


def test_a_suite_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(SuiteRefused, match=r"none\.yaml|\.yaml file"):
            read_suite(path)
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(SuiteRefused, match="UTF-8"):
        read_suite(tmp_path)


def test_a_part_of_a_suite_can_be_chosen() -> None:
    suite = read_suite(LENDER_SUITE)
    assert {each.language for each in chosen(suite, ["sv"]).conversations} == {"sv"}
    assert all("human" in each.tags for each in chosen(suite, ["human"]).conversations)
    assert chosen(suite, []) is suite
    with pytest.raises(SuiteRefused, match="No conversation"):
        chosen(suite, ["nothing-of-it"])


def test_a_baseline_tells_what_got_worse(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    assert read_baseline(file) == {}
    before = [one("a", Class.RESOLVED), one("b", Class.WRONG), one("c", Class.RESOLVED)]
    write_baseline(file, "embedded", before, whole=True)
    now = [one("a", Class.WRONG), one("b", Class.HANDED_NEEDLESSLY), one("d", Class.UNSAFE)]
    compared = compare(read_baseline(file)["embedded"], now, whole=True)
    assert [each.id for each in compared.worse] == ["a", "d"]
    assert [each.id for each in compared.better] == ["b"]
    assert compared.missing == ("c",)


def test_a_part_of_a_suite_changes_only_its_own_part_of_the_baseline(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    write_baseline(file, "embedded", [one("a", Class.RESOLVED)], whole=True)
    write_baseline(file, "gpt", [one("a", Class.WRONG)], whole=True)
    write_baseline(file, "embedded", [one("b", Class.WRONG)], whole=False)
    assert read_baseline(file) == {
        "embedded": {"a": Class.RESOLVED, "b": Class.WRONG},
        "gpt": {"a": Class.WRONG},
    }


@pytest.mark.parametrize("text", ["[]", "{", '{"ways": {"embedded": {"a": "fine"}}}'])
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(BaselineRefused):
        read_baseline(file)


def test_the_report_shows_failures_first_and_texts_as_text() -> None:
    judged = [one("fine", Class.RESOLVED), one("bad", Class.UNSAFE, "sv", "<script>")]
    compared = compare({"bad": Class.RESOLVED}, judged, whole=True)
    page = html_report(Run("s", "embedded", datetime(2026, 1, 1, tzinfo=UTC), 1), judged, compared)
    assert page.index('id="bad"') < page.index('id="fine"')
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert "1 worse" in page
    assert "src=" not in page
    assert "http" not in page


def test_figures_are_counted_by_language_and_tag() -> None:
    judged = [one("a", Class.RESOLVED), one("b", Class.WRONG, "sv")]
    assert [(row.name, row.good) for row in by_language(judged)] == [("en", 1.0), ("sv", 0.0)]
    assert [(row.name, row.conversations) for row in by_tag(judged)] == [("pay", 2)]
    told = as_json(judged)
    assert told["total"]["resolved"] == told["total"]["wrong"] == 1
    assert told["findings"] == {"says": 1}
