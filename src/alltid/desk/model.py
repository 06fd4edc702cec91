"""The model that the settings name, for the assistant and for the agents' copilot."""

from __future__ import annotations

from alltid.assistant.model.assembling import ModelParts, model_parts
from alltid.assistant.model.budget import Budget, Prices
from alltid.assistant.model.drafts import Drafts
from alltid.assistant.model.provider import ModelOptions
from alltid.assistant.model.spending import Spending
from alltid.settings import Settings


def model_of(
    settings: Settings, *, drafts: Drafts | None = None, spending: Spending | None = None
) -> ModelParts | None:
    """Return a model's parts, with a circuit of their own; None without a model.

    Customers see through `drafts` what it writes, while it is written; what it uses up is kept
    in `spending`, else in memory.
    """
    if settings.model is None:
        return None
    key = None if settings.model_api_key is None else settings.model_api_key.get_secret_value()
    options = ModelOptions(
        settings.model,
        settings.model_base_url,
        key,
        settings.model_timeout_seconds,
        Budget(settings.model_tokens_per_conversation, settings.model_cost_per_conversation_minor),
        Prices(settings.model_input_price_minor, settings.model_output_price_minor),
    )
    return model_parts(options, drafts=drafts, spending=spending)
