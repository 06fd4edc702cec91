"""What is encrypted is what the standard's own example says."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from alltid.agents.push.encryption import encrypt
from alltid.agents.push.vapid import decoded, encoded

# RFC 8291, section 5 and appendix A.
BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def own_key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(OWN), "big"), ec.SECP256R1())


def test_the_standards_example() -> None:
    message = encrypt(
        b"When I grow up, I want to be a watermelon",
        browser_key=decoded(BROWSER),
        auth_secret=decoded(AUTH),
        own_key=own_key(),
        salt=decoded(SALT),
    )
    assert encoded(message) == MESSAGE


def test_a_key_that_is_no_point_is_refused() -> None:
    with pytest.raises(ValueError, match=r"point|key"):
        encrypt(
            b"x",
            browser_key=b"\x04" + b"\x01" * 64,
            auth_secret=decoded(AUTH),
            own_key=own_key(),
            salt=decoded(SALT),
        )
