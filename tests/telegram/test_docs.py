"""docs/telegram.md names what there is."""

from __future__ import annotations

import re
from pathlib import Path

from bot.telegram import quiz_words, words

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = (DOCS / "telegram.md").read_text()


def test_every_command_of_the_menu_is_explained_and_no_other() -> None:
    drill, groups = TEXT.split("## Quizzes in groups")
    assert set(re.findall(r"^\| `/(\w+)`", drill, re.M)) == {name for name, _ in words.COMMANDS}
    listed = [re.findall(r"`/(\w+)`", row) for row in re.findall(r"^\| (`/.+?) \|", groups, re.M)]
    assert {name for row in listed for name in row} == {name for name, _ in quiz_words.COMMANDS}


def test_the_way_from_botfather_to_the_first_card_has_five_steps() -> None:
    steps = TEXT.split("## From BotFather to the first card")[1].split("\n## ")[0]
    assert re.findall(r"^(\d)\. ", steps, re.M) == ["1", "2", "3", "4", "5"]


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for page in ("telegram.md", "live-check.md"):
        links = [link for link in re.findall(r"\]\(([^)]+)\)", (DOCS / page).read_text()) if "://" not in link]
        assert [link for link in links if not (DOCS / link).exists()] == []
