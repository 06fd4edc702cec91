"""A file is what its content proves, whatever it is called."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from alltid.conversations.file_check import (
    FILE_NAME_CHARACTERS_MAX,
    checked,
    safe_file_name,
)
from alltid.kernel.refusal import Refused

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, kind)
    return file.getvalue()


def media_type_of(content: bytes) -> str:
    return checked(content).media_type


def outcome(content: bytes) -> str:
    try:
        return media_type_of(content)
    except Refused as refused:
        return refused.code


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        media_type_of(content)
    return refused.value.code


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return file.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(min(width * height // 8, 20_000_000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("JPEG", (1, 1)), "image/jpeg"),
        (picture("GIF"), "image/gif"),
        (picture("WEBP"), "image/webp"),
        (PDF, "application/pdf"),
        ("Hej, fakturan är betald.\r\n\tTack".encode(), "text/plain"),
        ("\ufeffHej".encode(), "text/plain"),
        (b"<script>alert(1)</script>", "text/plain"),
    ],
)
def test_what_is_welcome(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pictures_must_decode_to_the_end(kind: str) -> None:
    whole = picture(kind)
    assert refusal(whole[: len(whole) // 2]) == "file_not_welcome"
    assert refusal(whole[:16]) == "file_not_welcome"


@pytest.mark.parametrize(
    "content",
    [
        zipped(),
        b"MZ\x90\x00" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"%PDF-1.7 and nothing more",
        b"\x00\x01\x02",
        b"text with a bell \x07",
        b"text with an escape \x1b[31m",
        b"\xff\xfe\x00h",
        b"caf\xe9",
        b"x%PDF-1.7\n\x00%%EOF",
        b"II*\x00" + bytes(64),
        picture("BMP"),
        picture("TIFF"),
        picture("ICO"),
        b"\x89PNG\r\n\x1a\n" + PDF,
        b"GIF89a/*" + b"\x00" * 4 + b"*/=1;alert(1)",
        b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(16),
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"\xef\xbb\xbf <!DOCTYPE html><p>hello</p>",
    ],
)
def test_what_is_not_welcome(content: bytes) -> None:
    assert refusal(content) == "file_not_welcome"


def test_the_refusal_says_what_is_welcome() -> None:
    with pytest.raises(Refused, match=r"zip file.*Pictures.*PDF documents and plain text"):
        media_type_of(zipped())


def test_a_picture_with_an_archive_behind_it_stays_a_picture() -> None:
    # It is served as the picture's type, never guessed again, so the archive stays asleep.
    assert media_type_of(picture("GIF") + zipped()) == "image/gif"


@pytest.mark.parametrize(
    "size", [(40_000, 40_000), (7_000, 7_000), (10_000, 10_000), (60_000, 1_000)]
)
def test_a_bomb_is_never_unpacked(size: tuple[int, int]) -> None:
    bomb = png_that_claims(*size)
    assert len(bomb) < 100_000
    assert refusal(bomb) == "picture_too_large"


def test_a_large_photo_is_fine() -> None:
    assert media_type_of(picture("JPEG", (3000, 2000))) == "image/jpeg"


@given(st.binary(max_size=400))
def test_any_bytes_get_a_type_or_words(content: bytes) -> None:
    assert outcome(content) in {"text/plain", "application/pdf", "file_not_welcome"}


@pytest.mark.parametrize("head", [picture("PNG"), picture("GIF"), picture("WEBP"), picture("JPEG")])
@given(data=st.data())
def test_damaged_pictures_get_words(head: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(12, len(head) - 1))
    damage = data.draw(st.binary(min_size=1, max_size=8))
    seen = outcome(head[:place] + damage + head[place + len(damage) :])
    assert seen.startswith("image/") or seen in {"file_not_welcome", "picture_too_large"}


@pytest.mark.parametrize(
    ("name", "media_type", "safe"),
    [
        ("photo.png", "image/png", "photo.png"),
        ("Photo.JPEG", "image/jpeg", "Photo.JPEG"),
        ("photo.png", "image/jpeg", "photo.png.jpg"),
        ("invoice.html", "text/plain", "invoice.html.txt"),
        ("../../etc/passwd", "text/plain", "etc_passwd.txt"),
        ("C:\\Windows\\run.exe", "application/pdf", "C__Windows_run.exe.pdf"),
        ("a\u202egnp.exe", "application/pdf", "agnp.exe.pdf"),
        ("a\x00b\r\nSet-Cookie: x.txt", "text/plain", "abSet-Cookie_ x.txt"),
        ("", "image/gif", "file.gif"),
        ("...", "image/gif", "file.gif"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("kvitto \U0001f9fe åäö.pdf", "application/pdf", "kvitto \U0001f9fe åäö.pdf"),
    ],
)
def test_names_are_safe_and_true(name: str, media_type: str, safe: str) -> None:
    assert safe_file_name(name, media_type) == safe


@given(st.text(), st.sampled_from(["image/png", "text/plain", "application/pdf"]))
def test_any_name_becomes_a_safe_one(name: str, media_type: str) -> None:
    safe = safe_file_name(name, media_type)
    assert 0 < len(safe) <= FILE_NAME_CHARACTERS_MAX + 5
    assert not set(safe) & set('/\\:*?"<>|\x00\r\n')
    assert not safe.startswith(".")
    safe.encode()
    assert safe_file_name(safe, media_type) == safe
