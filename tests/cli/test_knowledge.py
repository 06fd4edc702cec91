"""`alltid knowledge`: a collection from the command line, and queries a line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.program import run_here

ROWS = [
    {"id": "wires", "title": "Wire transfers", "content": "A wire transfer costs 15 dollars."},
    {"id": "cards", "title": "Lost cards", "content": "Block a lost card in the app at once."},
]


def test_a_collection_is_added_searched_listed_and_removed(
    tmp_path: Path, database_url: str
) -> None:
    # Here, where the encoders are loaded once, and not for every line.
    def run(*arguments: str, typed: str = "", code: int = 0) -> str:
        ended = run_here(
            "knowledge", *arguments, cwd=tmp_path, typed=typed, DATABASE_URL=database_url
        )
        assert ended.returncode == code, ended.stderr
        return ended.stdout if code == 0 else ended.stderr

    (tmp_path / "bank.jsonl").write_text("\n".join(json.dumps(row) for row in ROWS))
    (tmp_path / "broken.jsonl").write_text('{"id": 1}')
    where = ("--collection", "bank")
    assert "line 1 has no content" in run("add", ".", *where, code=2)
    added = json.loads(run("add", "bank.jsonl", *where, "--language", "en", "--json"))
    assert (added["added"], added["read"], added["without_meaning"]) == (2, 4, 0)
    lines = run("search", "-k", "1", *where, typed="my card is gone\n\nwire\n").splitlines()
    found = [json.loads(line) for line in lines]
    assert [[each["id"] for each in hits] for hits in found] == [["cards"], [], ["wires"]]
    assert found[2][0]["score"] > 0
    assert found[2][0]["passage"] == "A wire transfer costs 15 dollars."
    (row,) = json.loads(run("list", "--json"))
    assert (row["collection"], row["documents"], row["with_vectors"]) == ("bank", 2, 2)
    assert "1 removed" in run("remove", "cards", *where)
