"""P1 to P4 hold over the real decider, whatever is asked of it and in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.promises.machine import ConversationMachine
from tests.promises.models import AlwaysAHuman, NeverLost, NeverPulledBack, ToldTheTruth
from tests.promises.mutants import MUTANTS, Mutant

THOROUGH = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# Finding a mutant is enough; making its example small takes longer. Who has found it stops, so
# the patience is for those who are unlucky.
FINDING = settings(
    THOROUGH,
    max_examples=3_000,
    phases=[Phase.generate],
    database=None,
    report_multiple_bugs=False,
)


@pytest.mark.parametrize(
    "machine", [AlwaysAHuman, NeverLost, NeverPulledBack, ToldTheTruth], ids=lambda m: m.promise
)
def test_the_promise_is_kept(machine: type[ConversationMachine]) -> None:
    run_state_machine_as_test(machine, settings=THOROUGH)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_decider_that_breaks_the_promise_is_caught(mutant: Mutant) -> None:
    broken = type(mutant.name, (mutant.machine,), {"decide": staticmethod(mutant.decide)})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(broken, settings=FINDING)
