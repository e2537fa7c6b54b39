"""`decks preview --as`: what a learner sees on each surface, drawn by that surface's own renderer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.deck_commands import main
from bot.deck_screens import WIDTH, sides
from decks.library import Folder, Library
from tests.kept import assert_kept
from tests.stories.decks import KINDS

KEPT = Path(__file__).parent / "kept"
SURFACES = ("telegram", "discord", "page", "terminal")
CARDS = ("scenario", "code", "mechanisms/7/what-happens-to-the-old-value", "vacuum", "bounds", "four-steps")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    decks = tmp_path / "own"
    decks.mkdir()
    (decks / "kinds.md").write_text(KINDS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKFILL_DECKS", "own")
    return decks


@pytest.mark.parametrize("surface", SURFACES)
def test_both_sides_of_a_card_stand_as_the_surface_shows_them(surface: str, capsys: pytest.CaptureFixture[str]) -> None:
    screens: list[str] = []
    for card in CARDS:
        assert main(["preview", f"own:{card}", "--as", surface]) == 0
        screens += [f"> {card}", capsys.readouterr().out]
    text = "\n".join(screens)
    assert_kept(KEPT / f"preview-{surface}.txt", text)
    if surface != "terminal":
        code = [line for screen in screens for line in screen.splitlines() if not line.startswith(">")]
        assert max(map(len, code)) <= WIDTH


@pytest.mark.parametrize("surface", SURFACES)
def test_every_kind_of_card_can_be_shown_everywhere(surface: str, folder: Path) -> None:
    catalogue = Library([Folder(folder, "own")]).current
    assert len(catalogue.decks["kinds"].notes) > 10
    for card in catalogue.cards.values():
        shown = sides(card, surface, catalogue)
        assert "[" in shown.question, card.id
        assert shown.answer.count("[") >= 2, card.id
        assert "<" not in shown.question + shown.answer, card.id


def test_a_line_of_a_file_is_shown_too_and_other_surfaces_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (folder / "kinds.md").read_text().split("\n")
    at = lines.index("id: scenario") + 1
    assert main(["preview", f"own/kinds.md:{at}", "--as", "telegram"]) == 0
    by_line = capsys.readouterr().out
    assert main(["preview", "own:scenario", "--as", "telegram"]) == 0
    assert capsys.readouterr().out == by_line
    assert main(["preview", "own:scenario", "--as", "telegram", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["own:scenario"].keys() == {"question", "answer"}
    with pytest.raises(SystemExit):
        main(["preview", "own:scenario", "--as", "pigeon"])
