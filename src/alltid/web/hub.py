"""Who follows what in this process: commits and signals find their sockets here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from alltid.conversations.conversation import Conversation
from alltid.conversations.events import Fact
from alltid.dispatch.queue import Line
from alltid.storage.group_writer import Committed

CommittedConversation = Committed[Conversation, Fact]


class Follower(Protocol):
    """Something that wants to know what happens in one conversation. Nothing here waits."""

    def committed(self, version: int, facts: Sequence[Fact]) -> None:
        """Take in facts that are on disk; none means only that the version was reached."""
        ...

    def signalled(self, signal: Mapping[str, Any]) -> None:
        """Take in a word that doesn't last: typing, a mark."""
        ...


OnLine = Callable[[Line], None]


class Hub:
    """Followers by conversation, those who watch the line, and agents' sockets."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._followers: defaultdict[str, set[Follower]] = defaultdict(set)
        self._watchers: set[OnLine] = set()
        self._agents: defaultdict[str, set[object]] = defaultdict(set)

    def follow(self, conversation_id: str, follower: Follower) -> None:
        """Tell `follower` of what happens in the conversation from now on."""
        self._followers[conversation_id].add(follower)

    def unfollow(self, conversation_id: str, follower: Follower) -> None:
        """Tell it no more."""
        _discard(self._followers, conversation_id, follower)

    def publish(self, commits: Iterable[CommittedConversation]) -> None:
        """Pass on what this process has just committed."""
        for commit in commits:
            self._tell(commit.stream_id, commit.version, commit.facts)

    def moved(self, conversation_id: str, version: int) -> None:
        """Pass on that another process has moved a conversation to `version`."""
        self._tell(conversation_id, version, ())

    def resync(self) -> None:
        """After a gap in the notices: have everyone look for themselves."""
        for conversation_id in list(self._followers):
            self._tell(conversation_id, 2**31, ())

    def signal(self, conversation_id: str, signal: Mapping[str, Any]) -> None:
        """Pass on a word that doesn't last."""
        for follower in tuple(self._followers.get(conversation_id, ())):
            follower.signalled(signal)

    def watch_line(self, watcher: OnLine) -> None:
        """Call `watcher` with each new line."""
        self._watchers.add(watcher)

    def unwatch_line(self, watcher: OnLine) -> None:
        """Call it no more."""
        self._watchers.discard(watcher)

    def line_changed(self, line: Line) -> None:
        """Pass on the new line."""
        for watcher in tuple(self._watchers):
            watcher(line)

    def agent_came(self, agent_id: str, session: object) -> None:
        """Note one of an agent's sockets."""
        self._agents[agent_id].add(session)

    def agent_went(self, agent_id: str, session: object) -> None:
        """Note that it closed."""
        _discard(self._agents, agent_id, session)

    def sessions_of(self, agent_id: str) -> tuple[Any, ...]:
        """Return an agent's sockets in this process: a phone, a desk."""
        return tuple(self._agents.get(agent_id, ()))

    def connected_agents(self) -> list[str]:
        """Return every agent with a socket in this process."""
        return list(self._agents)

    def _tell(self, conversation_id: str, version: int, facts: Sequence[Fact]) -> None:
        followers = self._followers.get(conversation_id)
        if followers:
            for follower in tuple(followers):
                follower.committed(version, facts)


def _discard(groups: defaultdict[str, set[Any]], key: str, member: object) -> None:
    group = groups.get(key)
    if group is not None:
        group.discard(member)
        if not group:
            del groups[key]
