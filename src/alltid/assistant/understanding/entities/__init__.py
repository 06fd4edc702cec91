"""Amounts, dates, numbers and addresses in a message, each validated."""

from alltid.assistant.understanding.entities.entity import Amount, Entity, EntityKind

__all__ = ["Amount", "Entity", "EntityKind"]
