"""Trains a classifier from a table of examples: the same table and seed, the same files."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.calibration import (
    Calibration,
    expected_calibration_error,
    fitted,
)
from alltid.assistant.intents.encoders import Encoder, EncoderUnavailable, encoder_named
from alltid.assistant.intents.kernels import gaussian, solve
from alltid.assistant.intents.model_files import write_model
from alltid.assistant.intents.table import Example, Table, check_for_training
from alltid.assistant.intents.views import View, stacked
from alltid.assistant.intents.words import Postings, Vocabulary, plain

Array = NDArray[np.float32]
Progress = Callable[[str, float], None]
"""Told the step and how far it has come, 0 to 1."""
MAX_EXAMPLES: Final = 20_000
"""More are thinned out, an equal share from each intent: memory grows with the square."""
_SHARES: Final = (0.15, 0.2, 0.25, 0.3, 0.34, 0.4, 0.5, 0.6, 0.7)
_SHARE_WITHOUT_EVIDENCE: Final = 0.34
_PROBE_ROWS: Final = 3_000
_PROBE_GROUPS: Final = 4
_ENOUGH_NEGATIVES: Final = 20


@dataclass(frozen=True, slots=True)
class Options:
    """What a training may choose."""

    language: str
    encoders: tuple[str, ...]
    seed: int = 0
    give_up: float | None = None
    """Share of right answers that may be withheld to leave out what is no intent; None: 0.005
    with examples of what is none, 0.0005 without."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training; shares are of texts that were left out in turn."""

    examples: int
    labels: int
    out_of_scope: int
    duplicates: int
    thinned: int
    encoders: tuple[str, ...]
    warning: str | None
    accuracy: float
    words_accuracy: float
    calibration_error: float
    out_of_scope_recall: float | None
    threshold: float


@dataclass(frozen=True, slots=True)
class _Kernel:
    """One way of comparing the examples, and what was learned with it."""

    cosines: Callable[[NDArray[np.int64]], Array]
    """Cosines among the examples with these numbers."""
    weights: Array
    left_out: Array


def train(table: Table, folder: Path, options: Options, progress: Progress) -> Trained:
    """Train on a table and write the model to `folder`.

    Raises `TableRefused` when the table holds too little. A missing encoder is no error: the
    model is then made of words alone, and `Trained.warning` says so.
    """
    check_for_training(table)
    rng = np.random.default_rng(options.seed)
    examples, duplicates = _distinct(table.examples)
    kept = _thinned(examples, rng)
    texts = [each.text for each in kept]
    labels = sorted({each.label for each in kept if each.label is not None})
    column = {label: number for number, label in enumerate(labels)}
    truth = np.array([-1 if e.label is None else column[e.label] for e in kept], dtype=np.int64)

    encoders, warning = _encoders(options.encoders)
    progress("words", 0.0)
    words, word_arrays = _learn_words(texts, truth, len(labels), progress)
    views, meaning_arrays = _learn_views(texts, truth, len(labels), encoders, progress)
    progress("calibration", 0.0)
    share, full, alone, report = _calibrated(words, views, truth, options, rng)
    head = {
        "language": options.language,
        "encoders": [each.name for each in encoders],
        "words_share": share,
        "calibration": asdict(full),
        "words_calibration": asdict(alone),
        "seed": options.seed,
        "examples": len(kept),
        "left_out_in_turn": report,
        "labels": labels,
    }
    write_model(folder, head, word_arrays, meaning_arrays)
    progress("calibration", 1.0)
    return Trained(
        examples=len(kept),
        labels=len(labels),
        out_of_scope=int((truth < 0).sum()),
        duplicates=duplicates,
        thinned=len(examples) - len(kept),
        encoders=tuple(each.name for each in encoders),
        warning=warning,
        threshold=full.threshold,
        **report,
    )


def _distinct(examples: Sequence[Example]) -> tuple[list[Example], int]:
    """Drop repetitions, which would be asked about while they are known."""
    found = {(plain(each.text), each.label): each for each in reversed(examples)}
    kept = [Example(text, label) for text, label in reversed(found)]
    return kept, len(examples) - len(kept)


def _thinned(examples: Sequence[Example], rng: np.random.Generator) -> list[Example]:
    if len(examples) <= MAX_EXAMPLES:
        return list(examples)
    # The first of each intent come first, then the second of each, and so on.
    turns: Counter[str | None] = Counter()
    order = []
    for number in rng.permutation(len(examples)):
        turns[examples[number].label] += 1
        order.append((turns[examples[number].label], int(number)))
    return [examples[number] for _, number in sorted(sorted(order)[:MAX_EXAMPLES])]


def _encoders(names: tuple[str, ...]) -> tuple[list[Encoder], str | None]:
    try:
        return [encoder_named(name) for name in names], None
    except EncoderUnavailable as error:
        return [], f"Trained on words alone, which is less exact: {error}"


def _targets(truth: NDArray[np.int64], classes: int) -> Array:
    """One in the column of the intent; nothing for what is none."""
    targets = np.zeros((len(truth), classes), dtype=np.float32)
    known = np.flatnonzero(truth >= 0)
    targets[known, truth[known]] = 1
    return targets


def _learn_words(
    texts: Sequence[str], truth: NDArray[np.int64], classes: int, progress: Progress
) -> tuple[_Kernel, dict[str, Any]]:
    vocabulary = Vocabulary.of(texts)
    rows = [vocabulary.row(text) for text in texts]
    postings = Postings.of(rows, len(vocabulary.index))

    def cosines(numbers: NDArray[np.int64]) -> Array:
        found = np.empty((len(numbers), len(numbers)), dtype=np.float32)
        for place, number in enumerate(numbers):
            found[place] = postings.cosines(*rows[number])[numbers]
            if place % 500 == 0 and len(numbers) == len(texts):
                progress("words", 0.5 * place / len(numbers))
        return found

    weights, left_out = solve(
        gaussian(cosines(np.arange(len(texts)))),
        _targets(truth, classes),
        lambda share: progress("words", 0.5 + share / 2),
    )
    arrays = {
        "grams": np.frombuffer("\n".join(vocabulary.index).encode(), dtype=np.uint8),
        "idf": vocabulary.weights,
        "starts": postings.starts,
        "rows": postings.rows,
        "values": postings.values.astype(np.float16),
        "weights": weights,
    }
    return _Kernel(cosines, weights, left_out), arrays


def _learn_views(
    texts: Sequence[str],
    truth: NDArray[np.int64],
    classes: int,
    encoders: Sequence[Encoder],
    progress: Progress,
) -> tuple[list[_Kernel], dict[str, Any]]:
    kernels: list[_Kernel] = []
    arrays: dict[str, Any] = {}
    for encoder in encoders:
        raw = []
        for number, text in enumerate(texts):
            if number % 50 == 0:
                progress("meaning", number / len(texts))
            raw.append(encoder.views(text))
        for number, matrix in enumerate(stacked(raw)):
            step = f"view {encoder.name} {number + 1}"
            progress(step, 0.0)
            view = View.of(matrix)
            rows = view.unit(matrix).astype(np.float16)
            kernel = _view_kernel(rows.astype(np.float32), truth, classes, step, progress)
            kernels.append(kernel)
            key = f"{encoder.name}.{number}"
            arrays |= {
                f"{key}.centre": view.centre,
                f"{key}.axes": view.axes,
                f"{key}.rows": rows,
                f"{key}.weights": kernel.weights,
            }
    return kernels, arrays


def _view_kernel(
    rows: Array, truth: NDArray[np.int64], classes: int, step: str, progress: Progress
) -> _Kernel:
    def cosines(numbers: NDArray[np.int64]) -> Array:
        return np.asarray(rows[numbers] @ rows[numbers].T, dtype=np.float32)

    weights, left_out = solve(
        gaussian(cosines(np.arange(len(rows)))),
        _targets(truth, classes),
        lambda share: progress(step, share),
    )
    return _Kernel(cosines, weights, left_out)


def _calibrated(
    words: _Kernel,
    views: Sequence[_Kernel],
    truth: NDArray[np.int64],
    options: Options,
    rng: np.random.Generator,
) -> tuple[float, Calibration, Calibration, dict[str, Any]]:
    """Choose the share of words, calibrate with and without the encoders, and report."""
    known = truth >= 0
    share = _best_share(words, views, truth) if views else 1.0
    votes = _mixed(words.left_out, [view.left_out for view in views], share)
    declared = int((~known).sum()) >= _ENOUGH_NEGATIVES
    give_up = options.give_up if options.give_up is not None else 0.005 if declared else 0.0005
    if declared:
        strange, strange_words = votes[~known], words.left_out[~known]
    else:
        strange, strange_words = _strangers(words, views, truth, share, rng)
    full = fitted(votes[known], truth[known], strange, give_up)
    alone = fitted(words.left_out[known], truth[known], strange_words, give_up)

    likely = full.probabilities(votes[known])
    right = likely.argmax(axis=1) == truth[known]
    refused = full.probabilities(strange).max(axis=1) < full.threshold if len(strange) else None
    report = {
        "accuracy": round(float((right & (likely.max(axis=1) >= full.threshold)).mean()), 4),
        "words_accuracy": round(
            float((words.left_out[known].argmax(axis=1) == truth[known]).mean()), 4
        ),
        "calibration_error": round(expected_calibration_error(likely.max(axis=1), right), 4),
        "out_of_scope_recall": None
        if refused is None or not declared
        else round(float(refused.mean()), 4),
    }
    return share, full, alone, report


def _best_share(words: _Kernel, views: Sequence[_Kernel], truth: NDArray[np.int64]) -> float:
    known = truth >= 0
    right: Mapping[float, int] = {
        share: int(
            (
                _mixed(words.left_out, [v.left_out for v in views], share)[known].argmax(axis=1)
                == truth[known]
            ).sum()
        )
        for share in _SHARES
    }
    return max(_SHARES, key=lambda share: (right[share], -abs(share - _SHARE_WITHOUT_EVIDENCE)))


def _mixed(words: Array, views: Sequence[Array], share: float) -> Array:
    mixed = words * np.float32(share)
    for view in views:
        mixed += view * np.float32((1 - share) / len(views))
    return mixed


def _strangers(
    words: _Kernel,
    views: Sequence[_Kernel],
    truth: NDArray[np.int64],
    share: float,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return votes for texts whose intent was left out of the training on purpose.

    They stand for what is none of the intents where a table has no such rows. Of a sample, a
    quarter of the intents is left out in turn.
    """
    classes = int(truth.max()) + 1
    numbers = np.sort(rng.permutation(np.flatnonzero(truth >= 0))[:_PROBE_ROWS])
    group = (rng.permutation(classes) % _PROBE_GROUPS)[truth[numbers]]
    if classes < _PROBE_GROUPS:
        empty = np.zeros((0, classes), dtype=np.float32)
        return empty, empty
    mixed, alone = [], []
    cosines = [each.cosines(numbers) for each in (words, *views)]
    for out in range(2):
        there, gone = np.flatnonzero(group != out), np.flatnonzero(group == out)
        votes = []
        for each in cosines:
            kernel = gaussian(each[np.ix_(there, there)])
            weights, _ = solve(kernel, _targets(truth[numbers[there]], classes), lambda _: None)
            votes.append(gaussian(each[np.ix_(gone, there)]) @ weights)
        mixed.append(_mixed(votes[0], votes[1:], share) if views else votes[0])
        alone.append(votes[0])
    return np.concatenate(mixed), np.concatenate(alone)
