"""The assistant: what it understands, knows and answers."""
