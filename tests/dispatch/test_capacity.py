"""Guaranteed or standby: never more guaranteed than is needed, never standby while one is."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from alltid.agents.session_events import Capacity
from alltid.dispatch.capacity import SENTENCES, CapacityNow, Needs, promise, split

LANGUAGES = ("de", "en", "fi", "sv")
KINDS = st.frozensets(st.sampled_from(LANGUAGES), min_size=1)
NEEDS = st.builds(
    Needs, st.dictionaries(st.sampled_from(LANGUAGES), st.integers(0, 4)), st.integers(0, 3)
)


def most_filled(needs: Needs, agents: list[frozenset[str]]) -> int:
    """The most places that these agents can fill, by Hall's deficiency over all sets of needs."""
    places = needs.places()
    names = list(places)
    reach = [{*kind, "*"} for kind in agents]
    best = len(agents)
    for chosen in product((False, True), repeat=len(names)):
        kept = {name for name, keep in zip(names, chosen, strict=True) if keep}
        outside = sum(places[name] for name in names if name not in kept)
        # Cut: agents who reach nothing kept count for nothing against the places left out.
        best = min(best, sum(1 for each in reach if each & kept) + outside)
    return best


@given(NEEDS, st.lists(KINDS, max_size=10))
def test_everyone_promised_is_needed_and_nobody_needed_is_on_standby(
    needs: Needs, coming: list[frozenset[str]]
) -> None:
    guaranteed: list[frozenset[str]] = []
    for kind in coming:
        before = most_filled(needs, guaranteed)
        now = promise(needs, guaranteed, kind)
        useful = most_filled(needs, [*guaranteed, kind]) > before
        assert (now.capacity is Capacity.GUARANTEED) is useful
        if useful:
            guaranteed.append(kind)
    assert len(guaranteed) <= sum(needs.places().values())
    assert split(needs, guaranteed) == (sum(needs.places().values()), len(guaranteed))


@given(NEEDS, st.lists(KINDS, max_size=10), KINDS, st.randoms())
def test_the_order_in_which_the_others_came_changes_nothing(
    needs: Needs, there: list[frozenset[str]], kind: frozenset[str], chance: object
) -> None:
    shuffled = list(there)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert promise(needs, there, kind) == promise(needs, shuffled, kind)


def test_a_reason_stands_beside_each_promise() -> None:
    needs = Needs({"sv": 1}, least=0)
    sara, jonas = frozenset({"sv"}), frozenset({"sv", "en"})
    first = promise(needs, [], sara)
    assert (first.capacity, first.code, first.facts) == (
        Capacity.GUARANTEED,
        "needed",
        {"needed": 1, "there": 0},
    )
    second = promise(needs, [sara], jonas)
    assert (second.capacity, second.code) == (Capacity.STANDBY, "enough")
    assert "without the hourly floor" in second.because
    assert promise(needs, [], frozenset({"fi"})).code == "no_need"
    assert promise(Needs({}, least=2), [sara], jonas) == CapacityNow(
        Capacity.GUARANTEED,
        SENTENCES["beginning"].format(needed=2, there=1),
        "beginning",
        {"needed": 2, "there": 1},
    )
    assert promise(Needs({}, least=1), [sara], jonas).code == "enough"


def test_who_speaks_two_languages_makes_room_for_who_speaks_one() -> None:
    needs = Needs({"en": 1, "sv": 1})
    both, english = frozenset({"en", "sv"}), frozenset({"en"})
    assert promise(needs, [both], english).capacity is Capacity.GUARANTEED
    assert promise(needs, [both, english], both).capacity is Capacity.STANDBY
