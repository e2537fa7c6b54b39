"""Tracks: modules, names with a star, prerequisites first."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.actions import ShowTrack
from decks.library import Folder, Library
from decks.mixed import MIXED
from decks.parse import parse
from decks.tracks import before_their_time, by_prerequisite
from decks.write import write
from tests.shipped import shipped
from tests.stories.decks import deck, facts
from tests.stories.driver import Story
from tests.stories.test_sitting import introduced

TRACK = """---
track: all
title: All of it
goal: Know it all.
module: First things | opening
module: Teams | team-*
module: The rest | *
---
"""
FILES = {
    "opening": facts("opening", 3),
    "team-b": facts("team-b", 2),
    "team-a": deck("team-a", "Team a", facts("a", 1).partition("---\n\n")[2]).replace("beginner", "advanced"),
    "zebra": facts("zebra", 1).replace("level: beginner", "level: beginner\nrequires: yak"),
    "yak": facts("yak", 1).replace("beginner", "expert"),
    "track": TRACK,
}


def library(folder: Path, files: dict[str, str]) -> Library:
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text)
    return Library([Folder(folder, "own")])


def test_stars_stand_for_the_decks_that_fit_easier_ones_and_prerequisites_first(tmp_path: Path) -> None:
    found = library(tmp_path, FILES)
    assert found.errors == ()
    track = found.current.tracks["all"]
    assert [module.decks for module in track.modules] == [("opening",), ("team-b", "team-a"), ("yak", "zebra")]
    assert track.decks == ("opening", "team-b", "team-a", "yak", "zebra")


def test_a_star_without_a_deck_is_no_module_and_a_track_without_decks_is_none(tmp_path: Path) -> None:
    found = library(tmp_path, {**FILES, "track": TRACK.replace("team-*", "nobody-*")})
    assert [module.title for module in found.current.tracks["all"].modules] == ["First things", "The rest"]
    lonely = "---\ntrack: all\ntitle: T\ngoal: G\ndecks: nobody-*\n---\n"
    assert library(tmp_path, {"track": lonely}).current.tracks == {}


def test_decks_that_require_one_another_still_come_once_each(tmp_path: Path) -> None:
    circle = {
        "one": facts("one", 1).replace("level: beginner", "level: beginner\nrequires: two"),
        "two": facts("two", 1).replace("level: beginner", "level: beginner\nrequires: one"),
    }
    assert sorted(by_prerequisite(library(tmp_path, circle).current.decks)) == ["one", "two"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("module: Only a title", "'Only a title' is no module"),
        ("module: | opening", "'| opening' is no module"),
        ("module: Teams | team-a\ndecks: opening", "The decks are given twice"),
    ],
)
def test_a_wrong_module_is_told(line: str, problem: str) -> None:
    told = parse(f"---\ntrack: all\ntitle: T\ngoal: G\n{line}\n---\n", file="t.md").errors
    assert problem in [error.problem for error in told]


def test_a_track_with_modules_is_written_as_it_is_read() -> None:
    track = parse(TRACK, file="t.md").deck
    assert track is not None
    assert parse(write(track), file="t.md").deck == track


def test_the_catalogues_tracks_teach_every_deck_after_what_it_requires() -> None:
    catalogue = shipped().current
    assert {"databricks-dea", "dbt", "de-roadmap", "dimensional-modelling", "everything"} <= set(catalogue.tracks)
    for track in catalogue.tracks.values():
        assert before_their_time(track, catalogue.decks) == (), track.slug
    assert set(catalogue.tracks["everything"].decks) == set(catalogue.decks) - {MIXED}


def test_the_exam_track_has_cards_in_every_domain_and_enough_for_a_rehearsal() -> None:
    catalogue = shipped().current
    for track in catalogue.tracks.values():
        if track.exam is None:
            continue
        cards = [card for slug in track.decks for card in catalogue.cards_by_deck[slug]]
        known = {domain for domain, _ in track.exam.weights}
        assert {card.domain for card in cards} - {""} == known


async def test_a_page_of_modules_leads_to_their_decks(tmp_path: Path) -> None:
    async with Story(tmp_path, FILES) as story:
        ann = await introduced(story, "all")
        await ann.does(ShowTrack("all"))
        ann.sees("Know it all.", "First things: 3 cards, none met yet.", "Teams: 3 cards, none met yet.")
        await ann.presses("Teams")
        ann.sees("Team b: 2 cards", "Team a: 1 card, none met yet.")
        assert "opening" not in ann.screen.casefold()
        await ann.presses("Team b")
        ann.sees("Team b")
        await ann.does(ShowTrack("all", 2))
        await ann.presses("Back")
        ann.sees("First things")
        await ann.does(ShowTrack("all", 99))
        ann.sees("First things"), "an old button of a module that is gone"
