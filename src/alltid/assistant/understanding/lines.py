"""Understands a stream of messages, one a line: the filter behind ``alltid understand``."""

import json
from collections.abc import Iterable, Iterator

from alltid.assistant.understanding.full import understand


def understand_lines(lines: Iterable[str]) -> Iterator[str]:
    """One JSON object for each line, in order; blank lines too.

    A line may be of any length (its head and tail are looked at) and may hold what could not
    be decoded, as replacement characters or surrogates.
    """
    for line in lines:
        found = understand(line.rstrip("\r\n"))
        yield json.dumps(
            {
                "wants_human": found.wants_human,
                "language": found.language,
                "score": round(found.score, 4),
                "because": found.because,
            }
        )
