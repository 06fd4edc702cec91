"""The same program with more patience for a model, so that a story may look at what it writes.

Run as `python -m tests.support.patient up ...`.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from alltid.assistant import worker
from alltid.assistant.dialogue.parts import TurnParts
from alltid.assistant.model.assembling import ModelParts, model_parts
from alltid.assistant.model.provider import ModelOptions
from alltid.assistant.model.writer import ModelWriter
from alltid.assistant.worker import AssistantWorker
from alltid.cli import main
from alltid.desk import assistant, model
from tests.support.hurried import default, replace

SECONDS = 90.0


def be_patient() -> None:
    """Let answers and their turns take their time."""
    default(ModelWriter, "seconds", SECONDS)
    default(AssistantWorker, "answer_seconds", SECONDS)
    replace(worker, "LEASE_SECONDS", SECONDS)
    longer = functools.partial(TurnParts, turn_seconds=SECONDS)
    replace(assistant, "TurnParts", longer)
    replace(model, "model_parts", with_time)


def with_time(options: ModelOptions | None, **more: Any) -> ModelParts | None:
    """Put a model's parts together with a time-out that no setting gives."""
    longer = None if options is None else dataclasses.replace(options, timeout_seconds=SECONDS)
    return model_parts(longer, **more)


if __name__ == "__main__":
    be_patient()
    main()
