"""The model's parts of a desk, put together from its options; nothing without a model."""

from __future__ import annotations

from dataclasses import dataclass

from alltid.assistant.dialogue.fallback import FallbackUnderstander
from alltid.assistant.dialogue.understander import Understander
from alltid.assistant.model.drafts import Drafts
from alltid.assistant.model.gate import Gate
from alltid.assistant.model.provider import ModelOptions, ModelProvider
from alltid.assistant.model.spending import Spending
from alltid.assistant.model.understander import INSTRUCTIONS as READS
from alltid.assistant.model.understander import ModelUnderstander
from alltid.assistant.model.writer import INSTRUCTIONS as WRITES
from alltid.assistant.model.writer import ModelWriter
from alltid.assistant.understanding.language import language_of


@dataclass(frozen=True, slots=True)
class ModelParts:
    """What a turn takes of a model: see `TurnParts` and `Articles`."""

    provider: ModelProvider
    writer: ModelWriter
    gate: Gate

    def understander(self, embedded: Understander) -> Understander:
        """Return one that asks the model, and `embedded` where it fails."""
        return FallbackUnderstander(ModelUnderstander(self.provider), embedded)


def model_parts(
    options: ModelOptions | None,
    *,
    known_names: frozenset[str] = frozenset(),
    provider: ModelProvider | None = None,
    drafts: Drafts | None = None,
    spending: Spending | None = None,
) -> ModelParts | None:
    """Return the parts of the model that the options name, or of `provider`; None without.

    What it writes is shown sentence by sentence through `drafts`, if there are any; what it uses
    up is kept in `spending`, else in memory.
    """
    if provider is None:
        if options is None:
            return None
        provider = ModelProvider(options, spending=spending)
    gate = Gate(_language, known_names=known_names, secrets=(READS, WRITES))
    return ModelParts(provider, ModelWriter(provider, gate=gate, drafts=drafts), gate)


def _language(text: str, hint: str) -> str:
    return language_of(text, hint=hint)
