"""A push service and a browser behind it, on this machine: it reads what it was sent."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes


@dataclass
class PushReceiver:
    """Answers every post with `status`; `payload` decrypts what came, as a browser does."""

    status: int = 201
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    received: asyncio.Queue[Received] = field(default_factory=asyncio.Queue)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.endpoint = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/browser/1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self) -> dict[str, Any]:
        keys = {"p256dh": _written(self.point), "auth": _written(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    async def next(self) -> Received:
        return await asyncio.wait_for(self.received.get(), 20)

    def payload(self, received: Received) -> dict[str, Any]:
        content = _decrypted(received.body, self.key, self.point, self.auth)
        read: dict[str, Any] = json.loads(content)
        return read

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line]
        headers = {name.lower(): value for name, value in lines}
        body = await reader.readexactly(int(headers["content-length"]))
        self.received.put_nowait(Received(headers, body))
        writer.write(f"HTTP/1.1 {self.status} x\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()


def _written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decrypted(
    body: bytes, key: ec.EllipticCurvePrivateKey, point: bytes, auth_secret: bytes
) -> bytes:
    """What a browser does with a message (RFC 8291, section 3.4)."""
    salt, length = body[:16], body[20]
    sender_point, sealed = body[21 : 21 + length], body[21 + length :]
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender_point)

    def derived(secret: bytes, salt: bytes, about: bytes, length: int) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=salt, info=about).derive(secret)

    about = b"WebPush: info\x00" + point + sender_point
    secret = derived(key.exchange(ec.ECDH(), sender), auth_secret, about, 32)
    content_key = derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    plain = AESGCM(content_key).decrypt(nonce, sealed, None).rstrip(b"\x00")
    assert plain.endswith(b"\x02"), "the last record's delimiter"
    return plain[:-1]
