"""The README's commands do what they say, in the order a newcomer types them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = [line for block in re.findall(r"^```sh\n(.*?)^```", README, re.M | re.S) for line in block.splitlines()]
PROGRAM = [command for command in COMMANDS if command.startswith(".venv/bin/backfill ")]
TARGETS = [command for command in COMMANDS if command.startswith("make ")]


def test_every_command_is_tried_here() -> None:
    assert set(COMMANDS) == {*PROGRAM, *TARGETS}
    assert {"make run", "make test"} <= set(TARGETS)
    assert len(PROGRAM) >= 5


def test_the_program_s_commands_run_one_after_the_other_in_an_empty_folder(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFILL_")}
    environment = {**kept, "BACKFILL_DATA": str(tmp_path / "data"), "BACKFILL_PORT": "0"}
    for command in PROGRAM:
        words = [sys.executable, "-m", "bot", *shlex.split(command)[1:]]
        ran = subprocess.run(
            words, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
        )
        assert ran.returncode == 0, f"{command}: {ran.stdout}{ran.stderr}"
        assert ran.stdout.strip(), f"{command} says nothing"
    assert (tmp_path / "backfill-copy.db").exists()


@pytest.mark.parametrize("command", TARGETS)
def test_make_knows_the_target(command: str) -> None:
    ran = subprocess.run([*shlex.split(command), "--dry-run"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr


def test_every_setting_of_the_table_is_one_and_every_setting_is_in_the_table() -> None:
    told = set(re.findall(r"^\| `(BACKFILL_\w+)`", README, re.M))
    read = set(re.findall(r"BACKFILL_\w+", (ROOT / "bot/settings.py").read_text()))
    assert told == read
    assert read_settings({}).port == int(re.search(r"`BACKFILL_PORT` .*\| (\d+) \|", README)[1])  # type: ignore[index]


def test_every_link_leads_somewhere() -> None:
    targets = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert targets
    assert [link for link in targets if not (ROOT / link).exists()] == []


def test_every_decision_is_listed_under_its_title() -> None:
    pages = sorted(Path("docs/decisions").glob("0*.md"))
    listed = [line for line in Path("docs/decisions/README.md").read_text().splitlines() if line.startswith("- [")]
    titles = [page.read_text().splitlines()[0].removeprefix("# ") for page in pages]
    assert listed == [f"- [{page.name[:4]}]({page.name}) {title}" for page, title in zip(pages, titles, strict=True)]
