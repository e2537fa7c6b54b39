"""The examples of docs/deck-authors.md, run one after the other as an author would type them."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from decks.derive import limits
from tests import commands

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "deck-authors.md").read_text()
BLOCK = re.compile(r"^```(markdown (?P<file>\S+)|console)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)


def matches(said: str, expected: str) -> bool:
    """Whether an output is as the document tells it; "..." stands for anything."""
    pattern = re.escape(expected.strip()).replace(r"\.\.\.", r"[\s\S]*")
    return re.fullmatch(pattern, said.strip()) is not None


def run(command: str, folder: Path) -> str:
    program, *words = shlex.split(command)
    if program == "backfill":
        ran = commands.forked(words, {"BACKFILL_DECKS": ""}, folder)
    else:
        ran = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, timeout=60)
    assert ran.returncode in (0, 1), ran.stderr
    return ran.stdout + ran.stderr


def test_the_examples_say_what_they_do(tmp_path: Path) -> None:
    ran = 0
    for block in BLOCK.finditer(DOCUMENT):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"])
            continue
        for example in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
            command, _, expected = example.partition("\n")
            said = run(command, tmp_path)
            assert matches(said, expected), f"$ {command}\n{said}"
            ran += 1
    assert ran >= 7


def test_every_link_of_the_document_leads_somewhere() -> None:
    targets = [link for link in re.findall(r"\]\(([^)]+)\)", DOCUMENT) if "://" not in link]
    assert targets
    assert [link for link in targets if not (ROOT / "docs" / link).exists()] == []


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_ALL_BYTES", "MAX_FILES", "MAX_TEXT", "MAX_ITEMS"])
def test_the_limits_are_told_as_they_are(limit: str) -> None:
    value = getattr(limits, limit)
    told = {
        "MAX_BYTES": f"{value >> 20} MB a file",
        "MAX_ALL_BYTES": f"{value >> 20} MB and",
        "MAX_FILES": f"{value} files a run",
        "MAX_TEXT": f"{value // 10**6} million characters",
        "MAX_ITEMS": f"{value} items a feed",
    }
    assert told[limit] in DOCUMENT
