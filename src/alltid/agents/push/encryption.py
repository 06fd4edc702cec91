"""A message that only one browser can read: RFC 8291 over RFC 8188, on `cryptography`'s primitives.

The record is the only one, so its plaintext ends with the delimiter 0x02 and no padding.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SALT_BYTES: Final = 16
RECORD_BYTES: Final = 4_096
_KEY_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_LAST_RECORD: Final = b"\x02"


def encrypt(
    content: bytes,
    *,
    browser_key: bytes,
    auth_secret: bytes,
    own_key: ec.EllipticCurvePrivateKey,
    salt: bytes,
) -> bytes:
    """Return the body of a push message, with its header.

    `browser_key` is the subscription's `p256dh` (65 bytes, an uncompressed point), `auth_secret`
    its `auth`; `own_key` and `salt` (16 bytes) must be new for each message.

    Raises:
        ValueError: `browser_key` is no point of P-256.
    """
    browser = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser_key)
    own_point = own_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own_key.exchange(ec.ECDH(), browser)
    about = b"WebPush: info\x00" + browser_key + own_point
    secret = _derive(shared, auth_secret, about, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\x00", _KEY_BYTES)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\x00", _NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, content + _LAST_RECORD, None)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + len(own_point).to_bytes(1, "big") + own_point
    return header + sealed


def _derive(secret: bytes, salt: bytes, about: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=about).derive(secret)
