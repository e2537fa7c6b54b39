"""What can happen within a sitting: every kind of card, asides, holds, reports, contested answers, its end."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Begin, Set, ShowCard, ShowSettings, ShowStats, Start, Stop
from bot.core.fold import standing
from bot.core.model import Flagged, HoldSet, LogEntry, Practised, Reviewed, Scope, ScopeKind
from bot.core.reply import Screen
from scheduler.model import Rating
from tests.stories.decks import FIRST, KINDS, MECHANISMS, NAMES, facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept


async def introduced(story: Story, deck: str, minutes: str = "10") -> Person:
    """A learner whose introduction is over, before the first card."""
    ann = await story.learner()
    await ann.does(Set("goal", deck))
    await ann.does(Set("minutes", minutes))
    await ann.does(Set("skip", ""))
    await ann.does(Stop())
    story.transcript.clear()
    return ann


async def test_every_kind_of_card_reads_as_it_was_approved(tmp_path: Path) -> None:
    async with Story(tmp_path, {"kinds": KINDS}) as story:
        ann = await introduced(story, "kinds", "40")
        await ann.does(Set("new", "40"))
        await ann.does(Start(Scope(ScopeKind.DECK, "kinds")))
        answered: set[str] = set()
        for _ in range(60):
            if not ann.is_at(Screen.QUESTION) or "Once more" in ann.screen:
                break
            attempt = await story.look(ann.account, lambda turn: turn.attempt(ann.reply.attempt))
            assert attempt is not None
            answered.add(attempt[0].mode.value)
            await _answer(ann)
            await ann.presses("Easy" if "Easy" in ann.labels else "Good" if "Good" in ann.labels else "Hard")
        assert answered == {"reveal", "typed", "choice", "cloze", "steps", "interview"}
        assert_kept("every-kind", story.transcript)


async def _answer(ann: Person) -> None:
    """As a learner would who knows some of it."""
    screen = ann.screen
    if "tick them, then check" in screen:
        await ann.presses("A")
        await ann.presses("B")
        await ann.presses("Check")
    elif "Tap the steps" in screen:
        for letter in "ABCD":
            await ann.presses(letter)
    elif "VACUUM" in screen:
        await ann.types("30 days")
    elif "Type what is missing" in screen:
        await ann.types("a day")
    elif "Type all of them" in screen:
        await ann.types("dirty read, phantom read")
    elif "Say it aloud" in screen:
        await ann.types("I would give each domain an owner and let slim CI build what changed")
        await ann.presses("2")
        await ann.presses("Model answer")
        await ann.presses("Back")
    elif "Not sure" in ann.labels:
        await ann.presses("B" if "B" in ann.labels else ann.labels[0])
    elif "Type it" in screen:
        await ann.types("Surrogate keys")
    else:
        await ann.presses("Show answer")


async def test_my_answer_is_right_counts_as_hard_and_reaches_the_author(tmp_path: Path) -> None:
    async with Story(tmp_path, {"names": NAMES}) as story:
        ann = await introduced(story, "scd-names")
        await ann.does(Start())
        await ann.types("small side table")
        await ann.presses("My answer is right")
        ann.sees("Counted as Hard. The author will see your answer.", "2 of 2")
        entries = await ann.log("own:type-4")
        rated, flagged = (next(e for e in entries if isinstance(e, kind)) for kind in (Reviewed, Flagged))
        assert isinstance(rated, Reviewed)
        assert isinstance(flagged, Flagged)
        assert (rated.rating, rated.given) == (Rating.HARD, "small side table")
        assert (flagged.reason, flagged.given) == ("contested", "small side table")
        await ann.types("history table")
        assert_kept("contested", story.transcript)


async def test_an_answer_called_right_is_no_word_to_the_author_once_that_is_taken_back(tmp_path: Path) -> None:
    async with Story(tmp_path, {"names": NAMES}) as story:
        ann = await introduced(story, "scd-names")
        await ann.does(Start())
        await ann.types("small side table")
        for _ in range(2):  # whoever changes their mind twice is heard
            await ann.presses("My answer is right")
            assert [entry.given for entry in flags(await ann.log("own:type-4"))] == ["small side table"]
            await ann.presses("Undo")
            assert flags(await ann.log("own:type-4")) == []
        await ann.presses("Again")
        assert flags(await ann.log("own:type-4")) == []


def flags(entries: list[LogEntry]) -> list[Flagged]:
    """What a card's log tells its author."""
    return [entry for entry in standing(entries) if isinstance(entry, Flagged)]


async def test_not_today_never_and_a_report(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 5)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        await ann.presses("More")
        await ann.presses("Not today")
        ann.sees("Set aside until tomorrow.", "1 of 4", "job 2")
        await ann.presses("More")
        await ann.presses("Report")
        await ann.presses("It is unclear")
        ann.sees("Reported.", "job 2")
        assert [e.reason for e in await ann.log("own:jobs-2") if isinstance(e, Flagged)] == ["unclear"]
        await ann.presses("More")
        await ann.presses("Never show")
        ann.sees("It will not be shown again.", "1 of 3", "job 3")
        await ann.presses("Undo")
        ann.sees("job 2", "1 of 4")
        await ann.presses("Undo")
        ann.sees("job 1", "1 of 5")
        await ann.presses("More")
        await ann.presses("Never show")
        for _ in range(4):
            await ann.presses("More")
            await ann.presses("I know it")
        assert ann.is_at(Screen.SUMMARY)
        await ann.does(ShowSettings())
        await ann.presses("Bring back")
        ann.sees("Back in your drill.")
        await ann.presses("Drill")
        ann.sees("job 1")
        assert [e.kind for e in await ann.log("own:jobs-1") if isinstance(e, HoldSet)][-1] is None
        assert_kept("holds", story.transcript)


async def test_two_buttons(tmp_path: Path) -> None:
    async with Story(tmp_path, {"first": FIRST}) as story:
        ann = await introduced(story, "first-steps")
        await ann.does(Set("buttons", "two"))
        await ann.presses("Drill")
        await ann.presses("Show answer")
        assert ann.labels[:2] == ["Forgot", "Knew it"]
        await ann.presses("Knew it")
        ann.sees("Knew it. Back in 10 minutes.")
        await ann.types("business key")
        assert ann.labels[0] == "Forgot"
        assert "Knew it" not in ann.labels
        await ann.presses("Forgot")
        await ann.presses("Undo")
        ann.sees("Taken back: Forgot.")
        assert_kept("two-buttons", story.transcript)


async def test_after_the_days_limit_more_new_and_cram(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 20)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start(Scope(ScopeKind.DECK, "jobs")))
        for _ in range(10):
            await ann.presses("More")
            await ann.presses("I know it")
        assert ann.is_at(Screen.SUMMARY)
        before = await ann.progress()
        await ann.presses("Five more")
        ann.sees("1 of 5")
        await ann.presses("Show answer")
        await ann.presses("Easy")
        await ann.presses("More")
        await ann.presses("Stop")
        after = await ann.progress()
        assert len(after) == len(before) + 1
        await ann.presses("Cram this deck")
        ann.sees("Cramming: nothing here changes when cards return.")
        await ann.presses("Show answer")
        await ann.presses("Again")
        ann.sees("the schedule stays as it was")
        assert await ann.progress() == after
        practised = [card for card in after if any(isinstance(e, Practised) for e in await ann.log(card))]
        assert len(practised) == 1
        await ann.presses("Undo")
        ann.sees("Taken back: Again.")
        await ann.presses("Good")
        await ann.presses("More")
        await ann.presses("Stop")
        assert_kept("more-and-cram", story.transcript)


async def test_a_lapse_a_grid_and_the_cards_history(tmp_path: Path) -> None:
    async with Story(tmp_path, {"mechanisms": MECHANISMS}) as story:
        ann = await introduced(story, "mechanisms")
        await ann.does(Set("choices", "no"))
        await ann.presses("Drill")
        for _ in range(4):
            await ann.presses("More")
            await ann.presses("I know it")
        story.passes(days=10)
        story.transcript.clear()
        await ann.drills()
        await ann.types("it moves to another column")
        assert ann.labels[:2] == ["Again", "Hard"]
        if "My grid" in ann.labels:
            await ann.presses("My grid")
            await ann.presses("Back")
        await ann.presses("Again")
        ann.sees("Again. Back in 10 minutes.")
        story.passes(minutes=11)
        while ann.is_at(Screen.QUESTION):
            await ann.presses("Show answer")
            await ann.presses("Good")
        ann.sees("4 cards", "3 came the first time. This one did not:")
        lapsed = [card for card, progress in (await ann.progress()).items() if progress.lapses]
        assert len(lapsed) == 1
        await ann.does(ShowCard(lapsed[0]))
        ann.sees("Again", "Good", "memory lasts")
        await ann.does(ShowStats())
        assert_kept("lapse", story.transcript)


async def test_a_leech_names_what_it_is_taken_for_and_can_be_learnt_as_a_pair(tmp_path: Path) -> None:
    async with Story(tmp_path, {"mechanisms": MECHANISMS}) as story:
        ann = await introduced(story, "mechanisms")
        await ann.does(Set("choices", "no"))
        await ann.presses("Drill")
        for _ in range(4):
            await ann.presses("More")
            await ann.presses("I know it")
        leech = "own:mechanisms/4/what-happens-to-the-old-value"
        assert leech in await ann.progress(), sorted(await ann.progress())
        for _ in range(40):
            story.passes(days=40)
            story.transcript.clear()
            await ann.drills()
            while ann.is_at(Screen.QUESTION):
                if "Type 4" in ann.screen and "Once more" not in ann.screen:
                    await ann.types("it stays in its own row")
                    await ann.presses("Again")
                else:
                    await ann.presses("Show answer")
                    await ann.presses("Easy")
            if ann.is_at(Screen.NOTICE):
                break
        ann.sees("This card has slipped 8 times; 8 times you answered “it stays in its own row”.")
        story.transcript[:] = story.transcript[-2:]
        await ann.presses("Learn the pair")
        ann.sees("The other card comes next; this one rests until tomorrow.")
        assert_kept("leech", story.transcript)
        await ann.undoes()
        ann.sees("SCD Type 4", "rating taken back")
        await ann.presses("Hard")
        ann.sees("1 card")
        assert ann.is_at(Screen.SUMMARY), "the other card left the sitting with the rating that had brought it"


async def test_a_pair_is_not_begun_on_a_screen_that_the_sitting_has_left(tmp_path: Path) -> None:
    async with Story(tmp_path, {"mechanisms": MECHANISMS}) as story:
        ann = await introduced(story, "mechanisms")
        await ann.does(Set("choices", "no"))
        await ann.presses("Drill")
        for _ in range(4):
            await ann.presses("More")
            await ann.presses("I know it")
        while not ann.is_at(Screen.NOTICE):
            story.passes(days=40)
            await ann.drills()
            while ann.is_at(Screen.QUESTION):
                slipping = "Type 4" in ann.screen and "Once more" not in ann.screen
                await (ann.types("it stays in its own row") if slipping else ann.presses("Show answer"))
                await ann.presses("Again" if slipping else "Easy")
        terminal = await story.learner("terminal")
        await terminal.does(Start(Scope(ScopeKind.DECK, "mechanisms"), extra=5))
        await ann.presses("Learn the pair")
        ann.sees("terminal")


async def test_the_card_a_leech_is_taken_for_is_recalled_not_chosen(tmp_path: Path) -> None:
    """Also when the last slip named no card: the other one is in review, and a choice is for cards being learnt."""
    async with Story(tmp_path, {"mechanisms": MECHANISMS}) as story:
        ann = await introduced(story, "mechanisms")
        await ann.does(Set("choices", "no"))
        await ann.presses("Drill")
        for _ in range(4):
            await ann.presses("More")
            await ann.presses("I know it")
        slips = 0
        while not ann.is_at(Screen.NOTICE):
            story.passes(days=40)
            await ann.drills()
            while ann.is_at(Screen.QUESTION):
                slipping = "Type 4" in ann.screen and "Once more" not in ann.screen
                if slipping and slips < 3:
                    await ann.types("it stays in its own row")
                else:
                    await ann.presses("Show answer")
                slips += slipping
                await ann.presses("Again" if slipping else "Easy")
        pair = ann.button("Learn the pair").action
        await ann.does(Set("choices", "yes"))
        await ann.does(pair)
        ann.sees("The other card comes next", "Type 2")
        assert "Show answer" in ann.labels


async def test_typing_an_option_in_sight_is_no_recall(tmp_path: Path) -> None:
    async with Story(tmp_path, {"mechanisms": MECHANISMS}) as story:
        ann = await introduced(story, "mechanisms")
        await ann.does(Start(Scope(ScopeKind.DECK, "mechanisms"), extra=5))
        assert "Not sure" in ann.labels
        await ann.types("it is overwritten")
        assert "Good" in ann.labels
        assert "Easy" not in ann.labels


async def test_a_late_press_a_redelivered_one_and_a_strange_one_are_told(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 3)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        await ann.presses("Show answer")
        await ann.presses("Good")
        first = ann.reply
        await ann.presses_again(redelivered=True)
        assert ann.reply == first
        await ann.presses_again(redelivered=False)
        ann.sees("Already rated Good. The current card is below.", "2 of 3")
        await ann.types("   ")
        ann.sees("Nothing was typed.")
        await ann.does(Begin())
        ann.sees("2 of 3")
        assert_kept("late", story.transcript)
