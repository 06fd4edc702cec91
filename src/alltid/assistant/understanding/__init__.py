"""Understanding a customer's message without any model provider.

`wish_for_human` is the first look, inside the writing of every message; `understand` is the
full look before any answer. Both are deterministic. See `grammar` for how a wish is told from
its look-alikes, and ``lexicons/`` for the words of each language.
"""

from alltid.assistant.understanding.full import Understanding, understand
from alltid.assistant.understanding.lines import understand_lines
from alltid.assistant.understanding.wish import Wish, wish_for_human

__all__ = ["Understanding", "Wish", "understand", "understand_lines", "wish_for_human"]
