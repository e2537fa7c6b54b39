"""Reminders beside everything else a learner does: quiet hours, a rehearsal, an undo, two accounts, an absence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from bot.core.actions import Begin, Book, Part, Rehearse, Remind, Set, Start, Stop, Undo
from bot.core.habit_words import all_caught_up
from bot.core.link_model import short_account
from bot.core.model import Account, Scope, ScopeKind
from bot.core.post import LEASE, Written
from bot.core.reminder_model import Kind, Later, Letter, Reminders, State
from bot.core.reply import Screen
from bot.rounds import Rounds
from storage.check import check
from tests.exam.made import decks as exam_decks
from tests.stories.decks import facts
from tests.stories.driver import MINUTE, Person, Story
from tests.stories.kept import assert_kept
from tests.stories.linking import links, unlinks
from tests.stories.mail import Mail
from tests.stories.test_habit import away_for_three_weeks, streak
from tests.stories.test_reminders import JOBS, letter_of, reminded
from tests.stories.test_sitting import introduced

HOUR = 60 * MINUTE


def next_day_at(story: Story, hour: int, minute: int = 0) -> None:
    """Tomorrow, when a clock in Berlin shows this in winter."""
    now = datetime.fromtimestamp(story.now / 1000 + 86_400, UTC)
    story.now = int(now.replace(hour=hour - 1, minute=minute, second=0, microsecond=0).timestamp() * 1000)


async def until_worth_it(mail: Mail) -> None:
    """Noons go by until the cards of Monday cost a message, which the evening of this day would bring."""
    for _ in range(6):
        next_day_at(mail.story, 12)
        await mail.rounds().once()
    mail.story.now -= 24 * HOUR
    assert mail.letters == []


async def settled(person: Person) -> Reminders | None:
    return await person.story.look(person.account, lambda turn: turn.reminders())


async def one_card(person: Person) -> None:
    await person.does(Start())
    await person.presses("Show answer")
    await person.presses("Good")


async def test_what_could_not_leave_in_the_evening_does_not_come_at_night(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        await ann.does(Set("remind-at", "1300"))
        await until_worth_it(mail)
        next_day_at(story, 21, 40)
        mail.answers = [Later(1800.0, "not connected")] * 2
        await mail.passes(hours=10)
        assert mail.refused, "it was tried"
        assert mail.letters == [], "and not in the quiet hours"
        assert await letter_of(mail) == (State.FAILED, "quiet")
        assert (await mail.settled()).ignored == 0


async def test_cards_that_are_back_at_night_are_told_to_nobody(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story, cards=5)
        await ann.does(Set("remind-ready", "yes"))
        await ann.does(Stop())
        next_day_at(story, 21, 55)
        await ann.does(Start(Scope(ScopeKind.DECK, "jobs"), extra=5))
        for _ in range(3):
            await ann.presses("Show answer")
            await ann.presses("Good")
        await ann.presses("More")
        await ann.presses("Stop")
        assert await mail.passes(hours=8) == 0


async def test_nobody_is_written_to_in_the_middle_of_a_rehearsal(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS | exam_decks()) as story:
        ann, mail = await reminded(story)
        await until_worth_it(mail)
        next_day_at(story, 18, 25)
        await ann.does(Rehearse("pipes"))
        assert "12 minutes" in ann.screen or "min left" in ann.screen
        story.now += 6 * MINUTE
        await mail.rounds().once()
        assert mail.letters == []


async def test_taking_back_the_days_only_rating_brings_its_reminder_back(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        await until_worth_it(mail)
        next_day_at(story, 10)
        await one_card(ann)
        await ann.does(Undo())
        await ann.does(Stop())
        assert await mail.passes(hours=9) == 1


async def test_a_plan_to_catch_up_is_still_offered_after_a_first_card(tmp_path: Path) -> None:
    """A reminder, or a deck, brings the first card without asking about a plan."""
    async with Story(tmp_path, {"jobs": facts("jobs", 400)}) as story:
        ann = await away_for_three_weeks(story)
        await ann.does(Start(Scope(ScopeKind.DECK, "jobs")))
        await ann.presses("Show answer")
        await ann.presses("Good")
        await ann.does(Start())
        assert ann.is_at(Screen.QUESTION), "the drill that has begun goes on"
        await ann.does(Stop())
        await ann.does(Start())
        ann.sees("Good to see you.", "A plan:")
        await ann.presses("Change the plan")
        await ann.presses("As they come")
        await ann.does(Stop())
        await ann.does(Start())
        assert ann.is_at(Screen.QUESTION), "once"


async def test_a_merge_taken_back_leaves_both_with_the_reminders_they_had(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        await until_worth_it(mail)
        next_day_at(story, 19)
        page = await introduced(story, "jobs")
        await one_card(page)
        await page.does(Stop())
        await links(page, ann)
        both = await settled(page)
        assert both is not None
        assert (both.on, both.platform) == (True, "telegram"), "they follow the account they were asked for at"
        next_day_at(story, 18, 31)
        await mail.rounds().once()
        await unlinks(page)
        await page.presses("Take the merge back")
        mine = await settled(ann)
        assert mine is not None
        assert (mine.on, mine.next_at is not None) == (True, True)
        theirs = await settled(page)
        assert theirs is None or not theirs.on
        await mail.passes(days=2)
        assert {letter.kind for letter in mail.letters} == {Kind.CARDS}
        assert len({letter.key for letter in mail.letters}) == len(mail.letters)


async def test_reminders_stay_with_nobody_when_their_account_goes_its_own_way(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        page = Person(story, Account("web", "local"))
        await links(ann, page)
        await page.does(Part(short_account(ann.account)))
        left = await settled(page)
        assert left is None or not left.are_wanted
        await page.does(Begin())
        left = await settled(page)
        assert left is None or left.next_at is None
        assert await mail.passes(days=2) == 0


async def test_one_learner_whose_reminders_cannot_be_read_stops_nobody_elses(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        broken = await story.learner("discord", "13")
        await broken.does(Set("remind", "on"))
        engine = create_engine(f"sqlite:///{story.database}")
        with engine.begin() as db:
            mine = "SELECT learner FROM accounts WHERE platform = 'discord'"
            kept = db.execute(text(f"SELECT data FROM reminders WHERE learner = ({mine})")).scalar_one()
            db.execute(text(f"UPDATE reminders SET data = 'no', next_at = 1 WHERE learner = ({mine})"))
        await mail.comes(within=7)
        assert len(mail.letters) == 1, "ann had hers"
        with engine.begin() as db:
            db.execute(text(f"UPDATE reminders SET data = :kept WHERE learner = ({mine})"), {"kept": kept})
        engine.dispose()
        await broken.does(Set("remind", "off"))
        assert ann.account.platform == "telegram"


async def test_a_letter_of_a_kind_this_version_does_not_know_holds_up_no_other(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        _, mail = await reminded(story)
        engine = create_engine(f"sqlite:///{story.database}")
        with engine.begin() as db:
            db.execute(
                text(
                    "INSERT INTO outbox SELECT learner, 'party', 'party', 'telegram', '7', 1, :late,"
                    " 'due', 0, '', 0, 0, '' FROM accounts WHERE platform = 'telegram'"
                ),
                {"late": story.now + 40 * 24 * HOUR},
            )
        await mail.comes(within=7)
        assert [letter.kind for letter in mail.letters] == [Kind.CARDS]
        with engine.begin() as db:
            db.execute(text("DELETE FROM outbox WHERE key = 'party'"))
        engine.dispose()


async def test_the_plan_says_how_it_lies_to_the_exam_and_aims_before_it(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 400)} | exam_decks()) as story:
        ann = await away_for_three_weeks(story)
        today = (await streak(ann)).today
        for days, said in ((60, "days before your exam."), (3, "1 day before your exam.")):
            await ann.does(Book("pipes", date.fromordinal(today + days).isoformat()))
            await ann.does(Start())
            ann.sees("Good to see you.", "All caught up on ", said)
        assert_kept("away-before-an-exam", story.transcript)


def test_a_plan_done_on_the_exam_or_after_it_says_so() -> None:
    day = date(2026, 12, 21).toordinal()
    assert all_caught_up(day, day) == "All caught up on Mon 21 Dec, the day of your exam."
    assert all_caught_up(day, day - 1) == "All caught up on Mon 21 Dec, 1 day after your exam."
    assert all_caught_up(day, day + 26) == "All caught up on Mon 21 Dec, 26 days before your exam."


async def test_a_letter_that_a_worker_holds_twice_is_not_given_up_because_its_card_is_open(tmp_path: Path) -> None:
    """Its first copy lay about for longer than a lease; the second opened the card, and could not leave yet."""
    async with Story(tmp_path, JOBS) as story:
        ann, _ = await reminded(story)
        post, thinking = story.post, Rounds(story.post, {}, lambda: story.now)

        async def claimed() -> Letter:
            while not (letters := await post.claim("a worker", [ann.account.platform], 5)):
                story.now += MINUTE
                await thinking.once()
            return letters[0]

        stale = await claimed()
        story.now += LEASE
        await post.lapse(())
        held = await post.take(await claimed())
        assert isinstance(held, Written)
        await post.settle(held.letter, Later(60.0, "too many messages"), repeats=False)
        await claimed()
        assert isinstance(await post.take(stale), Written)


async def test_a_button_below_a_message_pressed_where_nothing_can_be_sent_writes_no_letter(tmp_path: Path) -> None:
    """The page draws none; the press of one, made by hand, would be a letter that nobody carries."""
    async with Story(tmp_path, {"jobs": facts("jobs", 3)}) as story:
        ann = await story.learner()
        await ann.does(Set("remind", "off"))
        await ann.does(Remind("later"))
        assert check(story.database) == []
