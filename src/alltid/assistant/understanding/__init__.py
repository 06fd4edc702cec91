"""Understanding a customer's message without any model provider."""

from alltid.assistant.understanding.wish import Wish, wish_for_human

__all__ = ["Wish", "wish_for_human"]
