"""Token buckets: a burst at once, then one at a time, per key. Memory is bounded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv6Address, IPv6Network, ip_address


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once from rest; one more every `seconds_each`."""

    burst: int
    seconds_each: float


@dataclass(slots=True)
class RateLimiter:
    """Keeps one rate for each of many keys, in this process.

    Of more than `keys_max` keys the one unused for longest is forgotten. Whoever can
    bring that many keys could have used that many anyway.
    """

    rate: Rate
    keys_max: int = 20_000
    _buckets: OrderedDict[Hashable, tuple[float, datetime]] = field(
        init=False, default_factory=OrderedDict
    )

    def take(self, key: Hashable, now: datetime) -> float:
        """Take one; return 0 if there was one, else the seconds until there will be."""
        left = self._left(key, now)
        taken = left >= 1
        self._buckets[key] = (left - 1 if taken else left, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self.keys_max:
            self._buckets.popitem(last=False)
        return 0.0 if taken else (1 - left) * self.rate.seconds_each

    def forget(self, key: Hashable) -> None:
        """Give the key its full burst back."""
        self._buckets.pop(key, None)

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._buckets)

    def _left(self, key: Hashable, now: datetime) -> float:
        left, at = self._buckets.get(key, (float(self.rate.burst), now))
        # A clock that was set back gives nothing away and takes nothing.
        passed_seconds = max(0.0, (now - at).total_seconds())
        return min(float(self.rate.burst), left + passed_seconds / self.rate.seconds_each)


def address_key(host: str) -> str:
    """Return what counts as one address: an IPv4 address, or an IPv6 network of 64 bits.

    One household or server gets a whole /64, so single IPv6 addresses bound nothing.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, 64), strict=False))
