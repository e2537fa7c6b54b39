"""A card its author wants taught afresh (`relearn:`): forgotten when it is next met, on that study day or later."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Start
from bot.core.model import Reset, Reviewed, Scope, ScopeKind
from bot.core.reply import Screen
from tests.stories.decks import facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept
from tests.stories.test_sitting import introduced

JOBS = facts("jobs", 3)
FIRST = "Which table does job 1 of the jobs pipeline fill every night before anybody is awake?"
LATER = "2026-11-26"  # stories begin on Monday 2026-11-23
AFRESH = JOBS.replace("id: jobs-1", f"relearn: {LATER}\nid: jobs-1").replace("report 1 reads", "report 1 deletes")
DECK = Start(Scope(ScopeKind.DECK, "jobs"))


async def met(story: Story) -> Person:
    """Ann knows all three for more than a week."""
    ann = await introduced(story, "jobs")
    await ann.does(Start())
    for _ in range(3):
        await ann.presses("Show answer")
        await ann.presses("Easy")
    assert ann.is_at(Screen.SUMMARY)
    return ann


async def kinds(ann: Person, card: str = "own:jobs-1") -> list[str]:
    return [type(entry).__name__ for entry in await ann.log(card)]


async def test_a_card_is_taught_afresh_from_the_day_its_author_names(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await met(story)
        story.edits("jobs", AFRESH)
        story.passes(days=2)
        await ann.drills()
        assert ann.is_at(Screen.SUMMARY)
        assert await kinds(ann) == ["Reviewed"]
        story.passes(days=1)
        await ann.drills()
        ann.sees("1 today: 1 new", FIRST)
        assert await kinds(ann) == ["Reviewed", "Reset"]
        assert "own:jobs-1" not in await ann.progress()
        await ann.presses("Show answer")
        ann.sees("The one that report 1 deletes", "[Again 1m]", "[Good 10m]")
        await ann.presses("Good")
        again = (await ann.log("own:jobs-1"))[-1]
        assert isinstance(again, Reviewed)
        assert (again.phase, (await ann.progress())["own:jobs-1"].reps) == ("new", 1)
        await ann.undoes()
        ann.sees(FIRST)
        assert "own:jobs-1" not in await ann.progress()
        await ann.presses("Easy")
        assert await kinds(ann) == ["Reviewed", "Reset", "Reviewed", "Undone", "Reviewed"]
        assert_kept("relearn", story.transcript)


async def test_it_is_forgotten_once(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await met(story)
        story.edits("jobs", AFRESH)
        story.passes(days=40)
        await ann.drills()
        ann.sees("3 today: 2 due, 1 new")
        for _ in range(3):
            await ann.presses("Show answer")
            await ann.presses("Easy")
        story.passes(days=200)
        await ann.drills()
        ann.sees("3 today: 3 due")
        assert (await kinds(ann)).count("Reset") == 1


async def test_who_never_met_it_or_met_it_on_that_day_forgets_nothing(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": AFRESH}) as story:
        story.passes(days=3)
        ann = await met(story)
        story.passes(days=60)
        await ann.drills()
        ann.sees("3 today: 3 due")
        assert await kinds(ann) == ["Reviewed"]


async def test_a_card_on_screen_or_crammed_finishes_as_it_was_asked(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await met(story)
        story.passes(days=40)
        await ann.does(Start(DECK.scope, cram=True))
        story.edits("jobs", AFRESH)
        for _ in range(3):
            await ann.presses("Show answer")
            await ann.presses("Good")
        assert set(await kinds(ann)) == {"Reviewed", "Practised"}


async def test_the_next_card_of_a_sitting_is_forgotten_between_two_presses(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await met(story)
        story.passes(days=40)
        await ann.drills()
        on_screen = "own:jobs-" + ann.screen.partition("job ")[2][0]
        story.edits("jobs", JOBS.replace("id: jobs", f"relearn: {LATER}\nid: jobs"))
        await ann.presses("Show answer")
        await ann.presses("Good")
        progress = await ann.progress()
        assert progress[on_screen].reps == 2, "what was on screen is rated as it was asked"
        assert len(progress) == 2, "what comes next is new"
        await ann.undoes()
        ann.sees("Taken back: Good.")
        assert set(await ann.progress()) == set(progress)
        entries = [entry for card in story.library.current.cards for entry in await ann.log(card)]
        assert sum(isinstance(entry, Reset) for entry in entries) == 1


async def test_a_card_met_under_an_earlier_id_is_carried_over_and_then_forgotten(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await met(story)
        story.edits("jobs", AFRESH.replace("id: jobs-1", "was: jobs-1\nid: first-job"))
        story.passes(days=3)
        await ann.drills()
        ann.sees(FIRST)
        assert await kinds(ann, "own:first-job") == ["Carried", "Reset"]
        assert await kinds(ann) == ["Reviewed", "Reset"]
