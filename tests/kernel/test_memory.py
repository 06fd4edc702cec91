"""Memory: what the C library is told costs nothing where it isn't glibc."""

import ctypes

import pytest

from alltid.kernel import memory


class Told:
    """A C library that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, ...]] = []

    def mallopt(self, which: int, value: int) -> None:
        """Note it."""
        self.told.append((which, value))

    def malloc_trim(self, pad: int) -> None:
        """Note it."""
        self.told.append((pad,))


def test_glibc_is_told_to_share_heaps_and_to_give_back(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Told()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    memory.keep_small()
    memory.give_back()
    assert library.told == [(-8, 2), (-3, 262_144), (-1, 262_144), (0,)]


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    memory.keep_small()
    memory.give_back()
