"""10,000 operations against an auditor that predicts every answer.

A longer run, or a seed again: ALLTID_SIMULATED_OPERATIONS=200000 ALLTID_SEED=7 pytest <this file>
"""

from __future__ import annotations

import os

import pytest

from tests.pay.simulation.driver import Simulation
from tests.pay.simulation.model import Answer, Model, Surprise, audit

OPERATIONS = int(os.environ.get("ALLTID_SIMULATED_OPERATIONS", "10000"))
SEED = int(os.environ.get("ALLTID_SEED", "20260314"))


@pytest.mark.anyio
@pytest.mark.timeout(600 + OPERATIONS // 50)
async def test_every_answer_is_the_one_that_was_predicted(database_url: str) -> None:
    simulation = Simulation(database_url, SEED, OPERATIONS)
    try:
        seen = await simulation.run()
    except Exception as error:
        error.add_note(f"again: ALLTID_SEED={SEED} ALLTID_SIMULATED_OPERATIONS={OPERATIONS}")
        raise
    print(dict(seen))  # noqa: T201  shown with -s: what the storm was made of
    happened = {
        *("recorded", "repeated", "overdrawn", "key_reused", "already_settled", "not_pending"),
        *("unknown_transfer", "already_reversed", "not_reversible", "period_closed"),
        *("unbalanced", "unknown_account", "workers killed", "seals", "balance checks"),
    }
    assert {name for name in happened if not seen[name]} == set()


def auditor() -> Model:
    return Model(guarded=frozenset(["owed"]), accounts=frozenset(["owed", "cost"]))


EARN = ["post", "a", "2026-01-01", [["cost", 5], ["owed", -5]], "", False]
PAY = ["post", "b", "2026-01-01", [["owed", 5], ["cost", -5]], "", False]
LATER = ["post", "c", "2026-01-01", [["owed", 5], ["cost", -5]], "", False]


@pytest.mark.parametrize(
    "answers",
    [
        [[Answer(PAY, "recorded", 1)]],
        [[Answer(EARN, "overdrawn")]],
        [[Answer(EARN, "recorded", 1)], [Answer(EARN, "recorded", 2)]],
        [[Answer(EARN, "recorded", 1)], [Answer(EARN, "recorded", 1)]],
        [[Answer(EARN, "recorded", 1), Answer(PAY, "recorded", 2), Answer(LATER, "recorded", 3)]],
        [[Answer(EARN, "recorded", 2)], [Answer(PAY, "recorded", 1)]],
        [[Answer(EARN, "recorded", 1)], [Answer(PAY, "key_reused")]],
        [[Answer(EARN, "recorded", 1)], [Answer(PAY, "recorded", 1)]],
    ],
)
def test_the_auditor_is_not_easily_pleased(answers: list[list[Answer]]) -> None:
    with pytest.raises(Surprise):
        audit(auditor(), answers)


def test_the_auditor_allows_any_order_of_what_runs_at_once() -> None:
    for refusal in ([Answer(PAY, "overdrawn")], [Answer(PAY, "recorded", 2)]):
        audit(auditor(), [[Answer(EARN, "recorded", 1)], refusal])
