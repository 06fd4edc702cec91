"""Files that are playbooks, and what is said of files that aren't."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from alltid.assistant.playbooks import playbook as format_
from alltid.assistant.playbooks.playbook import Playbook, json_schema
from alltid.assistant.playbooks.reading import UnreadablePlaybook, read_library, read_playbook
from alltid.assistant.playbooks.yaml_lines import NotYaml, read_yaml
from alltid.assistant.tools.tool import ToolSpec
from alltid.cli import app
from tests.assistant.playbooks.company import BOOKS

MOVE = (BOOKS / "move_due_date.yaml").read_text(encoding="utf-8")
EMAIL = (BOOKS / "change_email.yaml").read_text(encoding="utf-8")
HOURS = (BOOKS / "opening_hours.yaml").read_text(encoding="utf-8")
SCHEMA = Path(format_.__file__).with_name("playbook.schema.json")
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_the_schema_file_is_current() -> None:
    # To write it anew: alltid playbooks schema > …/playbook.schema.json
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_page_shows_a_playbook_that_can_be_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "playbooks.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(playbook:.*?)```", page, re.DOTALL)
    assert found is not None
    assert read_playbook(found[1], "page", languages=["en", "sv"]).playbook == "extend_due_date"


DOCUMENTS = [read_yaml(text).value for text in (MOVE, EMAIL, HOURS)]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = (
        list(value)
        if isinstance(value, dict)
        else range(len(value) if isinstance(value, list) else 0)
    )
    return [path, *(place for key in keys for place in _places(value[key], (*path, key)))]


PLACES = [[place for place in _places(document) if place] for document in DOCUMENTS]
JUNK = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "Not A Name", "end", [], {}, [1], {"en": 1}, {"x": "y"},
     {"en": "a", "sv": "b"}, {"say": "x"}, "x" * 3000, 2**60]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_the_schema_takes_the_reader_takes_and_the_other_way_round(
    data: st.DataObject,
) -> None:
    which = data.draw(st.integers(0, len(DOCUMENTS) - 1))
    document = deepcopy(DOCUMENTS[which])
    path = data.draw(st.sampled_from(PLACES[which]))
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    how = data.draw(st.sampled_from(["change", "drop", "add"]))
    if how == "change":
        parent[path[-1]] = data.draw(JUNK)
    elif how == "drop":
        del parent[path[-1]]
    elif isinstance(parent, dict):
        parent[data.draw(st.sampled_from(["go", "end", "as", "zz", "N o"]))] = data.draw(JUNK)
    try:
        Playbook.model_validate_json(orjson.dumps(document))
        taken = True
    except ValidationError:
        taken = False
    assert VALIDATOR.is_valid(document) == taken


def problems(text: str, **more: Any) -> str:
    with pytest.raises(UnreadablePlaybook) as refused:
        read_playbook(text, "move.yaml", **more)
    return str(refused.value)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# What is changed, into what, and what is said of it in that line.
SLIPS: list[tuple[str, str, str]] = [
    ("quote.moved < 2", "quote.moved <", "is no CEL"),
    ("quote.moved < 2", "qoute.moved < 2", "nothing is called 'qoute'"),
    ("quote.moved < 2", "moved.x < 2", "'moved' is only known further down"),
    ("quote.moved < 2", "facts.weather == 'x'", "there is no fact 'weather'"),
    ("quote.moved < 2", "frob(1)", "calls frob, which there isn't"),
    ("slots.invoice, days: slots.days", "slots.invioce, days: slots.days", "no slot 'invioce'"),
    ("go: none", "go: nowhere", "no label 'nowhere'; there are none"),
    ("- label: none", "- label: none\n  - go: none", "'none' stands above"),
    ("- label: none", "- label: none\n  - label: none", "a second time"),
    ("- ask: days", "- ask: day", "no slot 'day'; there are days, invoice"),
    ("clear: [days]", "clear: [moved]", "can't be cleared"),
    ("clear: [days]", "clear: [days], end: true", "choose one of"),
    ("declined: unchanged", "declined: as_it_was", "no text 'as_it_was'"),
    ("as: quote", "as: slots", "a result can't be called 'slots'"),
    ("as: quote", "as: invoices", "there is a result 'invoices' already"),
    ("{quote.new_due|date}", "{quote.new_due|day}", "no filter is called 'day'"),
    ("{quote.fee|money}", "{quote.fee|money(qote.x)}", "nothing is called 'qote'"),
    ("{quote.fee|money}", "{quote.fee|label}", "'label' shows a choice slot"),
    ("{quote.fee|money}", "{invoices|each(gone)}", "no text 'gone'"),
    ("{quote.fee|money}", "{quote.fee|text(gone)}", "needs a text 'gone_other'"),
    ("{quote.fee|money}", "{item.fee|money}", "nothing is called 'item'"),
    ("{item.due|date}", "{invoices|each(locked)}", "can't stand inside"),
    ("title: {en: Move a due date, sv: Flytta förfallodag}", "title: {en: Move}", "'sv'"),
    ("triggers: {en: [pay later], sv: [betala senare]}", "triggers: {en: [x]}", "no triggers"),
    ("locked: {en: It is locked., sv: Den är låst.}", "locked: {en: Locked.}", "'sv' is missing"),
    ("version: 1", "version: one", "valid integer"),
    ("version: 1", "versoin: 1", "'versoin' is not known here"),
    ("type: integer", "type: number", "'type' must be one of: 'text', 'integer'"),
    ("- end\n", "- stop\n", "should be 'end'"),
    ("- label: none", "- lable: none", "none of what may stand here"),
    ("as: invoices", "as: In Voices", "is no name"),
    ("of: invoices", "of: slots.days > 1 ? invoices", "is no CEL"),
    ("of: invoices", "of: 'slots.days > 1 ? invoices : invoices'", "not asked for before"),
    ("of: invoices", "of: 'invoices >'", "is no CEL"),
    ("to: chosen.invoice.most_days", "to: chosen.invoise.most_days", "no slot 'invoise'"),
    ("version: 1", "version: 1\nversion: 2", "a second time"),
    ("version: 1", "version: &x 1\nskill: *x", "not used in playbooks"),
    ("version: 1", "version: !odd 1", "the tag !odd"),
    ("version: 1", "version: [", "this is no YAML"),
    ("version: 1", "? [a]\n: 1", "a key is a word"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "instead", "said"), SLIPS)
def test_every_slip_is_named_with_its_line(part: str, instead: str, said: str) -> None:
    text = MOVE.replace(part, instead, 1)
    assert text != MOVE
    told = problems(text, languages=["en", "sv"])
    assert said in told
    lines = [int(line.split(":")[1]) for line in told.splitlines()]
    changed = line_of(MOVE, part)
    if "no YAML" not in said and "CEL" not in said:
        assert any(changed - 1 <= line <= changed + 3 for line in lines), told


def test_a_slot_that_nobody_asks_for() -> None:
    text = MOVE.replace("  - ask: days\n", "")
    assert "no step asks for 'days'" in problems(text)


def test_money_and_choices_are_looked_into() -> None:
    sum_of = (
        "  sum: {type: money, currency: gone.x, from: 1, ask: {en: How much?, sv: Hur mycket?}}\n"
    )
    text = HOURS.replace("slots:\n", "slots:\n" + sum_of).replace(
        "  - ask: day\n", "  - ask: day\n  - ask: sum\n"
    )
    assert "nothing is called 'gone'" in problems(text)
    assert "no text 'somewhere'" in problems(
        EMAIL.replace("moved: {en: I moved, sv: Jag har flyttat}", "moved: somewhere")
    )
    assert "no text 'sorry_then'" in problems(
        HOURS.replace(
            "      - when: hours.tell\n        hand_off: {because: strange}",
            "      - when: hours.tell\n        hand_off: {because: strange, say: sorry_then}",
        )
    )


def tool(effect: Any, *arguments: str, required: tuple[str, ...] = ()) -> ToolSpec:
    schema = {"properties": {name: {} for name in arguments}, "required": list(required)}
    return ToolSpec("x", "x", effect, schema)


TOOLS = {
    "list_invoices": tool("read", "status"),
    "quote": tool("read", "invoice", "days"),
    "move_due_date": tool("act", "invoice", "days", required=("invoice", "days")),
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda tools: tools.pop("quote"), "no tool 'quote'; there are list_invoices"),
        (lambda tools: tools.update(quote=tool("act", "invoice", "days")), "use 'confirm'"),
        (lambda tools: tools.update(move_due_date=tool("read", "invoice", "days")), "use 'read'"),
        (lambda tools: tools.update(quote=tool("read", "invoice")), "takes no 'days'"),
        (
            lambda tools: tools.update(quote=tool("read", "invoice", "days", "x", required=("x",))),
            "needs 'x' under 'with'",
        ),
    ],
)
def test_calls_are_of_tools_that_there_are(change: Callable[..., Any], said: str) -> None:
    assert read_playbook(MOVE, "move.yaml", tools=TOOLS).playbook == "move_due_date"
    tools = dict(TOOLS)
    change(tools)
    assert said in problems(MOVE, tools=tools)


def test_yaml_is_plain() -> None:
    told = read_yaml(
        "no: {en: yes}\nday: 2026-01-01\na: [1, 2.5, true, null, ~, off, -3, 08]\nb: >\n  x\n  y\n"
    )
    assert told.value == {
        "no": {"en": "yes"},
        "day": "2026-01-01",
        "a": [1, 2.5, True, None, None, "off", -3, "08"],
        "b": "x y\n",
    }
    assert told.line_of(("a", 2, "nonsense")) == 3
    for text in ("", "\x00", "x" * 300_000, "[" * 100_000):
        with pytest.raises(NotYaml):
            read_yaml(text)


def test_a_library_names_the_problems_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MOVE, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(MOVE, encoding="utf-8")
    (tmp_path / "c.yaml").write_bytes(b"\xff")
    (tmp_path / "d.yaml").write_text(HOURS.replace("version: 1", "version: 0"), encoding="utf-8")
    with pytest.raises(UnreadablePlaybook) as refused:
        read_library(sorted(tmp_path.glob("*.yaml")))
    told = str(refused.value)
    assert "two playbooks 'move_due_date'" in told
    assert "UTF-8" in told
    assert "greater than or equal to 1" in told


def test_the_command_line_checks_and_prints_the_schema(tmp_path: Path) -> None:
    run = CliRunner().invoke
    fine = run(app, ["playbooks", "check", str(BOOKS), "--languages", "en,sv"])
    assert fine.exit_code == 0
    assert "move_due_date version 1: 11 steps, en, sv" in fine.output
    missing = run(app, ["playbooks", "check", str(BOOKS), "--languages", "en,de"])
    assert missing.exit_code == 1
    assert "move_due_date.yaml:3: the wording in 'de' is missing" in missing.output
    assert run(app, ["playbooks", "check", str(tmp_path / "gone")]).exit_code == 2
    assert run(app, ["playbooks", "check", str(tmp_path)]).exit_code == 2
    schema = run(app, ["playbooks", "schema"])
    assert json.loads(schema.output) == json_schema()
