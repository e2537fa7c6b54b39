"""An exam's date from the introduction on: asked for, typed, paced towards, changed, forgotten, passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.actions import DATING, Begin, Book, Know, Set, ShowExam, ShowTrack, Start, Stop, Type
from bot.core.model import Booking, Scope, ScopeKind
from bot.core.reply import Screen
from bot.core.words import MAKE_GOAL
from tests.exam.made import decks, knows_all_of_today, prepared
from tests.stories.decks import facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept


async def booking(ann: Person) -> Booking | None:
    def read(turn: object) -> Booking | None:
        learner = turn.learner(ann.account)  # type: ignore[attr-defined]
        return learner.booking  # type: ignore[no-any-return]

    return await ann.story.look(ann.account, read)


async def five_cards(ann: Person) -> None:
    """The first two presses, then five cards known at sight."""
    await ann.presses("Pipes exam")
    await ann.presses("10 min")
    for _ in range(5):
        await ann.does(Know(ann.reply.attempt))


async def test_the_introduction_asks_for_the_date_and_the_days_lead_up_to_it(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(100)) as story:
        ann = await story.learner()
        await five_cards(ann)
        await ann.presses("Skip")
        await ann.presses("Pick a date")
        await ann.presses("Later")
        await ann.presses("Later")
        await ann.presses("Later")
        await ann.presses("Later")
        ann.sees("When is the exam?")
        await ann.presses("Dec")
        await ann.presses("Other month")
        await ann.presses("Dec")
        await ann.presses("8")
        await ann.presses("Other week")
        await ann.presses("15")
        await ann.presses("Wed 16")
        assert ann.is_at(Screen.QUESTION), "on with the sitting"
        while ann.is_at(Screen.QUESTION):
            await ann.presses("More")
            await ann.presses("I know it")
        ann.sees("At this pace you will have met every exam card by")
        await ann.presses("Exam view")
        ann.sees("Wed 16 Dec, 23 days.", "Most to gain: Storage.", "This measures these cards, not the exam.")
        await ann.presses("Drill Storage")
        await ann.presses("Five more")
        attempt = await story.look(ann.account, lambda turn: turn.attempt(ann.reply.attempt))
        assert attempt is not None
        assert attempt[1].domain == "Storage"
        await ann.does(Stop())
        await ann.does(Begin())
        await ann.presses("Exam view")
        await ann.presses("Change the date")
        await ann.does(Type("/exam 31 Feb", DATING))
        await ann.does(Type("5/12", DATING))
        await ann.does(Type("1 Jan 2020", DATING))
        await ann.does(Type("1 Jan 2033", DATING))
        await ann.does(Type("3 dec", DATING))
        ann.sees("Until Sun 29 Nov a day has 15 new cards, so that you meet all of them in time; your setting alone")
        story.passes(days=10)
        await ann.does(ShowExam())
        ann.sees("Thu 3 Dec, today.")
        story.passes(days=1)
        await ann.does(Begin())
        ann.sees("Your exam was on Thu 3 Dec. However it went, what you learnt for it keeps.")
        await ann.presses("Exam view")
        await ann.presses("Pick a date")
        await ann.presses("Forget the date")
        await ann.does(Begin())
        assert "exam was" not in ann.screen
        assert_kept("exam-date", story.transcript)


async def test_not_yet_goes_on_with_the_cards_and_a_typed_date_does_too(tmp_path: Path) -> None:
    async with Story(tmp_path, decks()) as story:
        ann, bob = await story.learner(), await story.learner("telegram", "7")
        for person in (ann, bob):
            await five_cards(person)
            await person.presses("Skip")
            if person is bob:
                await bob.presses("No messages")  # asked where the tutor can write
            person.sees("Is the exam booked?")
            await person.does(Begin())
            person.sees("Is the exam booked?")
        await ann.presses("Not yet")
        assert ann.is_at(Screen.QUESTION)
        assert await booking(ann) is None
        await bob.types("nonsense")
        bob.sees("I cannot read that as a date.")
        await bob.types("16 Jan")
        assert bob.is_at(Screen.QUESTION)
        bob.sees("The exam is on Sat 16 Jan 2027.")
        assert await booking(bob) is not None


async def test_a_day_brings_as_many_new_cards_as_the_exam_asks_for(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(120)) as story:
        ann = await prepared(story)
        assert await knows_all_of_today(ann) == 10, "the setting alone"
        story.passes(days=1)
        await ann.does(Book("pipes", "2026-12-04"))
        ann.sees("Fri 4 Dec, 10 days.", "Until Mon 30 Nov a day has 16 new cards")
        assert await knows_all_of_today(ann) == 16
        ann.sees("At this pace")
        for _ in range(6):
            story.passes(days=1)
            await knows_all_of_today(ann)
        assert len(await ann.progress()) == 121, "all of them in time"
        await ann.does(ShowExam())
        ann.sees("You have met every card of it.")


async def test_more_than_is_within_reason_is_said_so_and_capped(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(300)) as story:
        ann = await prepared(story)
        await ann.does(Book("pipes", "2026-11-27"))
        ann.sees("A day has 40 new cards, as many as stick; about 141 would stay unmet.")
        assert await knows_all_of_today(ann) == 40
        await ann.does(ShowExam())
        ann.sees("about 141 would stay unmet.")
        await ann.does(Start(Scope(ScopeKind.TRACK, "pipes")))
        assert not ann.is_at(Screen.QUESTION), "the day's are done"


async def test_the_pace_ends_with_the_date(tmp_path: Path) -> None:
    async with Story(tmp_path, decks(120)) as story:
        ann = await prepared(story, date="2026-11-26")
        await ann.does(Book("pipes", "none"))
        ann.sees("The date is forgotten; new cards come at your own pace again.")
        assert await knows_all_of_today(ann) == 10
        await ann.does(Book("pipes", "none"))
        ann.sees("No date was set.")


async def test_a_date_makes_its_track_the_goal(tmp_path: Path) -> None:
    async with Story(tmp_path, {**decks(), "jobs": facts("jobs", 3)}) as story:
        ann = await story.learner()
        for name, value in (("goal", "jobs"), ("minutes", "10"), ("skip", "")):
            await ann.does(Set(name, value))
        await ann.does(ShowTrack("pipes"))
        ann.sees("Pipes: 13 cards, none met yet.")
        assert MAKE_GOAL in ann.labels
        await ann.presses("Exam view")
        await ann.does(Type("16 Jan", DATING))
        ann.sees("The exam is on Sat 16 Jan 2027. Pipes exam is what you work towards now.")


async def test_without_an_exam_there_is_nothing_to_book(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 3)}) as story:
        ann = await story.learner()
        for action in (ShowExam(), ShowExam("jobs"), Book("jobs", "2027-01-16"), Type("16 Jan", DATING)):
            await ann.does(action)
            ann.sees("No track here ends with an exam.")
        assert await booking(ann) is None


async def test_of_two_exams_the_goals_comes_first_and_else_it_is_asked_which(tmp_path: Path) -> None:
    track = decks()["track-pipes"].replace("track: pipes", "track: tubes").replace("Pipes exam", "Tubes exam")
    async with Story(tmp_path, {**decks(), "track-tubes": track}) as story:
        ann = await story.learner()
        await ann.does(ShowExam())
        ann.sees("Which exam?")
        await ann.presses("Tubes exam")
        ann.sees("Tubes exam", "None of its cards is met yet")
        await ann.does(ShowExam("gone"))
        ann.sees("No track here ends with an exam.")
        bob = await prepared(story)
        await bob.does(ShowExam())
        bob.sees("Pipes exam")


@pytest.mark.parametrize(
    "day", ["2027-13", "2027-02-30", "2027-01-2w", "2027-01-1", "2026-11-22", "9999-01-01", "+99", "x" * 40, "not-yet"]
)
async def test_a_payload_nobody_drew_books_nothing(tmp_path: Path, day: str) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await ann.does(Book("pipes", day))
        assert ann.reply.body
        assert await booking(ann) is None
