"""A trained classifier: one message in, the intent with its probability out.

Pure arrays and numpy: nothing in a model's folder is ever executed, and each file of it is
checked against the hash that `model.json` holds.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.calibration import Calibration
from alltid.assistant.intents.encoders import Encoder, EncoderUnavailable, encoder_named
from alltid.assistant.intents.kernels import gaussian
from alltid.assistant.intents.model_files import (
    Loaded,
    ModelBroken,
    read_meaning,
    read_model,
)
from alltid.assistant.intents.views import View
from alltid.assistant.intents.words import Postings, Vocabulary, plain

__all__ = ["IntentModel", "ModelBroken", "Prediction"]
Array = NDArray[np.float32]
_TOP = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a message is about."""

    label: str | None
    """The intent, or None when no intent is likely enough."""
    confidence: float
    """How probable the best intent is, 0 to 1, also when it was not named."""
    top: tuple[tuple[str, float], ...]
    """The five most probable intents with their probabilities, best first."""


@dataclass(frozen=True, slots=True)
class WordVotes:
    """Votes of the examples by the n-grams they share with a message."""

    vocabulary: Vocabulary
    postings: Postings
    weights: Array

    def votes(self, text: str) -> Array:
        """Return a vote an intent."""
        columns, values = self.vocabulary.row(text)
        return gaussian(self.postings.cosines(columns, values)) @ self.weights


@dataclass(frozen=True, slots=True)
class ViewVotes:
    """Votes of the examples by their nearness in one view of an encoder."""

    view: View
    rows: Array
    weights: Array

    def votes(self, raw: Array) -> Array:
        """Return a vote an intent for an encoder's vector."""
        return gaussian(self.rows @ self.view.unit(raw[None, :])[0]) @ self.weights


class IntentModel:
    """A classifier that is loaded and ready. Safe to share between threads."""

    def __init__(
        self,
        loaded: Loaded,
        words: WordVotes,
        meaning: tuple[tuple[Encoder, tuple[ViewVotes, ...]], ...],
        warning: str | None,
    ) -> None:
        self.labels = loaded.labels
        self.language = loaded.language
        self.warning = warning
        """Why only words are looked at although the model was trained with more, or None."""
        self._words = words
        self._meaning = meaning
        self._words_share = loaded.words_share if meaning else 1.0
        self.calibration: Calibration = loaded.calibration if meaning else loaded.words_calibration

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        """Load the model of a folder.

        Raises `ModelBroken` when it can't be used at all. When only the encoder or its part of
        the model is missing or changed, the words alone decide, and `warning` says so.
        """
        loaded = read_model(folder)
        arrays = loaded.words
        words = WordVotes(
            Vocabulary(loaded.vocabulary, arrays["idf"]),
            Postings(
                arrays["starts"],
                arrays["rows"],
                arrays["values"].astype(np.float32),
                len(arrays["weights"]),
            ),
            arrays["weights"],
        )
        try:
            return cls(loaded, words, _meaning(folder, loaded), None)
        except (EncoderUnavailable, ModelBroken) as error:
            warning = f"Only words decide, less well than they would with the encoder: {error}"
            _log.warning("%s", warning)
            return cls(loaded, words, (), warning)

    def predict(self, text: str) -> Prediction:
        """Say what `text` is about. Any text will do: of any length, empty, or no language."""
        likely = self.calibration.probabilities(self.votes(text))
        best = np.argsort(-likely, kind="stable")[:_TOP]
        top = tuple((self.labels[each], float(likely[each])) for each in best)
        label, confidence = top[0]
        named = bool(text.strip()) and confidence >= self.calibration.threshold
        return Prediction(label if named else None, confidence, top)

    def votes(self, text: str) -> Array:
        """Return the summed votes an intent, before they are read as probabilities."""
        text = plain(text)
        summed = self._words.votes(text) * np.float32(self._words_share)
        views = sum(len(each) for _, each in self._meaning)
        for encoder, parts in self._meaning:
            raw = encoder.views(text)
            for part, vector in zip(parts, raw, strict=True):
                summed += part.votes(vector) * np.float32((1 - self._words_share) / views)
        return summed


def _meaning(folder: Path, loaded: Loaded) -> tuple[tuple[Encoder, tuple[ViewVotes, ...]], ...]:
    """Start the encoders that the model was trained with and read their votes."""
    if not loaded.encoders:
        return ()
    arrays = read_meaning(folder, loaded)
    found = []
    for name in loaded.encoders:
        encoder = encoder_named(name)
        parts = tuple(
            _view_votes(arrays, f"{name}.{number}") for number in range(len(encoder.widths))
        )
        found.append((encoder, parts))
    return tuple(found)


def _view_votes(arrays: Mapping[str, NDArray[np.generic]], key: str) -> ViewVotes:
    centre, axes, rows, weights = (
        np.ascontiguousarray(arrays[f"{key}.{name}"], dtype=np.float32)
        for name in ("centre", "axes", "rows", "weights")
    )
    return ViewVotes(View(centre, axes), rows, weights)
