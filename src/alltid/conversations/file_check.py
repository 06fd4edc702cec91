"""What a file really is, told by its content; its name and its sender's word count for nothing.

Welcome are pictures that really decode, PDF documents and plain text. Everything else is
refused, since a file that is opened on an agent's machine is the shortest way onto it.
Pictures lose their metadata on the way in: nobody asked the customer where they live.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from typing import Final

import filetype

from alltid.conversations.picture_metadata import BrokenPicture, without_metadata
from alltid.kernel.refusal import Refused

WELCOME: Final = "Pictures (PNG, JPEG, GIF, WebP), PDF documents and plain text are welcome."
PIXELS_MAX: Final = 40_000_000
FILE_NAME_CHARACTERS_MAX: Final = 120
PICTURE_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_PICTURE_FORMATS: Final = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
# The endings under which each type may be saved; the first is added to any other name.
_ENDINGS: Final = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".md", ".log"),
}
_PDF_TAIL_BYTES: Final = 2048
_TEXT_CONTROLS: Final = frozenset("\t\n\r\f")
_SEPARATORS: Final = frozenset('/\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a file proved to be, and its content as it may be kept."""

    media_type: str
    content: bytes


def checked(content: bytes) -> CheckedFile:
    """Tell a file by its content, and take a picture's metadata out.

    Decodes pictures, so call it in a thread. Refused with `file_not_welcome` or
    `picture_too_large`.
    """
    kind = filetype.guess(content)
    mime = None if kind is None else kind.mime
    if mime in PICTURE_TYPES:
        return _checked_picture(content, mime)
    if mime == "application/pdf" and _is_whole_pdf(content):
        return CheckedFile("application/pdf", content)
    if kind is None and _is_plain_text(content):
        return CheckedFile("text/plain", content)
    seen = "This kind of file" if kind is None else f"A {kind.extension} file like this"
    raise Refused("file_not_welcome", f"{seen} can't be sent. {WELCOME}")


def safe_file_name(name: str, media_type: str) -> str:
    """Return a name that is safe to save under, with an ending that tells the truth.

    No folders, control or direction-changing characters ("gpj.exe" shown backwards), and
    "photo.png" that is text becomes "photo.png.txt".
    """
    kept = (c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    base = "".join("_" if c in _SEPARATORS else c for c in kept)
    base = " ".join(base.split()).strip(". _")[:FILE_NAME_CHARACTERS_MAX].strip(". _") or "file"
    endings = _ENDINGS[media_type]
    return base if base.lower().endswith(endings) else base + endings[0]


def _checked_picture(content: bytes, guessed: str) -> CheckedFile:
    broken = Refused("file_not_welcome", f"This picture is damaged or unfinished. {WELCOME}")
    too_large = Refused(
        "picture_too_large",
        f"This picture has more than {PIXELS_MAX // 1_000_000} million pixels. "
        "Send it in a smaller size.",
    )
    try:
        kept = without_metadata(content, guessed)
    except BrokenPicture:
        raise broken from None
    # Loaded with the first picture.
    from PIL import Image

    try:
        # What is proven is what is kept. Opening reads the header only: the size is known
        # before anything is unpacked, so a small file never gets to unpack to gigabytes.
        with Image.open(io.BytesIO(kept), formats=list(_PICTURE_FORMATS)) as picture:
            affordable = picture.width * picture.height <= PIXELS_MAX
            if affordable:
                # For JPEG this decodes an eighth of the size, which still reads every byte.
                picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
                picture.load()
            media_type = _PICTURE_FORMATS[str(picture.format)]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large from None
    except Exception:  # noqa: BLE001  decoders raise whatever a hostile file makes them
        raise broken from None
    if not affordable:
        raise too_large
    return CheckedFile(media_type, kept)


_MARKUP: Final = ("<svg", "<?xml", "<!doctype", "<html")
_MARKUP_LOOKED_AT: Final = 20


def _is_whole_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-_PDF_TAIL_BYTES:]


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if text.lstrip()[:_MARKUP_LOOKED_AT].lower().startswith(_MARKUP):
        return False  # a drawing or a page, which nobody could read as the text that it is
    return not any(unicodedata.category(c) == "Cc" and c not in _TEXT_CONTROLS for c in text)
