"""The habit: what keeps a streak whole, breaks, a traveller, and three weeks away. Each is told as a learner saw it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

from bot.core.actions import Begin, Break, CatchUp, EndBreak, Set, ShowSettings, ShowStats, Start, Stop, Unbreak
from bot.core.clock import study_day
from bot.core.habit_desk import lay_record
from bot.core.model import Account, BreakSet, CatchUpSet, RestSet
from bot.core.ports import Turn
from bot.core.reply import Screen
from bot.core.streak import Cover, Streak
from tests.stories.decks import facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept
from tests.stories.linking import links
from tests.stories.test_first_session import looks
from tests.stories.test_month import one_day
from tests.stories.test_sitting import introduced

CARDS = {"jobs": facts("jobs", 40)}


async def streak(ann: Person) -> Streak:
    """The streak now, from the log."""

    def read(turn: Turn) -> Streak:
        learner = turn.learner(ann.account)
        assert learner is not None
        today = study_day(ann.story.now, learner.zone, learner.day_start)
        return lay_record(turn).streak(today, ann.story.now)

    return await ann.story.look(ann.account, read)


async def one_card(ann: Person) -> None:
    """The least that counts, and the end of the sitting."""
    await ann.does(Start())
    await looks(ann)
    await ann.presses("Good")
    await ann.does(Stop())


async def studies(ann: Person, days: str) -> None:
    """A picture of days: "x" studied, "." not; each goes by, so the story then stands on the day after."""
    for mark in days:
        if mark == "x":
            await one_card(ann)
        ann.story.passes(days=1)


async def test_a_day_without_a_card_is_free_once_a_week_and_said_in_one_line(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        await studies(ann, "xx.")  # Monday and Tuesday; now it is Thursday
        story.transcript.clear()
        await ann.does(Begin())
        ann.sees("2 days so far.")
        await one_card(ann)
        ann.sees("Day 3. Wednesday went by without a card; one such day a week is free, so your run goes on.")
        story.passes(days=1)
        await one_card(ann)
        ann.sees("Day 4.")
        assert "went by" not in ann.screen, "it is said on the day it was used"
        assert_kept("freeze", story.transcript)


async def test_a_lost_day_is_mended_within_two_days(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        await studies(ann, "xx.x.")  # Wednesday was free, Friday is lost; now it is Saturday
        story.transcript.clear()
        await ann.does(Begin())
        ann.sees("A day went by. A card by Sun 29 Nov mends your run of 3 days.")
        story.passes(days=1)
        await ann.does(Begin())
        ann.sees("A day went by. A card today mends your run of 3 days.")
        assert (await streak(ann)).ends_today
        await one_card(ann)
        ann.sees("Day 4. That mends Friday and Saturday: your run goes on.")
        assert_kept("repair", story.transcript)


async def test_a_run_that_ended_is_kept_in_the_records(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        await studies(ann, "xxxx...." + "...")
        story.transcript.clear()
        await one_card(ann)
        ann.sees("Your 4-day run is in your records; today is the first day of the next.")
        await ann.does(ShowStats())
        ann.sees("Your longest run is 4 days; 5 study days in all.")
        assert_kept("a-run-over", story.transcript)


async def test_a_planned_day_of_rest_costs_nothing_and_holds_from_the_day_it_was_chosen(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        await studies(ann, "x.xx")  # Tuesday is free; now it is Friday
        story.transcript.clear()
        await ann.does(ShowSettings())
        await ann.presses("Streak")
        await ann.presses("Sun")
        ann.sees("Changed; it holds from today on.", "Sunday")
        await ann.presses("Sun")
        await studies(ann, "xx.")
        await one_card(ann)
        ann.sees("Day 6.")
        found = await streak(ann)
        assert [cover for _, cover in found.covers] == [Cover.REST]
        await ann.does(Set("rest", "funday"))
        ann.sees("“funday” is no day of the week.")
        entries = await story.look(ann.account, lambda turn: turn.habit())
        assert [type(entry) for entry in entries] == [RestSet]
        assert_kept("rest-day", story.transcript)


async def test_a_streak_is_shown_only_to_those_who_want_it(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        await studies(ann, "xx")
        await ann.does(Set("streak", ""))
        await ann.presses("Hide the streak")
        story.transcript.clear()
        await ann.does(Begin())
        await one_card(ann)
        await ann.does(ShowStats())
        said = " ".join(story.transcript)
        assert "Day 3" not in said
        assert "run" not in said
        await ann.does(Set("streak", ""))
        await ann.presses("Show the streak")
        await ann.does(Begin())
        ann.sees("Day 3.")


async def test_taking_back_the_only_rating_of_a_day_takes_the_day_back(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        await studies(ann, "xx")
        await one_card(ann)
        assert (await streak(ann)).days == 3
        await ann.undoes()
        found = await streak(ann)
        assert (found.days, found.counts) == (2, False)
        await ann.presses("Good")
        assert (await streak(ann)).days == 3


# --- breaks ------------------------------------------------------------------------------------------------------


async def test_a_break_keeps_a_run_and_can_be_taken_back(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        await studies(ann, "xx")
        story.transcript.clear()
        story.says("web", "types /break")
        await ann.does(Break())
        await ann.presses("A week")
        ann.sees("You are on a break until Wed 2 Dec.")
        await ann.presses("Take it back")
        ann.sees("Taken back: you are not on a break.")
        story.says("web", "types /break 7 Dec")
        await ann.does(Break("7 Dec"))
        ann.sees("You are on a break until Mon 7 Dec.")
        again = ann.button("Take it back").action
        story.passes(days=5)
        await ann.does(Begin())
        ann.sees("You are on a break until Mon 7 Dec. A drill is welcome all the same, and counts.")
        assert (await streak(ann)).days == 2
        await one_card(ann)
        ann.sees("Day 3. Your run waited through the break.", "You are still on your break; today counts all the same.")
        await ann.does(again)
        ann.sees("That can be taken back on the same day only.")
        story.passes(days=7)
        await one_card(ann)
        ann.sees("Day 4. Your run waited through the break.")
        assert_kept("break", story.transcript)


async def test_a_break_ends_early_by_saying_so_and_goes_on_if_that_was_a_slip(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        await studies(ann, "xx")
        await ann.does(Break("2 weeks"))
        story.passes(days=3)
        story.transcript.clear()
        await ann.does(Begin())
        await ann.presses("I am back")
        ann.sees("Your break is over. Good to see you.")
        await ann.presses("Take it back")
        ann.sees("Taken back: your break goes on.")
        await ann.does(EndBreak())
        await ann.does(EndBreak())
        ann.sees("You are not on a break.")
        found = await streak(ann)
        assert found.days == 2
        assert {cover for _, cover in found.covers} == {Cover.BREAK}
        assert_kept("break-ended", story.transcript)


async def test_a_break_that_cannot_be_is_one_clear_sentence(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        for text, sentence in (
            ("1 Nov 2026", "Sun 1 Nov 2026 is not ahead. Name the day you are back, such as 7 Dec."),
            ("today", "Mon 23 Nov 2026 is not ahead."),
            ("7/12", "“7/12” may be 7 Dec or 12 Jul. Write it with the month's name."),
            ("when I feel like it", "I cannot read “when I feel like it” as a day."),
            ("7 Dec 2036", "A break lasts a year at most, until Wed 24 Nov 2027."),
        ):
            await ann.does(Break(text))
            ann.sees(sentence)
        await ann.does(Unbreak("nothing"))
        ann.sees("You are not on a break.")
        assert await story.look(ann.account, lambda turn: turn.habit()) == []
        assert_kept("break-refused", story.transcript)


# --- a traveller -------------------------------------------------------------------------------------------------


async def test_a_traveller_keeps_a_run_across_the_date_line_and_back(tmp_path: Path) -> None:
    """One card every 24 hours, wherever the clock on the wall says it is."""
    async with Story(tmp_path, CARDS, zone="Pacific/Honolulu") as story:
        ann = await introduced(story, "jobs")
        days: list[int] = []
        dates: set[int] = set()
        for zone in ("Pacific/Honolulu", "Pacific/Auckland", "Pacific/Kiritimati", "Asia/Tokyo", "Europe/Berlin",
                     "America/New_York", "Pacific/Honolulu", "Pacific/Auckland"):  # fmt: skip
            await ann.does(Set("zone", zone), seconds=0)
            story.says("web", f"is in {zone}")
            before = story.now
            await one_card(ann)
            dates.add(study_day(before, zone, 240))
            days.append((await streak(ann)).days)
            assert days[-1] == len(dates), "each date counts, and counts once"
            story.now = before + 24 * 3_600_000
        assert days == sorted(days)
        assert max(dates) - min(dates) + 1 > len(dates), "a date was skipped"
        assert len(days) > len(dates), "a date was met twice"
        found = await streak(ann)
        assert found.over == ()
        story.transcript.clear()
        await ann.does(ShowStats())
        ann.sees(f"Day {len(dates)}")
        assert_kept("traveller", story.transcript)


# --- an absence --------------------------------------------------------------------------------------------------


async def away_for_three_weeks(story: Story) -> Person:
    """A month and a half of daily drills, then nothing for 21 days."""
    ann = await introduced(story, "jobs", "5")
    await ann.does(Set("new", "20"))
    memory = random.Random(7)
    for _ in range(16):
        await one_day(ann, memory)
        story.passes(days=1)
    story.passes(days=21)
    story.transcript.clear()
    return ann


async def drills_ten(ann: Person, memory: random.Random) -> None:
    while ann.is_at(Screen.QUESTION, Screen.ANSWER):
        if ann.is_at(Screen.QUESTION):
            await looks(ann)
        else:
            await ann.presses("Good" if memory.random() < 0.8 and "Good" in ann.labels else "Again", seconds=3)


async def test_three_weeks_away_end_in_a_plan_that_begins_with_ten(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 400)}) as story:
        ann = await away_for_three_weeks(story)
        memory = random.Random(21)
        story.says("web", "types /drill")
        await ann.does(Start())
        ann.sees("Good to see you.", "came due, and you probably still know about", "most valuable first, no new cards")
        await ann.presses("Change the plan")
        await ann.presses("Back")
        await ann.presses("Start with 10")
        ann.sees("1 of 10")
        await drills_ten(ann, memory)
        ann.sees("of 10 came back.", "On track for", "Your 16-day run is in your records")
        assert "Tomorrow:" not in ann.screen
        (plan,) = await story.look(ann.account, lambda turn: turn.habit())
        assert isinstance(plan, CatchUpSet)
        await ann.presses("Ten more")
        await drills_ten(ann, memory)
        await ann.does(Begin())
        assert_kept("three-weeks-away", story.transcript)
        days = await story.look(ann.account, lambda turn: turn.days(1, 3_000_000))
        assert days[-1].new == 0
        for _ in range(40):
            story.passes(days=1)
            await ann.does(Start())
            await drills_ten(ann, memory)
            if "All caught up" in ann.screen:
                break
        ann.sees("All caught up. New cards come again with the next drill.")
        today = (await streak(ann)).today
        assert abs(today - plan.by) <= 4, "about the day that was foreseen"
        days = await story.look(ann.account, lambda turn: turn.days(today - 30, today))
        assert sum(day.new for day in days if day.study_day > today - (today - plan.study_day)) == 0
        story.passes(days=1)
        await ann.does(Start())
        ann.sees("new")


async def test_days_missed_under_a_plan_move_its_end_and_nothing_else(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 400)}) as story:
        ann = await away_for_three_weeks(story)
        await ann.does(Start())
        await ann.presses("Start with 10")
        await ann.does(Stop())
        story.passes(days=4)
        story.transcript.clear()
        await ann.does(Begin())
        ann.sees("are waiting, the most valuable first")
        assert "are due" not in ann.screen
        assert "On track" not in ann.screen
        assert "missed" not in ann.screen
        assert_kept("plan-after-missed-days", story.transcript)


async def test_a_plan_is_offered_once_and_cards_may_come_as_they_always_do(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 400)}) as story:
        ann = await away_for_three_weeks(story)
        await ann.does(Begin())
        await ann.presses("Change the plan")
        await ann.presses("As they come")
        assert ann.is_at(Screen.QUESTION)
        await ann.does(Stop())
        await ann.does(Start())
        assert ann.is_at(Screen.QUESTION), "it is not offered again"
        await ann.does(CatchUp(10**6))
        ann.sees("That plan is not offered any more.")


async def test_an_ordinary_gap_brings_no_plan(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        await studies(ann, "xxx" + "." * 8)
        await ann.does(Start())
        assert ann.is_at(Screen.QUESTION)


async def test_two_accounts_made_one_have_the_days_and_the_breaks_of_both(tmp_path: Path) -> None:
    async with Story(tmp_path, CARDS) as story:
        ann = await introduced(story, "jobs")
        other = Person(story, Account("telegram", "1"))
        for name, value in (("goal", "jobs"), ("minutes", "10"), ("skip", ""), ("skip", "")):
            await other.does(Set(name, value))
        await other.does(Stop())
        for person in (ann, ann, other, other, ann):
            await one_card(person)
            story.passes(days=1)
        await other.does(Break("a week"))
        assert (await streak(ann)).days == 3, "two days were forgiven"
        await links(ann, other)
        found = await streak(ann)
        assert found.days == 5
        entries = await story.look(ann.account, lambda turn: turn.habit())
        assert [type(entry) for entry in entries] == [BreakSet]
        assert found.ends > found.today + 7


def test_the_stories_begin_on_a_monday() -> None:
    assert datetime(2026, 11, 23, tzinfo=UTC).weekday() == 0
