"""Takes out of a picture what it says beside itself: where, when, by whom, with what.

A photo from a phone carries the place where it was taken. The agent needs the picture only,
so only what is needed to show it is kept: the pixels as they are (nothing is compressed
again), their colours' meaning, and which way is up. Left out are EXIF, XMP, IPTC, comments,
previews, further pictures and whatever hangs on behind the end.

Works on the files' outer structure in one pass, without unpacking anything. What comes out
has still to be proven a picture by decoding it.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

# Pictures have a few parts, large or moving ones some thousand.
PARTS_MAX: Final = 20_000
_Kind = TypeVar("_Kind")
_ORIENTATION: Final = 0x0112
_ORIENTATIONS: Final = range(2, 9)  # 1, the usual one, need not be said
_EXIF_HEAD: Final = b"Exif\x00\x00"
# A byte 0xFF and one more make a marker. These carry nothing: 0x00 (a plain 0xFF in the data),
# 0x01, 0xD0 to 0xD7 (restarts), 0xD8 (the start); and any number of 0xFF may fill.
_JPEG_MARKER: Final = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
_JPEG_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JPEG_END: Final = 0xD9
_JPEG_SCAN: Final = 0xDA
_JPEG_EXIF: Final = 0xE1
_JPEG_SPOKEN: Final = frozenset((*range(0xE0, 0xF0), 0xFE))  # for programs, and comments
# JFIF says the shape of pixels, the profile and Adobe what the colours mean.
_JPEG_KEPT: Final = {0xE0: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}
_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"
# What a PNG needs to look as it does.
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs".split()
)
_WEBP_KEPT: Final = frozenset((b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"))
_WEBP_SAYS_EXIF: Final = 0x08
_WEBP_SAYS_XMP: Final = 0x04


class BrokenPicture(ValueError):  # noqa: N818  what the file is, not a fault of ours
    """The file ends, or contradicts itself, before its picture does."""


def without_metadata(content: bytes, media_type: str) -> bytes:
    """Return the same picture without metadata; other types come back as they are.

    Raises BrokenPicture for a file whose structure doesn't hold.
    """
    clean = _CLEANERS.get(media_type)
    return content if clean is None else clean(content)


def _bounded(parts: Iterator[tuple[_Kind, bytes]]) -> Iterator[tuple[_Kind, bytes]]:
    for count, part in enumerate(parts, start=1):
        if count > PARTS_MAX:
            raise BrokenPicture
        yield part


# ---------------------------------------------------------------- JPEG


def _clean_jpeg(content: bytes) -> bytes:
    kept, said = [], b""
    for marker, segment in _bounded(_jpeg_segments(content)):
        if marker == _JPEG_EXIF and segment.startswith(_EXIF_HEAD, 4):
            said = said or segment[4:]
        elif not _is_jpeg_metadata(marker, segment):
            kept.append(segment)
    exif, orientation = b"", _orientation_of(said)
    if orientation in _ORIENTATIONS:
        data = _EXIF_HEAD + _exif_of(orientation)
        exif = b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data
    return b"".join((b"\xff\xd8", exif, *kept))


def _is_jpeg_metadata(marker: int, segment: bytes) -> bool:
    if marker not in _JPEG_SPOKEN:
        return False
    kept = _JPEG_KEPT.get(marker)
    return kept is None or not segment.startswith(kept, 4)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (marker, bytes) up to the picture's end; a scan comes with the data behind it."""
    at, marker = 2, 0
    while marker != _JPEG_END:
        found = _JPEG_MARKER.search(content, at)
        if found is None:
            raise BrokenPicture
        at, marker = found.start(), content[found.start() + 1]
        if marker == _JPEG_END:
            end = at + 2
        else:
            end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
            if not at + 4 <= end <= len(content):
                raise BrokenPicture
        if marker == _JPEG_SCAN:
            following = _JPEG_AFTER_SCAN.search(content, end)
            if following is None:
                raise BrokenPicture
            end = following.start()
        yield marker, content[at:end]
        at = end


# ---------------------------------------------------------------- PNG


def _clean_png(content: bytes) -> bytes:
    head, rest, said = b"", [], b""
    for kind, chunk in _bounded(_png_chunks(content)):
        if kind == b"eXIf":
            said = said or chunk[8:-4]
        elif kind == b"IHDR" and not head:
            head = chunk
        elif kind in _PNG_KEPT:
            rest.append(chunk)
    exif, orientation = b"", _orientation_of(said)
    if orientation in _ORIENTATIONS:
        data = b"eXIf" + _exif_of(orientation)
        exif = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return b"".join((_PNG_HEAD, head, exif, *rest))


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, kind = len(_PNG_HEAD), b""
    while kind != b"IEND":
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if at + 12 > len(content) or end > len(content):
            raise BrokenPicture
        kind = content[at + 4 : at + 8]
        yield kind, content[at:end]
        at = end


# ---------------------------------------------------------------- WebP


def _clean_webp(content: bytes) -> bytes:
    kept: list[tuple[bytes, bytes]] = []
    said = b""
    for kind, data in _bounded(_webp_chunks(content)):
        if kind == b"EXIF":
            said = said or data
        elif kind in _WEBP_KEPT:
            kept.append((kind, data))
    orientation = _orientation_of(said)
    if orientation in _ORIENTATIONS:
        kept.append((b"EXIF", _exif_of(orientation)))
    body = b"".join(_webp_chunk(kind, _webp_flags(kind, data, kept)) for kind, data in kept)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        raise BrokenPicture
    while at + 8 <= end:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            raise BrokenPicture
        yield content[at : at + 4], content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _webp_flags(kind: bytes, data: bytes, kept: list[tuple[bytes, bytes]]) -> bytes:
    """Have the head say what is there: no XMP, and EXIF only if the orientation is."""
    if kind != b"VP8X" or not data:
        return data
    flags = data[0] & ~(_WEBP_SAYS_EXIF | _WEBP_SAYS_XMP)
    if kept[-1][0] == b"EXIF":
        flags |= _WEBP_SAYS_EXIF
    return bytes((flags,)) + data[1:]


def _webp_chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)


# ---------------------------------------------------------------- EXIF


def _orientation_of(exif: bytes) -> int:
    """Return which way is up, from 1 to 8; 1 where nothing sensible is said."""
    if not exif:
        return 1
    from PIL import Image

    found = Image.Exif()
    try:
        found.load(exif)
        value = found.get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  a decoder raises whatever a hostile file makes it
        return 1
    return value if isinstance(value, int) and value in _ORIENTATIONS else 1


def _exif_of(orientation: int) -> bytes:
    """Return EXIF that says nothing but which way is up (TIFF 6.0, one directory entry)."""
    return (
        b"MM\x00*\x00\x00\x00\x08\x00\x01"
        + struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
        + b"\x00\x00\x00\x00"
    )


_CLEANERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "image/jpeg": _clean_jpeg,
    "image/png": _clean_png,
    "image/webp": _clean_webp,
}
