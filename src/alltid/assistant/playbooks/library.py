"""The company's playbooks, read and checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alltid.assistant.playbooks.playbook import Playbook

PLAYBOOKS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Library:
    """All playbooks by name."""

    playbooks: Mapping[str, Playbook]

    def get(self, name: str) -> Playbook | None:
        """Return a playbook, or None."""
        return self.playbooks.get(name)
