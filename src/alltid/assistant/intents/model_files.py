"""A model's folder: `model.json`, and arrays in `words.npz` and `meaning.npz`."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.calibration import Calibration

FORMAT: Final = 1
HEAD: Final = "model.json"
WORDS: Final = "words.npz"
MEANING: Final = "meaning.npz"
_MAX_HEAD_BYTES: Final = 4 * 1024 * 1024
_MAX_ARRAYS_BYTES: Final = 1024**3
_WORD_ARRAYS: Final = frozenset(("grams", "idf", "starts", "rows", "values", "weights"))

Arrays = Mapping[str, NDArray[Any]]


class ModelBroken(Exception):  # noqa: N818 - it says what happened
    """A folder holds no model that can be used; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `model.json` and `words.npz` hold."""

    labels: tuple[str, ...]
    language: str
    encoders: tuple[str, ...]
    words_share: float
    calibration: Calibration
    words_calibration: Calibration
    hashes: Mapping[str, str]
    vocabulary: Mapping[str, int]
    words: Arrays


def write_model(folder: Path, head: Mapping[str, Any], words: Arrays, meaning: Arrays) -> None:
    """Write a model; the head is written last, so that a half-written model is none."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HEAD).unlink(missing_ok=True)
    hashes = {WORDS: _write_arrays(folder / WORDS, words)}
    if meaning:
        hashes[MEANING] = _write_arrays(folder / MEANING, meaning)
    else:
        (folder / MEANING).unlink(missing_ok=True)
    text = json.dumps({"format": FORMAT, **head, "files": hashes}, indent=2, ensure_ascii=False)
    _write(folder / HEAD, f"{text}\n".encode())


def read_model(folder: Path) -> Loaded:
    """Read the head and the words of a model, or raise `ModelBroken`."""
    path = folder / HEAD
    try:
        content = path.read_bytes()[: _MAX_HEAD_BYTES + 1]
    except OSError:
        raise ModelBroken(
            f"{folder} holds no model: there is no {HEAD}. Train one with "
            "`alltid intents train FILE.csv --out DIR`."
        ) from None
    try:
        head = json.loads(content)
        if head["format"] != FORMAT:
            raise ModelBroken(
                f"{path} has the format {head['format']}, and this program reads {FORMAT}. "
                "Train the model anew."
            )
        words = _read_arrays(folder / WORDS, head["files"][WORDS])
        grams = bytes(words["grams"]).decode("utf-8").split("\n")
        loaded = Loaded(
            tuple(map(str, head["labels"])),
            str(head["language"]),
            tuple(map(str, head["encoders"])),
            float(head["words_share"]),
            Calibration(**head["calibration"]),
            Calibration(**head["words_calibration"]),
            dict(head["files"]),
            {gram: number for number, gram in enumerate(grams)},
            words,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelBroken(f"{path} can't be read ({type(error).__name__}).") from error
    if not _WORD_ARRAYS.issubset(words) or words["weights"].shape[1] != len(loaded.labels):
        raise ModelBroken(f"{folder / WORDS} does not fit {path}. Train the model anew.")
    return loaded


def read_meaning(folder: Path, loaded: Loaded) -> Arrays:
    """Read the arrays that belong to the encoders, or raise `ModelBroken`."""
    return _read_arrays(folder / MEANING, loaded.hashes.get(MEANING, ""))


def _write_arrays(path: Path, arrays: Arrays) -> str:
    """Write arrays and return their file's hash, the same for the same arrays."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(arrays[name]), allow_pickle=False)
            # A fixed date, or the same training would give another file each time.
            file.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue())
    content = buffer.getvalue()
    _write(path, content)
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    beside.replace(path)


def _read_arrays(path: Path, sha256: str) -> Arrays:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= _MAX_ARRAYS_BYTES else b""
    except OSError:
        raise ModelBroken(f"{path} is missing.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelBroken(f"{path} is not the file that was written with its {HEAD}.")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise ModelBroken(f"{path} can't be read ({type(error).__name__}).") from error
