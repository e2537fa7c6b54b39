"""docs/telegram.md names what there is."""

from __future__ import annotations

import re
from pathlib import Path

from bot.telegram import words

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = (DOCS / "telegram.md").read_text()


def test_every_command_of_the_menu_is_explained_and_no_other() -> None:
    assert set(re.findall(r"^\| `/(\w+)`", TEXT, re.M)) == {name for name, _ in words.COMMANDS}


def test_the_way_from_botfather_to_the_first_card_has_five_steps() -> None:
    steps = TEXT.split("## From BotFather to the first card")[1].split("\n## ")[0]
    assert re.findall(r"^(\d)\. ", steps, re.M) == ["1", "2", "3", "4", "5"]


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for page in ("telegram.md", "live-check.md"):
        links = [link for link in re.findall(r"\]\(([^)]+)\)", (DOCS / page).read_text()) if "://" not in link]
        assert [link for link in links if not (DOCS / link).exists()] == []
