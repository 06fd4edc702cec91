"""With a model provider: the same commands, wording from cited passages, and the guard."""
