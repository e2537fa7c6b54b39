"""An exam and a rehearsal where they meet the rest: linking, catching up, breaks, other goals, decks that change."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.core.actions import (
    Begin,
    Book,
    Break,
    CatchUp,
    DrillMisses,
    HandIn,
    Know,
    Mark,
    Rehearse,
    Set,
    ShowExam,
    Start,
)
from bot.core.model import Booking, Learner, Scope, ScopeKind
from bot.core.rehearsal_model import Rehearsal
from bot.core.rehearsal_sample import options_of
from bot.core.reply import Screen
from bot.core.words import MAKE_GOAL
from storage.check import check
from tests.exam.made import decks, knows_all_of_today, prepared, questions
from tests.stories.decks import deck, facts
from tests.stories.driver import Person, Story
from tests.stories.linking import links, unlinks


async def learner(ann: Person) -> Learner:
    found = await ann.story.look(ann.account, lambda turn: turn.learner(ann.account))
    assert found is not None
    return found


async def rehearsal(ann: Person) -> Rehearsal | None:
    return await ann.story.look(ann.account, lambda turn: turn.rehearsal())


async def on_the_way(story: Story, external: str = "7") -> Person:
    """A learner of the track in Telegram, whose introduction is over."""
    bob = await story.learner("telegram", external)
    for name, value in (("goal", "pipes"), ("minutes", "10"), ("skip", ""), ("reminders", "no"), ("skip", "")):
        await bob.does(Set(name, value))
    await bob.does(Book("pipes", "not-yet"))
    return bob


# --- linking -----------------------------------------------------------------------------------------------------


async def test_a_rehearsal_goes_on_when_its_learner_joins_an_older_one(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        page = await prepared(story)
        await knows_all_of_today(page)
        story.passes(days=1)
        chat = await on_the_way(story)
        await chat.does(Rehearse("pipes"))
        await chat.presses("B")
        letter = chat.button("C").action
        await links(page, chat)
        assert (await learner(chat)).id == (await learner(page)).id
        await chat.does(letter)
        chat.sees("3 of 6")
        await page.does(Begin())
        page.sees("3 of 6")
        assert [asked.picked for asked in (await rehearsal(page)).asked][:2] == [1, 2]  # type: ignore[union-attr]


async def test_of_two_rehearsals_the_open_one_goes_on(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        page = await prepared(story)
        await knows_all_of_today(page)
        await page.does(Rehearse("pipes"))
        mine = await rehearsal(page)
        story.passes(minutes=1)
        chat = await on_the_way(story)
        await chat.does(Rehearse("pipes"))
        theirs = await rehearsal(chat)
        assert mine is not None
        assert theirs is not None
        await page.does(HandIn(mine.id, True))
        await links(page, chat)
        assert await rehearsal(page) == theirs
        await unlinks(page)


async def test_an_exam_date_is_kept_by_linking_whichever_side_it_was_on(tmp_path: Path) -> None:
    async with Story(tmp_path, {**decks(), "jobs": facts("jobs", 6)}) as story:
        page = await story.learner()
        for name, value in (("goal", "jobs"), ("minutes", "10"), ("skip", "")):
            await page.does(Set(name, value))
        await page.does(Start())
        await page.does(Know(page.reply.attempt))
        story.passes(days=1)
        chat = await on_the_way(story)
        await chat.does(Book("pipes", "2027-01-16"))
        await links(page, chat)
        both = await learner(page)
        assert both.booking == Booking("pipes", datetime(2027, 1, 16, tzinfo=UTC).toordinal())
        assert both.goal == "pipes", "a date makes its track the goal"
        assert both.into == both.merging == ""


# --- the pace and what the days really bring -----------------------------------------------------------------------


async def test_under_a_plan_to_catch_up_no_more_new_cards_are_promised_than_come(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(120)) as story:
        ann = await prepared(story, date="2027-01-16")
        await knows_all_of_today(ann)
        story.passes(days=40)
        await ann.does(Book("pipes", "2027-01-16"))
        ann.sees("new cards")
        await ann.does(CatchUp(10, 2))
        await ann.does(ShowExam())
        ann.sees("While you catch up no new cards come of themselves.")
        assert "a day has" not in ann.screen
        assert "At 10 new cards a day" not in ann.screen


async def test_a_break_before_the_exam_leaves_fewer_days_and_the_pace_says_so(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(120)) as story:
        ann = await prepared(story, date="2026-12-16")
        await ann.does(Break("2026-12-10"))
        await ann.does(ShowExam())
        ann.sees("After your break, until Tue 15 Dec a day has 21 new cards")
        await ann.does(Start(Scope(ScopeKind.TRACK, "pipes")))
        assert ann.is_at(Screen.QUESTION), "studying during a break is welcome"


async def test_a_goal_chosen_after_the_date_says_when_the_exams_cards_come(tmp_path: Path) -> None:
    async with Story(tmp_path, {**decks(120), "jobs": facts("jobs", 6)}) as story:
        ann = await prepared(story, date="2026-12-04")
        await ann.does(Set("goal", "jobs"))
        await ann.does(ShowExam())
        ann.sees("You work towards something else now; new cards of this exam come when you drill its track.")
        await ann.presses(MAKE_GOAL)
        assert (await learner(ann)).goal == "pipes"


async def test_cards_set_aside_for_good_are_not_waited_for(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(5)) as story:
        ann = await prepared(story, date="2026-12-04")
        await ann.does(Start())
        await ann.presses("More")
        await ann.presses("Never show")
        while ann.is_at(Screen.QUESTION):
            await ann.does(Know(ann.reply.attempt))
        await ann.does(ShowExam())
        ann.sees("You have met every card of it but one that you set aside.")


# --- midnight ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Honolulu", "Asia/Kathmandu", "Europe/Berlin"])
async def test_the_day_of_the_exam_is_the_learners_own(tmp_path: Path, zone: str) -> None:
    at = int(datetime(2026, 11, 23, 20, 0, tzinfo=UTC).timestamp() * 1000)
    says = {24: "Wed 25 Nov, tomorrow.", 25: "Wed 25 Nov, today.", 26: "Your exam was on Wed 25 Nov."}
    async with Story(tmp_path, decks(), zone=zone, at=at) as story:
        ann = await prepared(story, date="2026-11-25")
        told = set()
        for _ in range(70):
            story.passes(hours=1)
            await ann.does(ShowExam())
            clock = datetime.fromtimestamp(story.now / 1000, ZoneInfo(zone)) - timedelta(hours=4)  # the day's start
            if clock.day in says:
                ann.sees(says[clock.day])
                told.add(clock.day)
        assert told >= {24, 25}


# --- decks that change -----------------------------------------------------------------------------------------------


async def test_the_introduction_is_not_stuck_when_its_exam_is_gone(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await story.learner()
        await ann.presses("Pipes exam")
        await ann.presses("10 min")
        for _ in range(5):
            await ann.does(Know(ann.reply.attempt))
        await ann.presses("Skip")
        ann.sees("Is the exam booked?")
        pick = ann.button("Pick").action
        story.removes("track-pipes")
        for action in (Begin(), pick, Start()):
            await ann.does(action)
        assert ann.is_at(Screen.QUESTION), "the sitting behind the question goes on"


async def test_a_track_without_domains_has_one_line_for_all_its_cards(tmp_path: Path) -> None:
    track = "\n".join(line for line in decks()["track-pipes"].splitlines() if not line.startswith("weight"))
    async with Story(tmp_path, {**decks(), "track-pipes": track + "\n"}) as story:
        ann = await prepared(story)
        await knows_all_of_today(ann)
        await ann.does(ShowExam())
        ann.sees("All cards")
        assert "Beside the guide" not in ann.screen
        assert "Weights:" not in ann.screen
        ann.sees("Guide: the guide of pipes (May 2026).")
        await ann.presses("Rehearsal")
        await ann.presses("Begin")
        ann.sees("1 of 6")


async def test_a_miss_known_under_an_earlier_id_keeps_what_was_known(tmp_path: Path) -> None:
    text = questions(4)
    async with Story(tmp_path, {**decks(4, 4), "pipes": deck("pipes", "Pipes", text)}) as story:
        ann = await prepared(story)
        await knows_all_of_today(ann)
        story.passes(days=1)
        before = await ann.progress()
        renamed = text.replace("id: q-0", "id: q-nought\nwas: q-0")
        story.edits("pipes", deck("pipes", "Pipes", renamed))
        await ann.does(Rehearse("pipes"))
        found = await rehearsal(ann)
        assert found is not None
        place = next(at for at, asked in enumerate(found.asked) if asked.card == "own:q-nought")
        card = (await story.look(ann.account, lambda turn: turn.shown([found.asked[place].revision]))).popitem()[1]
        wrong = next(at for at, option in enumerate(options_of(card, found.id)) if not option.right)
        await ann.does(Mark(found.id, place, wrong))
        await ann.does(HandIn(found.id, True))
        former = await story.look(ann.account, lambda turn: turn.progress(["own:q-0"]))
        assert former["own:q-0"].due_day == before["own:q-0"].reviewed_day + 1, "due at once"
        await ann.does(DrillMisses(found.id))
        after = await ann.progress()
        assert after["own:q-nought"].memory == before["own:q-0"].memory
        assert await story.look(ann.account, lambda turn: turn.progress(["own:q-0"])) == {}


async def test_less_than_a_minute_is_never_no_minutes(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Rehearse("pipes"))
        story.passes(minutes=11.5)
        await ann.presses("Hand in")
        ann.sees("6 questions left open", "Less than a minute left.")


async def test_a_newcomer_finds_the_exam_first_and_everything_last(tmp_path: Path) -> None:
    async with Story(tmp_path) as story:
        ann = await story.learner()
        assert ann.labels[0] == "Databricks DE Associate"
        assert ann.labels[-2:] == ["Everything", "Browse decks"]


# --- the check -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("UPDATE rehearsals SET data = '{}'", "The rehearsal cannot be read"),
        ("DELETE FROM revisions WHERE revision NOT IN (SELECT revision FROM attempts)", "questions are not there"),
        ("UPDATE revisions SET data = '{}'", "questions are not there"),
    ],
)
async def test_a_spoilt_rehearsal_is_found_and_dropped_so_that_its_learner_goes_on(
    tmp_path: Path, spoil: str, said: str
) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Rehearse("pipes"))
        await story.store.close()
        with closing(sqlite3.connect(story.database)) as database, database:
            database.execute("PRAGMA foreign_keys = OFF")
            database.execute(spoil)
        found = check(story.database, repair=True)
        assert any(problem.table == "rehearsals" and problem.repaired and said in problem.text for problem in found)
        assert check(story.database) == []
        await story.restart()
        await ann.does(Begin())
        assert ann.is_at(Screen.MENU)
