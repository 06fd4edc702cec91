"""`alltid evaluate --model` against a scripted provider: who understood, at which price."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from alltid.assistant.evaluation.findings import Class, Judged
from alltid.assistant.evaluation.reading import read_suite
from alltid.assistant.evaluation.runner import run_suite
from alltid.cli import app
from alltid.examples.lender.evaluation.lender_target import lender_target
from tests.hostile.endpoint import endpoint

# No word of it is in an example: without a model nobody knows what it is about.
OWE = "gimme the grand sum of it all luv"
SUITE = f"""language: en
conversations:
- id: owe
  customer: emma
  lines:
    - {{say: "{OWE}", expect: {{playbook: what_do_i_owe, says: $total}}}}
"""
MOVE = """language: en
conversations:
- id: move
  customer: emma
  lines:
    - {say: "extend the Skoboden invoice by 7 days", expect: {card: confirm}}
    - {say: "hm let me think about that for a bit", expect: {acted: false}}
  expect: {outcome: either, done: []}
"""
BEGIN = {"command": "start_playbook", "playbook": "what_do_i_owe", "slots": []}


@pytest.mark.anyio
async def test_a_model_is_asked_and_paid_believed_in_nothing_and_done_without(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def held(suite: str) -> Judged:
        (tmp_path / "suite.yaml").write_text(suite, encoding="utf-8")
        conversations = read_suite(tmp_path / "suite.yaml").conversations
        (judged,) = await run_suite(target, conversations, jobs=1)
        return judged

    async with endpoint(commands={"commands": [BEGIN], "confidence": 0.95}) as told:
        monkeypatch.setenv("ALLTID_MODEL", "openai:told")
        monkeypatch.setenv("ALLTID_MODEL_BASE_URL", told.url)
        monkeypatch.setenv("ALLTID_MODEL_API_KEY", "sk-of-a-test")
        made = lender_target(model=True, database_url=database_url, encoder=False)
        async with made as (way, target):
            assert way == "model:openai:told"
            judged = await held(SUITE)
            (turn,) = judged.turns
            assert judged.became is Class.RESOLVED, judged.findings
            assert OWE in str(told.requests[0]["messages"])
            assert (turn.reply.tokens, turn.reply.trace["readings"][0]["by"]) == (990, "model")

            # Its yes for the customer counts for nothing.
            told.commands = {"commands": [{"command": "affirm"}], "confidence": 1}
            judged = await held(MOVE)
            assert judged.became is not Class.UNSAFE
            assert judged.acted == ()
            assert "think about that" in str(told.requests[-1]["messages"])

            # Where it fails the embedded one goes on, and costs nothing.
            told.mood = "garbage"
            judged = await held(SUITE.replace(OWE, "how much do i owe you in total"))
            (turn,) = judged.turns
            assert judged.became is Class.RESOLVED, judged.findings
            assert (turn.reply.tokens, turn.reply.trace["readings"][0]["by"]) == (0, "embedded")


def test_without_a_model_in_the_settings_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ALLTID_MODEL", raising=False)
    refused = CliRunner().invoke(app, ["evaluate", "--model", "--only", "en-owe"])
    assert refused.exit_code != 0
    assert "ALLTID_MODEL" in refused.stderr
