"""More of what learners notice of a changed deck: what is no correction, and news that would be too much or untrue."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.actions import Start, Stop
from bot.core.model import Scope, ScopeKind
from bot.core.reply import Screen
from bot.core.tutor import Tutor
from decks.library import Folder, Library
from tests.stories.decks import deck, facts
from tests.stories.driver import Person, Story
from tests.stories.test_sitting import introduced

SIZE = deck("sizes", "Sizes", "Number: How large is a block of the store by default?\nA: 128 MB\nid: block")
NAME = deck("names", "Names", "Q: What is the container orchestrator named after a helmsman?\nA: K8s\nid: helm")
TALK = deck(
    "talk",
    "Talk",
    "Interview: How would you make a nightly load repeatable?\n"
    "A: Write each day to its own partition and replace it whole.\n"
    "points:\n- Names a partition for each day\n- Replaces instead of appending\n- Says what a second run does\n"
    "id: load",
)


def drill(slug: str) -> Start:
    return Start(Scope(ScopeKind.DECK, slug))


async def stops(person: Person) -> None:
    person.story.says(person.account.platform, "types /stop")
    await person.does(Stop())
    assert person.is_at(Screen.SUMMARY)


async def answers_after(story: Story, slug: str, text: str) -> Person:
    """Somebody who answered the deck's card, and looks at its answer again after an edit."""
    ann = await introduced(story, slug)
    await ann.does(drill(slug))
    await ann.presses("Show ")
    await ann.presses("Easy")
    story.edits(slug, text)
    story.passes(days=400)
    await ann.drills()
    await ann.presses("Show ")
    return ann


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(SIZE, SIZE.replace("128 MB", "128 MB\ntolerance: 2"), id="what is close enough"),
        pytest.param(NAME, NAME.replace("K8s", "Kubernetes\nalso: K8s"), id="its usual name, the old one still right"),
        pytest.param(
            TALK,
            TALK.replace("- Names a partition for each day\n", "").replace(
                "appending", "appending\n- Names a partition for each day"
            ),
            id="the order of key points",
        ),
    ],
)
async def test_what_was_right_and_still_is_has_not_been_corrected(tmp_path: Path, before: str, after: str) -> None:
    assert before != after
    slug = before.split("deck: ")[1].split("\n")[0]
    async with Story(tmp_path, {slug: before}) as story:
        ann = await answers_after(story, slug, after)
        assert "Corrected" not in ann.screen
        assert any(label.startswith("Again") for label in ann.labels)


async def test_another_number_is_a_correction_however_close(tmp_path: Path) -> None:
    async with Story(tmp_path, {"sizes": SIZE}) as story:
        ann = await answers_after(story, "sizes", SIZE.replace("128 MB", "130 MB\ntolerance: 5"))
        ann.sees("Before, this card said: 128 MB.")


async def test_a_card_just_answered_is_not_told_as_new(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 1)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(drill("jobs"))
        await ann.presses("Show answer")
        await ann.presses("Easy")
        story.edits("jobs", facts("jobs", 2))
        await ann.does(drill("jobs"))
        ann.sees("job 2 ")
        await ann.presses("Show answer")
        await ann.presses("Easy")
        assert ann.is_at(Screen.SUMMARY)
        assert "New in" not in ann.screen


async def test_cards_another_process_has_read_first_are_told_once_this_one_has_them(tmp_path: Path) -> None:
    """Processes on one database read their decks when they come to it: one may still have yesterday's."""
    async with Story(tmp_path, {"jobs": facts("jobs", 1)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(drill("jobs"))
        await ann.presses("Show answer")
        await ann.presses("Easy")
        story.passes(hours=1)
        ahead = tmp_path / "ahead"
        ahead.mkdir()
        (ahead / "jobs.md").write_text(facts("jobs", 3))
        newer = Library([Folder(ahead, "own")])
        other = Tutor(story.store, lambda: newer.current, lambda: story.now, chance=story.chance)
        await other.handle(type(ann.account)("telegram", "7"), drill("jobs"), story.key())
        await ann.does(drill("jobs"))
        assert "New in" not in ann.screen, "this process does not know them yet"
        story.edits("jobs", facts("jobs", 3))
        await ann.does(drill("jobs"))
        await stops(ann)
        ann.sees("New in Jobs: 2 cards.")


async def test_a_day_on_which_everything_changed_still_fits_a_phone(tmp_path: Path) -> None:
    slugs = [f"deck-{letter}" for letter in "abcdefghijkl"]
    async with Story(tmp_path, {slug: facts(slug, 1) for slug in slugs}) as story:
        ann = await introduced(story, "deck-a")
        for slug in slugs:
            await ann.does(Start(drill(slug).scope, extra=5))
            await ann.presses("More")
            await ann.presses("Report")
            await ann.presses("It is wrong")
            await ann.presses("Show answer")
            await ann.presses("Easy")
        for slug in slugs:
            story.edits(slug, facts(slug, 3).replace("report 1 reads", "report 1 deletes"))
        story.passes(days=1)
        await ann.does(drill("deck-a"))
        await stops(ann)
        ann.sees("New in Deck a: 2 cards.", "New in 9 other decks: 18 cards.")
        assert ann.screen.count("New in") == 4
        assert ann.screen.count("The card you reported is corrected") == 3
        ann.sees("9 other cards you reported are corrected too.")
        await ann.does(drill("deck-b"))
        await stops(ann)
        assert "New in" not in ann.screen
        assert "reported" not in ann.screen, "nothing is kept for later"


async def test_a_card_reported_under_two_names_is_answered_once(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 1)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(drill("jobs"))
        for _ in range(2):
            await ann.presses("More")
            await ann.presses("Report")
            await ann.presses("It is wrong")
            await stops(ann)
            story.edits("jobs", facts("jobs", 1).replace("id: jobs-1", "was: jobs-1\nid: first"))
            await ann.does(drill("jobs"))
        mended = facts("jobs", 1).replace("id: jobs-1", "was: jobs-1\nid: first").replace("deletes", "reads")
        story.edits("jobs", mended.replace("report 1 reads", "report 1 deletes"))
        await stops(ann)
        assert ann.screen.count("you reported") == 1
