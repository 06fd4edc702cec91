"""What `alltid understand` listens with: the intents of a company, and the sentence encoder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from alltid.assistant.understanding.lines import Guess, Listener, found_in
from alltid.cli.terminal import USAGE, stop_with

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


class TrainedListener:
    """A model of `alltid intents train`, and the encoder that signals are heard with."""

    def __init__(self, folder: Path) -> None:
        """Load the model; ends the program with what is wrong with it."""
        from alltid.assistant.intents import IntentModel, ModelBroken
        from alltid.assistant.intents.encoders import Encoder, EncoderUnavailable, encoder_named
        from alltid.assistant.understanding.meaning import ENCODER

        try:
            self._model = IntentModel.load(folder)
        except ModelBroken as error:
            stop_with(str(error), USAGE)
        self.warning = self._model.warning
        self._encoder: Encoder | None = None
        try:
            self._encoder = encoder_named(ENCODER)
        except EncoderUnavailable as error:
            self.warning = self.warning or str(error)

    def vector_of(self, text: str) -> NDArray[float32] | None:
        """The encoder's vector; None without it."""
        from alltid.assistant.intents.words import plain

        return None if self._encoder is None else self._encoder.views(plain(text))[0]

    def read(self, text: str, language: str = "und") -> Guess:  # noqa: ARG002  it knows its own
        """Ask the model."""
        return self._model.predict(text)


def listener_of(model: Path | None, playbooks: Path | None) -> Listener:
    """A trained model, a folder of playbooks, or else the example lender's playbooks."""
    if model is not None:
        trained = TrainedListener(model)
        _warn(trained.warning)
        return trained
    from alltid.assistant.dialogue.learning import examples_of
    from alltid.assistant.intents.reader import IntentReader

    if playbooks is not None:
        from alltid.assistant.playbooks.reading import UnreadablePlaybook, files_in, read_library

        if not playbooks.is_dir():
            stop_with(f"There is no folder {playbooks}.", USAGE)
        try:
            library = read_library(files_in([playbooks]), tools=None)
        except UnreadablePlaybook as error:
            stop_with(str(error), USAGE)
        reader, shipped = IntentReader(examples_of(library)), None
    else:
        from alltid.examples.lender import assistant

        examples = examples_of(assistant.lender_library(), assistant.lender_other_matters())
        reader, shipped = IntentReader(examples), assistant.lender_example_vectors()
    reader.join_meaning(None, shipped)
    _warn(reader.warning)
    return reader


def in_words(lines: Iterable[str], today: Any, listener: Listener | None) -> Iterator[str]:
    """One short line for people for each message: what is wanted, heard, named, and about."""
    for found in found_in(lines, today, listener):
        parts = [found["language"]]
        if found["wants_human"]:
            parts.append(f"wants a human ({found['score']:.2f})")
        parts += [f"{each['kind']} ({each['confidence']:.2f})" for each in found["signals"]]
        if "intent" in found:
            about = found["intent"]
            parts.append(f"about {about['label'] or 'none of these'} ({about['confidence']:.2f})")
        parts += [f'{each["kind"]} "{each["text"]}"' for each in found["entities"]]
        yield "; ".join(parts)


def _warn(warning: str | None) -> None:
    if warning:
        typer.echo(f"alltid: {warning}", err=True)
