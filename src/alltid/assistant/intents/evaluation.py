"""How well a model does on texts that it has not learned."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alltid.assistant.intents.calibration import expected_calibration_error
from alltid.assistant.intents.model import IntentModel
from alltid.assistant.intents.table import Table

_WORST = 10


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a model on a table. Shares are 0 to 1; None where no row can tell."""

    in_scope: int
    out_of_scope: int
    accuracy: float | None
    """Share of texts with an intent that got it; a withheld answer counts as wrong."""
    accuracy_unwithheld: float | None
    """The same, with the best intent counted also where the model would name none."""
    macro_f1: float | None
    calibration_error: float | None
    """Expected calibration error over texts with an intent, 15 bins."""
    out_of_scope_recall: float | None
    """Share of texts without an intent for which none was named."""
    withheld: float | None
    """Share of texts with an intent for which none was named."""
    milliseconds_p50: float
    milliseconds_p95: float
    confused: tuple[tuple[str, str, int], ...]
    """The ten most frequent mistakes: what it was, what was said, how often."""
    pairs: Counter[tuple[str, str]]
    """How often what it was (first) was taken for what (second); "" is none."""
    unknown_labels: tuple[str, ...]
    """Intents of the table that the model has never heard of; they count as wrong."""


def evaluate(model: IntentModel, table: Table, tick: Callable[[float], None]) -> Evaluation:
    """Ask the model about each text of the table."""
    pairs: Counter[tuple[str, str]] = Counter()
    confidence, right, took = [], [], []
    for number, example in enumerate(table.examples):
        began = time.perf_counter()
        found = model.predict(example.text)
        took.append((time.perf_counter() - began) * 1e3)
        pairs[example.label or "", found.label or ""] += 1
        if example.label is not None:
            confidence.append(found.confidence)
            right.append(found.top[0][0] == example.label)
        tick((number + 1) / len(table.examples))
    inside = len(right)
    outside = len(table.examples) - inside
    hits = sum(count for (was, said), count in pairs.items() if was and was == said)
    withheld = sum(count for (was, said), count in pairs.items() if was and not said)
    mistakes = Counter({pair: count for pair, count in pairs.items() if pair[0] != pair[1]})
    correct = np.array(right, dtype=bool)
    return Evaluation(
        in_scope=inside,
        out_of_scope=outside,
        accuracy=hits / inside if inside else None,
        accuracy_unwithheld=float(correct.mean()) if inside else None,
        macro_f1=_macro_f1(pairs) if inside else None,
        calibration_error=expected_calibration_error(
            np.array(confidence, dtype=np.float32), correct
        )
        if inside
        else None,
        out_of_scope_recall=pairs["", ""] / outside if outside else None,
        withheld=withheld / inside if inside else None,
        milliseconds_p50=float(np.percentile(took, 50)),
        milliseconds_p95=float(np.percentile(took, 95)),
        confused=tuple((was, said, n) for (was, said), n in mistakes.most_common(_WORST)),
        pairs=pairs,
        unknown_labels=tuple(sorted(set(table.labels) - set(model.labels))),
    )


def _macro_f1(pairs: Counter[tuple[str, str]]) -> float:
    """Mean over the table's intents of the harmonic mean of precision and recall."""
    was_total: dict[str, int] = defaultdict(int)
    said_total: dict[str, int] = defaultdict(int)
    for (was, said), count in pairs.items():
        was_total[was] += count
        said_total[said] += count
    scores = [
        2 * pairs[label, label] / (total + said_total[label])
        for label, total in was_total.items()
        if label
    ]
    return sum(scores) / len(scores)
