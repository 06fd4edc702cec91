"""A turn of the assistant: what is understood becomes typed commands, and tested code the rest."""
