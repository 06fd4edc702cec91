"""How the company learns for whom it is asked: beside the arguments, never among them.

Either by a token that the desk signs (HS256, a minute long), or by the desk's own credential
with the customer named in headers, where the company's system believes its desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from joserfc import jwt
from joserfc.jwk import OctKey

from alltid.assistant.tools.tool import Principal
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource

DESK_ISSUER: Final = "alltid"
TOKEN_SECONDS: Final = 60


class Handover(Protocol):
    """Makes the headers of one question; it holds the credential, to read or to write."""

    def headers(self, principal: Principal) -> dict[str, str]:
        """Return the headers that say who asks and for whom."""
        ...

    def metadata(self, principal: Principal) -> dict[str, str]:
        """Return what of it, beside Authorization, goes into the metadata of an MCP request."""
        ...


@dataclass(frozen=True, slots=True)
class SignedHandover:
    """A token for each question: iss `alltid`, sub and customer_issuer the customer's, a minute."""

    key: bytes
    key_id: str
    audience: str
    clock: Clock
    ids: IdSource

    def headers(self, principal: Principal) -> dict[str, str]:
        """Return a bearer token."""
        issued = int(self.clock.now().timestamp())
        claims = {
            "iss": DESK_ISSUER,
            "aud": self.audience,
            "sub": principal.subject,
            "customer_issuer": principal.issuer,
            "iat": issued,
            "exp": issued + TOKEN_SECONDS,
            "jti": self.ids.new(),
        }
        header = {"alg": "HS256", "kid": self.key_id}
        token = jwt.encode(header, claims, OctKey.import_key(self.key))
        return {"Authorization": f"Bearer {token}"}

    def metadata(self, principal: Principal) -> dict[str, str]:
        """Return nothing: the token says it all."""
        del principal
        return {}


@dataclass(frozen=True, slots=True)
class NamedHandover:
    """The desk's own credential, and the customer in headers, percent-encoded."""

    credential: str

    def headers(self, principal: Principal) -> dict[str, str]:
        """Return the credential and who the customer is."""
        return {
            "Authorization": f"Bearer {self.credential}",
            "Alltid-Customer": quote(principal.subject, safe=""),
            "Alltid-Customer-Issuer": quote(principal.issuer, safe=""),
        }

    def metadata(self, principal: Principal) -> dict[str, str]:
        """Return who the customer is."""
        return {
            "com.alltid/customer": principal.subject,
            "com.alltid/customer-issuer": principal.issuer,
        }
