"""The demo's customers, and the tokens by which the shop says who they are.

On a real site the company's server mints these; here the example does it with a key that
follows from the desk's secret, so that it is a different key on every installation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import SecretStr

from alltid.settings import CustomerJwt, CustomerJwtKey, Settings
from alltid.web.identity.keys import derive_key

ISSUER: Final = "https://norrhem.example"
AUDIENCE: Final = "alltid"
KEY_ID: Final = "norrhem-demo"
TOKEN_LIFE: Final = timedelta(minutes=60)

Who = Literal["guest", "elin", "lukas", "giulia", "sofia", "emma"]


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A made-up customer with an account at the shop."""

    subject: str
    name: str
    locale: str
    entitlements: tuple[str, ...]


DEMO_CUSTOMERS: Final[Mapping[str, DemoCustomer]] = MappingProxyType(
    {
        "elin": DemoCustomer(
            "norrhem-1001", "Elin Berg", "sv", ("Norrhem Plus", "60 dagars öppet köp", "Fri retur")
        ),
        "lukas": DemoCustomer(
            "norrhem-1002", "Lukas Brandt", "de", ("14 Tage Zahlungspause einmal im Jahr",)
        ),
        "giulia": DemoCustomer("norrhem-1003", "Giulia Conti", "it", ()),
        "sofia": DemoCustomer("norrhem-1004", "Sofía Navarro", "es", ()),
        "emma": DemoCustomer("norrhem-1005", "Emma Hughes", "en", ("Norrhem Plus",)),
    }
)


def demo_customer_jwt(secret_key: str) -> CustomerJwt:
    """Return the settings by which the desk believes the example shop's tokens."""
    key = CustomerJwtKey(key_id=KEY_ID, algorithm="HS256", key=SecretStr(_secret(secret_key)))
    return CustomerJwt(
        issuer=ISSUER,
        audience=AUDIENCE,
        max_age_minutes=int(TOKEN_LIFE.total_seconds() // 60),
        keys=(key,),
    )


def with_demo_customers(settings: Settings) -> Settings:
    """Return the demo's settings with the example shop's key, unless a company's key is set."""
    if not settings.demo or settings.customer_jwt is not None or settings.secret_key is None:
        return settings
    tokens = demo_customer_jwt(settings.secret_key.get_secret_value())
    return settings.model_copy(update={"customer_jwt": tokens})


def demo_token(customer: DemoCustomer, secret_key: str, now: datetime) -> str:
    """Return a token of the shop for this customer, good for an hour."""
    issued = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": customer.subject,
        "name": customer.name,
        "locale": customer.locale,
        "entitlements": list(customer.entitlements),
        "iat": issued,
        "exp": issued + int(TOKEN_LIFE.total_seconds()),
    }
    key = OctKey.import_key(_secret(secret_key).encode())
    return jwt.encode({"alg": "HS256", "kid": KEY_ID}, claims, key)


def _secret(secret_key: str) -> str:
    return hashlib.sha256(derive_key(secret_key, "example-shop")).hexdigest()
