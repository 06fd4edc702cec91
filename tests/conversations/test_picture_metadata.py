"""Pictures come in with where and when they were taken, and are kept without it."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from alltid.conversations.file_check import checked
from alltid.conversations.picture_metadata import PARTS_MAX, BrokenPicture, without_metadata
from alltid.kernel.refusal import Refused

SECRET = b"Valhallavagen 117"
XMP = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
FORMATS = ["JPEG", "PNG", "WEBP"]
MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def picture(mode: str = "RGB", size: tuple[int, int] = (48, 32)) -> Image.Image:
    return Image.effect_noise(size, 60).convert(mode)


def exif(orientation: int | None = None) -> Image.Exif:
    """What a phone says: the place, the camera, the day, and which way is up."""
    said = Image.Exif()
    said[0x010F] = SECRET.decode()
    said[0x9003] = "2026:05:01 12:00:00"
    said.get_ifd(0x8825)[1] = "N"
    said.get_ifd(0x8825)[2] = (59.0, 20.0, 11.0)
    if orientation is not None:
        said[0x0112] = orientation
    return said


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def as_a_phone_saves(kind: str, orientation: int | None = None) -> bytes:
    options: dict[str, Any] = {"exif": exif(orientation)}
    if kind == "JPEG":
        options |= {"comment": SECRET, "xmp": XMP}
    if kind == "WEBP":
        options |= {"xmp": XMP, "lossless": True}
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", SECRET.decode())
        words.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options["pnginfo"] = words
    return saved(picture(), kind, **options)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def pixels(content: bytes) -> bytes:
    with opened(content) as image:
        return image.convert("RGBA").tobytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_the_place_goes_and_every_pixel_stays(kind: str) -> None:
    taken = as_a_phone_saves(kind)
    assert SECRET in taken
    kept = checked(taken)
    assert kept.media_type == MEDIA[kind]
    assert SECRET not in kept.content
    with opened(kept.content) as image:
        assert dict(image.getexif()) == {}
        assert not image.info.keys() & {"exif", "xmp", "comment", "Comment", "XML:com.adobe.xmp"}
    assert pixels(kept.content) == pixels(taken)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_up_stays_up(kind: str, orientation: int) -> None:
    taken = as_a_phone_saves(kind, orientation)
    kept = checked(taken).content
    assert SECRET not in kept
    with opened(kept) as image:
        said = {0x0112: orientation} if orientation > 1 else {}
        assert dict(image.getexif()) == said
        shown = ImageOps.exif_transpose(image)
    with opened(taken) as image:
        assert shown.tobytes() == ImageOps.exif_transpose(image).tobytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_what_hangs_on_behind_goes(kind: str) -> None:
    # Phones append videos and further pictures, with places of their own.
    kept = checked(as_a_phone_saves(kind) + b"\xff\xd8 a second file " + SECRET).content
    assert SECRET not in kept
    assert b"second file" not in kept


def test_a_photo_with_further_pictures_inside_is_the_first_of_them() -> None:
    # Pillow calls it MPO; many phones write it with each photo.
    taken = saved(picture(), "MPO", save_all=True, append_images=[picture(size=(24, 16))])
    kept = checked(taken)
    assert kept.media_type == "image/jpeg"
    assert len(kept.content) < len(taken)
    with opened(kept.content) as image:
        assert (image.format, image.size) == ("JPEG", (48, 32))


@pytest.mark.parametrize("kind", FORMATS)
def test_colours_keep_their_meaning(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = checked(saved(picture(), kind, icc_profile=profile, exif=exif())).content
    with opened(kept) as image:
        assert image.info["icc_profile"] == profile


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "L", {}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "RGB", {"restart_marker_blocks": 1}),
        ("PNG", "P", {"transparency": 3}),
        ("PNG", "RGBA", {}),
        ("PNG", "1", {}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("WEBP", "RGB", {"quality": 40}),
    ],
)
def test_every_kind_of_picture_is_shown_as_before(
    kind: str, mode: str, options: dict[str, Any]
) -> None:
    taken = saved(picture(mode), kind, exif=exif(), **options)
    kept = checked(taken).content
    assert SECRET not in kept
    assert pixels(kept) == pixels(taken)


def test_moving_pictures_go_on_moving() -> None:
    frames = [picture(size=(16, 16)) for _ in range(3)]
    taken = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], exif=exif(6))
    with opened(checked(taken).content) as image:
        assert getattr(image, "n_frames", 1) == 3


def test_what_has_no_metadata_stays_as_it_is() -> None:
    for kind in ("GIF", "WEBP", "PNG"):
        content = saved(picture(), kind)
        assert checked(content).content == content
    assert checked(b"Hej").content == b"Hej"


def test_nonsense_in_exif_says_nothing() -> None:
    for said in (b"Exif\x00\x00", b"Exif\x00\x00MM\x00*\xff\xff\xff\xff", b"Exif\x00\x00" + SECRET):
        image = picture()
        kept = checked(saved(image, "JPEG", exif=said)).content
        assert SECRET not in kept
        assert pixels(kept) == pixels(saved(image, "JPEG"))


WHOLE = {kind: as_a_phone_saves(kind, 6) for kind in FORMATS}


@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.data())
def test_any_damage_ends_in_words(kind: str, data: st.DataObject) -> None:
    whole = WHOLE[kind]
    at = data.draw(st.integers(4, len(whole) - 1))
    damage = data.draw(st.binary(max_size=6))
    damaged = whole[:at] + damage + whole[at + 1 :]
    with contextlib.suppress(BrokenPicture):
        assert isinstance(without_metadata(damaged, MEDIA[kind]), bytes)


@pytest.mark.parametrize("kind", FORMATS)
def test_half_a_picture_is_refused(kind: str) -> None:
    whole = as_a_phone_saves(kind)
    for length in (13, 40, len(whole) // 2, len(whole) - 3):
        with pytest.raises(Refused):
            checked(whole[:length])


def test_countless_parts_are_refused_quickly() -> None:
    countless = b"\xff\xd8" + b"\xff\xe1\x00\x02" * (PARTS_MAX + 1) + b"\xff\xd9"
    with pytest.raises(BrokenPicture):
        without_metadata(countless, "image/jpeg")
