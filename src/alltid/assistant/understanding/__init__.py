"""Understanding a customer's message without any model provider.

`wish_for_human` is the first look, inside the writing of every message; `understand` is the
full look before any answer; `read_reply` reads the answer to a question that was just asked.
All are deterministic. See `grammar` for how a wish is told from its look-alikes, ``lexicons/``
for its words in each language, and ``signal_words/`` for those of distress, rights and fraud.
"""

from alltid.assistant.understanding.answers import Pick, Reply, read_reply
from alltid.assistant.understanding.entities import Amount, Entity, EntityKind
from alltid.assistant.understanding.full import Understanding, understand
from alltid.assistant.understanding.lines import understand_lines
from alltid.assistant.understanding.signals import Family, Signal, SignalKind
from alltid.assistant.understanding.wish import Wish, wish_for_human

__all__ = [
    "Amount",
    "Entity",
    "EntityKind",
    "Family",
    "Pick",
    "Reply",
    "Signal",
    "SignalKind",
    "Understanding",
    "Wish",
    "read_reply",
    "understand",
    "understand_lines",
    "wish_for_human",
]
