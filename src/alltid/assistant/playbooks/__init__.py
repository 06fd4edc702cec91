"""Playbooks: the company's procedures as data, and the engine that follows them."""
