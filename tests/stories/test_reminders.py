"""Reminders as a learner meets them: asked for once, worth it when they come, and gone when nobody answers."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Begin, Set, Start
from bot.core.model import Scope, ScopeKind
from bot.core.reminder_model import Kind, Later, Refused, Shut, State, Unsure
from bot.core.reply import Screen
from tests.stories.decks import facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept
from tests.stories.mail import Mail

JOBS = {"jobs": facts("jobs", 130)}


async def reminded(story: Story, platform: str = "telegram", cards: int = 120) -> tuple[Person, Mail]:
    """Somebody who drills many cards on a Monday evening and is reminded at 18:30."""
    ann = await story.learner(platform, "7")
    for name, value in (("goal", "jobs"), ("minutes", "60"), ("new", "200"), ("skip", ""), ("remind-at", "1110")):
        await ann.does(Set(name, value))
    while cards > 0:
        await ann.does(Start(Scope(ScopeKind.DECK, "jobs"), extra=min(cards, 50)))
        cards -= 50
        while ann.is_at(Screen.QUESTION):
            await ann.presses("Show answer", seconds=2)
            await ann.presses("Good", seconds=2)
    story.transcript.clear()
    return ann, Mail(ann)


async def test_the_reminder_and_every_button_below_it(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        await mail.comes()
        assert mail.letters[0].kind is Kind.CARDS
        ann.sees("cards are ready, about", "Waiting a day would cost about", "Show answer", "In an hour", "Not today")
        await ann.presses("In an hour")
        ann.sees("I will write again at 19:3")
        assert await mail.passes(hours=2) == 1
        ann.sees("An hour later, as you asked")
        await ann.presses("Show answer")
        await ann.presses("Good")
        assert ann.is_at(Screen.QUESTION), "the drill goes on from the message"
        assert await mail.passes(hours=20) == 0, "a day that was drilled brings no reminder"
        await mail.comes()
        await ann.presses("Not today")
        assert await mail.passes(hours=20) == 0
        await mail.comes()
        await ann.presses("No more reminders")
        ann.sees("Reminders are off. Your cards keep; /drill is always here.")
        assert await mail.passes(days=5) == 0
        await ann.presses("Turn back on")
        ann.sees("Reminders are on: at most one a day, at 18:30")
        assert await mail.passes(days=1) == 1
        assert_kept("reminders", story.transcript)


async def test_five_ignored_then_a_note_and_silence(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        await mail.passes(days=40)
        kinds = [letter.kind for letter in mail.letters]
        assert kinds == [Kind.CARDS] * 5 + [Kind.CLOSING]
        ann.sees("I will stop writing now. Your cards keep, and /drill is enough to pick them up.")
        assert (await mail.settled()).next_at is None
        await ann.presses("Ask me in a month")
        ann.sees("I will ask again on ")
        assert await mail.passes(days=29) == 0
        assert (await mail.comes(within=2)).kind is Kind.CARDS, "promised, whatever a day's wait costs by now"
        await ann.presses("Show answer")
        await ann.presses("Good")
        assert (await mail.settled()).ignored == 0
        assert_kept("five-ignored", story.transcript)


async def test_coming_back_after_the_note_brings_reminders_back(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        await mail.passes(days=40)
        assert (await mail.settled()).stopped
        await ann.drills()
        assert (await mail.settled()).stopped, "looking is not drilling"
        await ann.presses("Show answer")
        await ann.presses("Again")
        settled = await mail.settled()
        assert (settled.stopped, settled.ignored) == (False, 0)
        assert settled.next_at is not None


async def test_the_week_in_a_message_takes_the_place_of_that_days_reminder(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        await ann.does(Set("remind-weekly", "yes"))
        await mail.passes(days=6, hours=2)  # Monday evening to Sunday evening
        sunday = [letter for letter in mail.letters if letter.key == "day.2026-11-29"]
        assert [letter.kind for letter in sunday] == [Kind.WEEKLY]
        assert len({letter.key for letter in mail.letters}) == len(mail.letters), "one a day"
        ann.sees("Your week:", "1 day,", "cards are ready")
        assert_kept("weekly-summary", story.transcript)


async def test_consent_is_asked_once_and_no_is_an_answer(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann = await story.learner("telegram", "7")
        for name, value in (("goal", "jobs"), ("minutes", "20")):
            await ann.does(Set(name, value))
        for _ in range(5):
            await ann.presses("Show answer")
            await ann.presses("Good")
        await ann.presses("Skip")
        ann.sees("May I write at most once a day, when cards are worth it?")
        await ann.presses("Another time")
        await ann.types("25:00")
        ann.sees("I read times like 7:45 or 18:30.")
        await ann.types("7.45")
        mail = Mail(ann)
        assert ((await mail.settled()).time, (await mail.settled()).on) == (465, True)
        await ann.does(Set("remind", "off"))
        await ann.does(Begin())
        assert "May I write" not in ann.screen
        assert (await mail.settled()).next_at is None
        assert_kept("consent", story.transcript)


async def test_on_the_page_nobody_is_asked_since_it_cannot_be_written_to(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann = await story.learner()
        for name, value in (("goal", "jobs"), ("minutes", "20"), ("skip", "")):
            await ann.does(Set(name, value))
        assert "May I write" not in ann.screen
        await ann.does(Set("reminders", ""))
        ann.sees("I can write to you on Telegram or Discord. /link joins that account to this one.")


async def test_nothing_comes_while_waiting_costs_nothing(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        _, mail = await reminded(story, cards=3)
        assert await mail.passes(days=10) == 0


async def test_whoever_blocks_is_left_alone_and_comes_back_by_writing(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story)
        mail.answers = [Shut("blocked", "Forbidden: bot was blocked by the user")]
        await mail.passes(days=10)
        assert (len(mail.refused), mail.letters) == (1, [])
        settled = await mail.settled()
        assert (settled.closed, settled.on, settled.next_at, settled.ignored) == ("blocked", True, None, 0)
        await ann.does(Begin())
        assert (await mail.settled()).closed == ""
        await mail.comes(within=2)
        assert len(mail.letters) == 1


async def test_closed_private_messages_on_discord_are_told_once_and_switch_reminders_off(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story, "discord")
        mail.answers = [Shut("closed", "50007 Cannot send messages to this user")]
        await mail.passes(days=10)
        assert (len(mail.refused), mail.letters) == (1, [])
        await ann.does(Begin())
        ann.sees("I could not write to you: your private messages are closed to me. Reminders are off")
        await ann.does(Begin())
        assert "I could not write" not in ann.screen
        assert not (await mail.settled()).on
        await ann.does(Set("remind", "on"))
        await mail.comes(within=2)
        assert len(mail.letters) == 1


async def letter_of(mail: Mail) -> tuple[State, str]:
    """How the one letter that was refused ended."""
    refused = mail.refused[0]
    found = await mail.story.look(mail.person.account, lambda turn: turn.outbox().letter(refused.learner, refused.key))
    assert found is not None
    return found.state, found.reason


async def test_an_uncertain_message_is_never_repeated_on_telegram(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        _, mail = await reminded(story)
        mail.answers = [Unsure("no answer")]
        await mail.comes()
        first = mail.refused[0].key
        await mail.passes(days=3)
        assert await letter_of(mail) == (State.UNCERTAIN, "no answer")
        assert first not in {letter.key for letter in mail.letters}


async def test_an_uncertain_message_is_repeated_on_discord_for_two_minutes(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        _, mail = await reminded(story, "discord")
        mail.answers = [Unsure("no answer")] * 3
        await mail.comes()
        for _ in range(20):
            story.now += 10_000
            await mail.rounds().once()
        assert len({letter.nonce for letter in (*mail.refused, *mail.letters)}) == 1
        assert (len(mail.refused), len(mail.letters)) == (3, 1)
        mail.answers, mail.refused = [Unsure("still none")] * 50, []
        await mail.passes(days=2)
        assert await letter_of(mail) == (State.UNCERTAIN, "still none")


async def test_a_message_that_cannot_leave_is_tried_again_until_it_is_late(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        _, mail = await reminded(story)
        mail.answers = [Later(600.0, "too many messages")] * 3
        while not mail.letters:
            await mail.comes()
        assert len(mail.refused) == 3
        assert {letter.key for letter in mail.refused} == {mail.letters[0].key}
        mail.answers, mail.refused = [Later(3600.0, "not connected")] * 3, []
        await mail.passes(days=2)
        assert await letter_of(mail) == (State.FAILED, "not connected")
        assert (await mail.settled()).ignored == len(mail.letters), "what never arrived was not ignored"


async def test_a_message_the_platform_refuses_is_given_up_with_its_reason(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        _, mail = await reminded(story)
        mail.answers = [Refused("can't parse entities")]
        await mail.comes()
        assert await letter_of(mail) == (State.FAILED, "can't parse entities")


async def test_a_clock_that_jumps_ahead_or_back_brings_no_burst_and_no_second_message(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        _, mail = await reminded(story)
        await mail.comes()
        told = story.now
        story.now -= 6 * 3_600_000
        assert await mail.passes(hours=6) == 0, "the same evening twice"
        story.now = told + 10 * 86_400_000
        await mail.rounds().once()
        assert len(mail.letters) <= 2, "ten days slept through are no burst"
        story.now = told
        await mail.passes(days=12)
        assert len({letter.key for letter in mail.letters}) == len(mail.letters)


async def test_when_cards_are_back_it_is_said_to_those_who_asked(tmp_path: Path) -> None:
    async with Story(tmp_path, JOBS) as story:
        ann, mail = await reminded(story, cards=5)
        await ann.does(Set("remind-ready", "yes"))
        await ann.does(Start(Scope(ScopeKind.DECK, "jobs"), extra=5))
        for _ in range(3):
            await ann.presses("Show answer")
            await ann.presses("Good")
        await ann.presses("More")
        await ann.presses("Stop")
        assert await mail.passes(hours=1) == 1
        assert mail.letters[0].kind is Kind.READY
        ann.sees("3 cards are back")
        await ann.presses("No more of these")
        assert not (await mail.settled()).ready
        assert_kept("cards-are-back", story.transcript)
