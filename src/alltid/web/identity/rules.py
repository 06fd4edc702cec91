"""What an operator decides about sign-ins, and the buckets that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from alltid.agents.sign_in_sessions import SessionLimits
from alltid.settings import Settings
from alltid.web.identity.company_jwt import CompanyKey
from alltid.web.identity.rate_limits import Rate, RateLimiter


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """What an operator decides about sign-ins; settings.py explains each."""

    company: str
    public_url: str
    secret_key: str
    previous_secret_keys: tuple[str, ...] = ()
    demo: bool = False
    widget_origins: tuple[str, ...] = ()
    company_issuer: str = ""
    company_audience: str = ""
    company_keys: tuple[CompanyKey, ...] = ()
    company_token_max_age: timedelta = timedelta(hours=24)
    sessions: SessionLimits = field(default_factory=SessionLimits)
    upload_limit_bytes: int = 10 * 1024 * 1024
    text_limit_characters: int = 4000
    # For one e-mail address from one network address.
    sign_in_rate: Rate = field(default=Rate(5, 120.0))
    # For one network address, behind which a whole office may sit.
    guest_rate: Rate = field(default=Rate(60, 6.0))
    # For one customer.
    message_rate: Rate = field(default=Rate(20, 1.0))
    # For one customer or agent.
    upload_rate: Rate = field(default=Rate(10, 60.0))


@dataclass(slots=True)
class Limits:
    """The token buckets of one process."""

    sign_in: RateLimiter
    sign_in_email: RateLimiter
    sign_in_address: RateLimiter
    guests: RateLimiter
    messages: RateLimiter
    uploads: RateLimiter

    @classmethod
    def of(cls, rules: IdentityRules) -> Limits:
        """Make empty buckets."""
        return cls(
            sign_in=RateLimiter(rules.sign_in_rate),
            # From many addresses against one account; its owner has the passkey meanwhile.
            sign_in_email=RateLimiter(Rate(50, 60.0)),
            sign_in_address=RateLimiter(Rate(30, 5.0)),
            guests=RateLimiter(rules.guest_rate),
            messages=RateLimiter(rules.message_rate),
            uploads=RateLimiter(rules.upload_rate),
        )


def identity_rules(settings: Settings, secret_key: str) -> IdentityRules:
    """Take the rules from the settings; `secret_key` is what `kept_secret_key` returned."""
    company = settings.customer_jwt
    keys = () if company is None else company.keys
    return IdentityRules(
        company=settings.company_name,
        public_url=settings.own_url,
        secret_key=secret_key,
        previous_secret_keys=tuple(key.get_secret_value() for key in settings.previous_secret_keys),
        demo=settings.demo,
        widget_origins=settings.widget_origins,
        company_issuer=company.issuer if company else "",
        company_audience=company.audience if company else "",
        company_keys=tuple(
            CompanyKey(key.key_id, key.algorithm, key.key.get_secret_value()) for key in keys
        ),
        company_token_max_age=timedelta(minutes=company.max_age_minutes if company else 60),
        upload_limit_bytes=settings.upload_limit_bytes,
        text_limit_characters=settings.text_limit,
        sign_in_rate=Rate(5, 3600 / settings.sign_ins_per_hour),
        guest_rate=Rate(max(1, settings.guests_per_hour // 10), 3600 / settings.guests_per_hour),
        message_rate=Rate(
            max(1, settings.messages_per_minute // 3), 60 / settings.messages_per_minute
        ),
        upload_rate=Rate(max(1, settings.uploads_per_hour // 6), 3600 / settings.uploads_per_hour),
    )
