"""Alltid: a customer-service desk where a human is always one sentence away."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("alltid")
except PackageNotFoundError:  # run from a source folder that was never installed
    __version__ = "0"
