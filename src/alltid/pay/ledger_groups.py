"""How commands are put into groups that one statement can record. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from alltid.pay.ledger import Books, Command, Post, Reverse, Settle

GROUP_MOST: Final = 1_000


def groups_of(commands: Sequence[Command]) -> list[list[Command]]:
    """Cut commands so that none refers to another, or repeats its key, in its own group."""
    groups: list[list[Command]] = []
    keys: set[str] = set()
    for command in commands:
        crosses = command.key in keys or referred(command) in keys
        if not groups or crosses or len(groups[-1]) == GROUP_MOST:
            groups.append([])
            keys = set()
        groups[-1].append(command)
        keys.add(command.key)
    return groups


def referred(command: Command) -> str | None:
    """Return the key of the transfer that a command settles or reverses."""
    if isinstance(command, Settle):
        return command.pending
    return command.original if isinstance(command, Reverse) else None


def codes_of(group: Sequence[Command]) -> set[str]:
    """Return the accounts that new entries name."""
    posts = [command for command in group if isinstance(command, Post)]
    return {line.account for command in posts for line in command.lines}


def codes_known(found: tuple[Books, Mapping[str, int]]) -> set[str]:
    """Return the accounts of transfers that were found."""
    return {line.account for each in found[0].transfers.values() for line in each.lines}
