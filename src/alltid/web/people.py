"""What the pages about people share: their services, and the texts that they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Query, Request
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel, ConfigDict, StringConstraints

from alltid.agents.passwords import PasswordKeeper
from alltid.agents.reviews import Review
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.web.errors import WebError
from alltid.web.identity.export_keys import ExportKeys
from alltid.web.identity.rate_limits import Rate, RateLimiter

REASON_CHARACTERS_MAX: Final = 2_000
APPLY_RATE: Final = Rate(5, 120.0)
FOLLOW_RATE: Final = Rate(60, 2.0)
EXPORT_RATE: Final = Rate(3, 600.0)
PAGE: Final = 50

# PostgreSQL's text takes no NUL, so no text with one comes in.
Reason = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=REASON_CHARACTERS_MAX,
        pattern=r"^[^\x00]*$",
    ),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,60}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
Limit = Annotated[int, Query(ge=1, le=200)]


class Body(BaseModel):
    """What a page sends: nothing that isn't asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(slots=True)
class People:
    """The services behind the pages of freelancers and of the leads who decide about them."""

    pool: AsyncConnectionPool[AsyncConnection[Any]]
    clock: Clock
    ids: IdSource
    company: str
    export_keys: ExportKeys
    passwords: PasswordKeeper = field(default_factory=PasswordKeeper)
    applying: RateLimiter = field(default_factory=lambda: RateLimiter(APPLY_RATE))
    following: RateLimiter = field(default_factory=lambda: RateLimiter(FOLLOW_RATE))
    exporting: RateLimiter = field(default_factory=lambda: RateLimiter(EXPORT_RATE))


class ReviewShown(BaseModel):
    """A request for a review as the one who asked sees it."""

    id: str
    about: str
    about_id: str
    words: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    outcome: str | None
    answer: str | None

    @classmethod
    def of(cls, review: Review) -> ReviewShown:
        """Show a request."""
        return cls(**{name: getattr(review, name) for name in cls.model_fields})


class ReviewsShown(BaseModel):
    """One's own requests, the latest first."""

    reviews: list[ReviewShown]


class SkillName(BaseModel):
    """A skill with its name in each language."""

    key: str
    name: Mapping[str, str]


def skill_list(names: Mapping[str, Mapping[str, str]]) -> list[SkillName]:
    """Show skills by their keys."""
    return [SkillName(key=key, name=name) for key, name in names.items()]


def people_of(request: Request) -> People:
    """Return what the desk put at `app.state.people` (FastAPI dependency)."""
    people = request.app.state.people
    assert isinstance(people, People)  # noqa: S101  the desk puts it there at start
    return people


def with_zone(before: datetime | None) -> datetime | None:
    """Return the time as it came; raises WebError 422 for one without a zone."""
    if before is not None and before.tzinfo is None:
        raise WebError(422, "invalid", "Write the time with its zone, as in 2026-05-01T12:00:00Z.")
    return before


def only_known(keys: Sequence[str], known: Mapping[str, Any]) -> tuple[str, ...]:
    """Return those keys that exist."""
    return tuple(key for key in keys if key in known)
