"""Ids: unique, well formed, in order of their age, repeatable where that is wanted."""

from __future__ import annotations

import time
import uuid

from hypothesis import given
from hypothesis import strategies as st

from alltid.kernel.ids import SeededIds, SystemIds, is_id, uuid7

MILLISECONDS = st.integers(0, 2**48 - 1)
BITS = st.integers(0, 2**74 - 1)


@given(MILLISECONDS, BITS)
def test_a_uuid_of_version_7_carries_its_time_and_its_randomness(at: int, bits: int) -> None:
    made = uuid7(at, bits)
    parsed = uuid.UUID(made)
    assert is_id(made)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == at
    low = parsed.int & ((1 << 62) - 1)
    high = (parsed.int >> 64) & 0xFFF
    assert high << 62 | low == bits


@given(MILLISECONDS, MILLISECONDS, BITS, BITS)
def test_their_order_is_the_order_of_their_times(
    first: int, second: int, some: int, other: int
) -> None:
    if first != second:
        assert (uuid7(first, some) < uuid7(second, other)) == (first < second)


@given(BITS, BITS)
def test_different_randomness_makes_different_ids(some: int, other: int) -> None:
    assert (uuid7(1, some) == uuid7(1, other)) == (some == other)


def test_the_example_of_the_standard() -> None:
    # RFC 9562, appendix A.6: 2022-02-22 14:22:22.000 GMT-05:00, random parts CC3 and 18C4...
    bits = 0xCC3 << 62 | 0x18C4DC0C0C07398F
    assert uuid7(0x017F22E279B0, bits) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_the_systems_ids_are_new_and_of_now() -> None:
    ids = SystemIds()
    before = time.time_ns() // 1_000_000
    made = [ids.new() for _ in range(2_000)]
    after = time.time_ns() // 1_000_000
    assert len(set(made)) == len(made)
    assert all(before <= uuid.UUID(each).int >> 80 <= after for each in made)


def test_seeded_ids_repeat_with_their_seed() -> None:
    first, again, other = SeededIds(1), SeededIds(1), SeededIds(2)
    row = [first.new() for _ in range(50)]
    assert row == [again.new() for _ in range(50)]
    assert set(row).isdisjoint(other.new() for _ in range(50))
    assert row == sorted(row)


@given(st.text(max_size=40))
def test_only_one_form_is_an_id(text: str) -> None:
    made = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
    assert not is_id(text)
    assert is_id(made)
    assert not is_id(made.upper())
    assert not is_id(made + "\n")
    assert not is_id(made.replace("-", ""))
