"""Tokens for guests: signed by us, for 30 days, renewed while the guest keeps coming.

A token says who (the customer's id) and which generation it is. The database knows the
generation that was last used: the one before it is good for a short grace and no older
one is, so a renewed token takes the place of the old one (conversations/customers.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from joserfc import jwt
from joserfc.jwk import OctKey

from alltid.kernel.ids import is_id
from alltid.web.identity.jose import BoundKey, Registry, key_id_of, verified_claims
from alltid.web.identity.keys import derive_key, key_name
from alltid.web.identity.principals import NotSignedIn

GUEST_TOKEN_LIFE: Final = timedelta(days=30)
GUEST_KEY_ID_PREFIX: Final = "alltid-guest-"
_ISSUER: Final = "alltid"
_AUDIENCE: Final = "alltid/guest"
_ALGORITHM: Final = "HS256"
_GENERATION_MAX: Final = 2**31 - 2


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A fresh token and when it runs out."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class GuestClaims:
    """What a good guest token says."""

    customer_id: str
    generation: int


class GuestTokens:
    """Mints and reads guest tokens.

    The first secret signs. Tokens of the others, the secrets before a rotation, are read
    as long as they are configured; renewing moves their owners over to the first.
    """

    def __init__(self, secret: str, *previous: str) -> None:
        """Derive a key from each secret."""
        keys = [_bound_key(each) for each in (secret, *previous)]
        self._signing = keys[0]
        self._keys = {key.key_id: key for key in keys}

    def knows(self, key_id: str) -> bool:
        """Tell whether this key id is one of ours."""
        return key_id in self._keys

    def mint(self, customer_id: str, generation: int, now: datetime) -> MintedToken:
        """Return a token for this guest, good from now on."""
        expires_at = now.replace(microsecond=0) + GUEST_TOKEN_LIFE
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": customer_id,
            "gen": generation,
            # No time of issue: another process, or this one after its clock was set right,
            # may be a moment behind, and would take the token for one from the future.
            "exp": int(expires_at.timestamp()),
        }
        header = {"alg": _ALGORITHM, "kid": self._signing.key_id}
        token = jwt.encode(header, claims, self._signing.key, [_ALGORITHM], Registry(_ALGORITHM))
        return MintedToken(token, expires_at)

    def read(self, token: str, now: datetime) -> GuestClaims:
        """Return what the token says, or raise NotSignedIn."""
        refused = NotSignedIn("token_refused", "This sign-in token is not good here.")
        bound = self._keys.get(key_id_of(token))
        if bound is None:
            raise refused
        claims = verified_claims(
            token,
            bound,
            now,
            0,
            iss={"essential": True, "value": _ISSUER},
            aud={"essential": True, "value": _AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        )
        customer_id, generation = claims["sub"], claims.get("gen")
        if not is_id(customer_id) or type(generation) is not int:
            raise refused
        if not 0 < generation <= _GENERATION_MAX:
            raise refused
        return GuestClaims(customer_id, generation)


def _bound_key(secret: str) -> BoundKey:
    key = derive_key(secret, "guest-token")
    key_id = GUEST_KEY_ID_PREFIX + key_name(key)
    return BoundKey(key_id, _ALGORITHM, OctKey.import_key(key))
