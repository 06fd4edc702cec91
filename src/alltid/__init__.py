"""Alltid: a customer-service desk where a human is always one sentence away."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str


def __getattr__(name: str) -> str:
    # Asked for by few and not loaded at every start: finding it out takes a while.
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("alltid")
    except PackageNotFoundError:  # run from a source folder that was never installed
        return "0"
