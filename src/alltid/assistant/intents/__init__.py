"""Which intent a message has: a classifier that a company trains on its own examples.

Trained from a table of examples (`training.train`), served from plain arrays
(`model.IntentModel`), measured on other tables (`evaluation.evaluate`). Needs no model
provider, no network and no graphics card.
"""

from alltid.assistant.intents.model import IntentModel, ModelBroken, Prediction

__all__ = ["IntentModel", "ModelBroken", "Prediction"]
