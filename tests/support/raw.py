"""Sockets below the level of good manners."""

from __future__ import annotations

import json
import os
import resource
import socket
import struct
from collections.abc import Mapping
from typing import Any

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n"
)


def raise_file_limit() -> int:
    """Allow this process many sockets; returns how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def plain(port: int, *, receive_bytes: int | None = None) -> socket.socket:
    """A TCP connection; `receive_bytes` makes its own buffer small."""
    raw = socket.socket()
    if receive_bytes is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    raw.settimeout(10)
    raw.connect(("127.0.0.1", port))
    return raw


def upgraded(
    port: int, path: str = "/api/customer/socket", *, receive_bytes: int | None = None
) -> socket.socket:
    """A WebSocket after its handshake, with nothing said yet."""
    raw = plain(port, receive_bytes=receive_bytes)
    raw.sendall(HANDSHAKE.format(path=path, port=port).encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = raw.recv(1)
        assert byte, head
        head += byte
    assert head.startswith(b"HTTP/1.1 101"), head
    return raw


def frame(message: Mapping[str, Any] | bytes, opcode: int = 1) -> bytes:
    """A masked frame, as clients must send them."""
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    mask = os.urandom(4)
    size = len(data)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    elif size < 65_536:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
    repeated = (mask * (size // 4 + 1))[:size]
    masked = (int.from_bytes(data) ^ int.from_bytes(repeated)).to_bytes(size)
    return head + mask + masked


def is_closed(raw: socket.socket) -> bool:
    """Whether the other side has closed, after reading what is left."""
    raw.setblocking(False)
    try:
        while raw.recv(65_536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
