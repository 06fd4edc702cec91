"""Who asks the lender, and with which right: short-lived signed tokens, and nothing else.

There are two keys, one to read and one to write. Whoever holds only the first can't make a
token with which anything could be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from joserfc.jwk import OctKey

from alltid.assistant.tools.handover import DESK_ISSUER, TOKEN_SECONDS
from alltid.assistant.tools.tool import Principal
from alltid.web.identity.jose import LEEWAY_SECONDS, BoundKey, key_id_of, verified_claims
from alltid.web.identity.principals import NotSignedIn

AUDIENCE: Final = "klarsund-accounts"
Right = Literal["read", "write"]
RIGHTS: Final[tuple[Right, Right]] = ("read", "write")


class NotAuthorised(Exception):  # noqa: N818  an answer
    """There is no good token, or one that only reads."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the words."""
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class LenderTokens:
    """Reads tokens, by the key of each right."""

    keys: Mapping[Right, bytes]

    def read(self, header: str | None, now: datetime, *, right: Right) -> Principal:
        """Return for whom is asked. Raises NotAuthorised."""
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthorised("no_token", "This needs a token of the desk.")
        try:
            key_id = key_id_of(token)
            given = next((each for each in RIGHTS if key_id == each), None)
            if given is None:
                raise NotAuthorised("bad_token", "This token is not good here.")
            bound = BoundKey(given, "HS256", OctKey.import_key(self.keys[given]))
            claims = verified_claims(
                token,
                bound,
                now,
                LEEWAY_SECONDS,
                iss={"essential": True, "value": DESK_ISSUER},
                aud={"essential": True, "value": AUDIENCE},
                sub={"essential": True},
                customer_issuer={"essential": True},
                iat={"essential": True},
                exp={"essential": True},
            )
        except NotSignedIn:
            raise NotAuthorised("bad_token", "This token is not good here.") from None
        if now.timestamp() - claims["iat"] > TOKEN_SECONDS + LEEWAY_SECONDS:
            raise NotAuthorised("bad_token", "This token has run out.")
        if right == "write" and given != "write":
            raise NotAuthorised("read_only", "This token may only read.")
        return Principal(str(claims["customer_issuer"]), str(claims["sub"]))


def keys_from(derive: Callable[[str], bytes]) -> dict[Right, bytes]:
    """Return both keys as they follow from an installation's secret key.

    They are texts, so that they can be written into another desk's settings.
    """
    return {right: derive(f"example lender {right}").hex().encode() for right in RIGHTS}
