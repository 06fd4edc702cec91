"""Which intent a message has: a classifier that a company trains on its own examples.

Trained from a table of examples (`training.train`), served from plain arrays
(`model.IntentModel`), measured on other tables (`evaluation.evaluate`). Needs no model
provider, no network and no graphics card. `reader.IntentReader` does the same at run time
for the few examples that the assistant's own procedures bring along.
"""

from alltid.assistant.intents.model import IntentModel, ModelBroken, Prediction
from alltid.assistant.intents.reader import IntentReader

__all__ = ["IntentModel", "IntentReader", "ModelBroken", "Prediction"]
