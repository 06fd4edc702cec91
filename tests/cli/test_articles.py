"""`alltid articles import`: a folder becomes what the assistant answers from."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.program import run_here

REFUNDS = "---\ntitle: Refunds\nsummary: How long it takes\n---\n\nA refund takes **five days**.\n"


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_a_folder_becomes_the_articles(tmp_path: Path, database_url: str) -> None:
    def imported(*options: str) -> dict[str, int]:
        ended = run_here(
            "articles", "import", "help", "--json", *options,
            cwd=tmp_path, DATABASE_URL=database_url,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        counts: dict[str, int] = json.loads(ended.stdout)
        return counts

    write(tmp_path, "help/en/refunds.md", REFUNDS)
    write(tmp_path, "help/en/returns.md", REFUNDS.replace("Refunds", "Returns"))
    assert imported() == {"added": 2, "changed": 0, "removed": 0, "unchanged": 0}
    (tmp_path / "help/en/returns.md").unlink()
    assert imported() == {"added": 0, "changed": 0, "removed": 1, "unchanged": 1}
    elsewhere = imported("--url-prefix", "https://shop.example/help/")
    assert elsewhere == {"added": 0, "changed": 1, "removed": 0, "unchanged": 0}


def test_what_is_no_folder_of_articles_is_said_in_a_sentence(
    tmp_path: Path, database_url: str
) -> None:
    def complaint(folder: str) -> str:
        ended = run_here("articles", "import", folder, cwd=tmp_path, DATABASE_URL=database_url)
        assert ended.returncode == 2
        assert len(ended.stderr.strip().splitlines()) == 1
        return ended.stderr

    assert "missing is no folder" in complaint("missing")
    write(tmp_path, "help/en/broken.md", "no head")
    assert "en/broken.md needs a head" in complaint("help")
