"""What learners notice of a changed deck: a corrected answer, a retired card, new cards, a report that was heard."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Back, Know, More, Rate, Start
from bot.core.model import Corrected, HoldKind, HoldSet, Reviewed, Scope, ScopeKind, Thanked
from bot.core.reply import Screen
from scheduler.model import Rating
from tests.stories.decks import facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept
from tests.stories.linking import arrives, links
from tests.stories.test_sitting import introduced

JOBS = facts("jobs", 3)
OTHER = JOBS.replace("report 1 reads", "report 1 deletes")
FIRST = "own:jobs-1"
CORRECTED = "Before, this card said: The one that report 1 reads"
DECK = Start(Scope(ScopeKind.DECK, "jobs"))


async def knows(person: Person, rating: str = "Easy", cards: int = 3) -> None:
    """Everything of the deck, answered once."""
    await person.does(DECK)
    for _ in range(cards):
        await person.presses("Show answer")
        await person.presses(rating)
    assert person.is_at(Screen.SUMMARY)


async def reaches_the_first(person: Person) -> None:
    """Goes on until the first job's card is asked."""
    while "job 1 " not in " ".join(person.screen.split()):
        await person.presses("Show answer")
        await person.presses("Easy")


async def kinds(person: Person, card: str = FIRST) -> list[str]:
    return [type(entry).__name__ for entry in await person.log(card)]


async def test_a_corrected_answer_is_told_once_and_does_not_count(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await knows(ann)
        before = (await ann.progress())[FIRST]
        counters = await story.look(ann.account, lambda turn: turn.days(0, 10**6))
        story.edits("jobs", OTHER)
        story.passes(days=12)
        await ann.drills()
        await reaches_the_first(ann)
        await ann.types("The one that report 1 reads")
        ann.sees("report 1 deletes", "Corrected since you answered it on 23 Nov.", CORRECTED, "does not count")
        assert ann.labels == ["Got it"]
        await ann.does(Rate(ann.reply.attempt, Rating.AGAIN))
        ann.sees("That rating is not offered for this card.", CORRECTED)
        await ann.does(More(ann.reply.attempt))
        await ann.does(Back(ann.reply.attempt))
        await ann.presses("Got it")
        ann.sees("Noted. It comes back tomorrow.")
        await ann.presses_again(redelivered=False)
        assert await kinds(ann) == ["Reviewed", "Corrected", "HoldSet"]
        held = (await ann.log(FIRST))[-1]
        assert isinstance(held, HoldSet)
        assert held.kind is HoldKind.BURIED
        assert (await ann.progress())[FIRST] == before, "no lapse, no review: the memory is what it was"
        now = await story.look(ann.account, lambda turn: turn.days(0, 10**6))
        assert sum(day.reviews for day in now) - sum(day.reviews for day in counters) <= 2
        while not ann.is_at(Screen.SUMMARY):
            await ann.presses("Show answer")
            await ann.presses("Good")
        await ann.drills()
        assert ann.is_at(Screen.SUMMARY), "it rests until tomorrow"
        story.passes(days=1)
        await story.restart()
        await ann.drills()
        ann.sees("job 1 ")
        await ann.presses("Show answer")
        ann.sees("report 1 deletes", "[Again")
        assert CORRECTED not in " ".join(ann.screen.split())
        await ann.presses("Again")
        assert (await ann.progress())[FIRST].lapses == 1, "from now on it counts"
        assert_kept("corrected-answer", story.transcript)


async def test_a_reworded_card_tells_nothing(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await knows(ann)
        reworded = JOBS.replace("before anybody is awake", "while all sleep").replace("A: The one", "A: the **one**")
        story.edits("jobs", reworded)
        story.passes(days=12)
        await ann.drills()
        await reaches_the_first(ann)
        await ann.presses("Show answer")
        assert "Corrected" not in ann.screen
        assert len(ann.labels) > 4


async def test_i_know_it_shows_what_has_changed_instead_of_rating(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await knows(ann)
        story.edits("jobs", OTHER)
        story.passes(days=12)
        await ann.drills()
        await reaches_the_first(ann)
        await ann.does(Know(ann.reply.attempt))
        ann.sees(CORRECTED)
        assert await kinds(ann) == ["Reviewed"]


async def test_a_correction_on_screen_moves_with_the_sitting_and_outlives_a_restart(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await knows(ann)
        story.edits("jobs", OTHER)
        story.passes(days=12)
        await ann.drills()
        await reaches_the_first(ann)
        await ann.presses("Show answer")
        await story.restart()
        there = Person(story, type(ann.account)("terminal", "local"))
        await there.drills()
        there.sees(CORRECTED)
        await there.presses("Got it")
        assert (await kinds(ann)).count("Corrected") == 1
        await ann.presses("Got it")
        assert (await kinds(ann)).count("Corrected") == 1, "the old screen's button does nothing"


async def test_cramming_tells_it_too(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await knows(ann)
        story.edits("jobs", OTHER)
        await ann.does(Start(DECK.scope, cram=True))
        await reaches_the_first(ann)
        await ann.presses("Show answer")
        ann.sees("Corrected since you answered it earlier today.")
        await ann.presses("Got it")
        assert await kinds(ann) == ["Reviewed", "Corrected", "HoldSet"]


async def test_got_it_is_taken_back_like_a_rating(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await knows(ann)
        story.edits("jobs", OTHER)
        story.passes(days=12)
        await ann.drills()
        await reaches_the_first(ann)
        await ann.presses("Show answer")
        await ann.presses("Got it")
        await ann.undoes()
        ann.sees("Taken back: the card is in your drill again.", CORRECTED)
        assert ann.labels == ["Got it"]
        await ann.presses("Got it")
        held = await story.look(ann.account, lambda turn: turn.holds([FIRST]))
        assert FIRST in held


async def test_a_card_corrected_back_and_forth_tells_what_was_answered_last(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await knows(ann)
        story.edits("jobs", OTHER)
        story.edits("jobs", JOBS)
        story.passes(days=12)
        await ann.drills()
        await reaches_the_first(ann)
        await ann.presses("Show answer")
        assert "Corrected" not in ann.screen, "it says again what Ann knows"


async def test_a_renamed_card_with_another_answer_is_both(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await knows(ann)
        story.edits("jobs", OTHER.replace("id: jobs-1", "was: jobs-1\nid: first-job"))
        story.passes(days=12)
        await ann.drills()
        await reaches_the_first(ann)
        await ann.presses("Show answer")
        ann.sees(CORRECTED)
        await ann.presses("Got it")
        assert await kinds(ann, "own:first-job") == ["Carried", "Corrected", "HoldSet"]


async def test_told_on_one_account_is_told_on_both_after_linking(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        page, chat = await arrives(story, "web"), await arrives(story, "telegram")
        for person in (page, chat):
            await person.presses("Jobs")
            await person.presses("10 min")
            for _ in range(3):
                await person.presses("Show answer")
                await person.presses("Easy")
        story.edits("jobs", OTHER)
        story.passes(days=15)
        await chat.drills()
        await reaches_the_first(chat)
        await chat.presses("Show answer")
        chat.sees(CORRECTED)
        await chat.presses("Got it")
        await links(page, chat)
        story.passes(days=1)
        await page.drills()
        await reaches_the_first(page)
        await page.presses("Show answer")
        assert "Corrected" not in page.screen


async def test_linking_before_it_was_told_tells_it_once(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        page, chat = await arrives(story, "web"), await arrives(story, "telegram")
        for person in (page, chat):
            await person.presses("Jobs")
            await person.presses("10 min")
            for _ in range(3):
                await person.presses("Show answer")
                await person.presses("Easy")
        await links(page, chat)
        story.edits("jobs", OTHER)
        story.passes(days=40)
        await page.drills()
        await reaches_the_first(page)
        await page.presses("Show answer")
        page.sees(CORRECTED)
        await page.presses("Got it")
        log = await page.log(FIRST)
        assert sum(isinstance(entry, Reviewed) for entry in log) == 2, "one from each account"
        assert sum(isinstance(entry, Corrected) for entry in log) == 1


async def test_a_card_retired_while_its_question_stood_makes_way_for_the_next(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(DECK)
        first = ann.reply.attempt
        story.edits("jobs", JOBS.replace("id: jobs-1", "id: jobs-9").replace("job 1", "job 9"))
        await ann.presses("Show answer")
        ann.sees("This card was retired. Here is the next one.", "1 of 2", "job 2")
        await ann.does(Know(first))
        ann.sees("That card was retired. The current card is below.", "job 2")
        for _ in range(2):
            await ann.presses("Show answer")
            await ann.presses("Easy")
        ann.sees("2 cards")
        assert_kept("retired-card", story.transcript)


async def test_text_sent_to_a_retired_card_is_answered_so_too(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(DECK)
        story.edits("jobs", facts("jobs", 3).replace("id: jobs-", "id: new-"))
        await ann.types("The one that report 1 reads")
        ann.sees("This card was retired.")
        assert ann.is_at(Screen.SUMMARY), "every card of the sitting went"


async def test_drilling_on_the_next_day_passes_over_a_retired_card(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(DECK)
        story.edits("jobs", JOBS.replace("id: jobs-1", "id: jobs-9").replace("job 1", "job 9"))
        await ann.drills()
        ann.sees("job 2")


async def test_new_cards_are_told_once_in_the_next_summary(tmp_path: Path) -> None:
    decks = {"jobs": JOBS, "other": facts("other", 2)}
    async with Story(tmp_path, decks) as story:
        ann = await introduced(story, "jobs")
        await knows(ann)
        assert "New in" not in ann.screen, "the first catalogue has always been there"
        story.edits("jobs", facts("jobs", 6))
        story.edits("other", facts("other", 4))
        await story.restart()
        story.passes(days=12)
        await ann.does(Start(DECK.scope))
        while not ann.is_at(Screen.SUMMARY):
            await ann.presses("Show answer")
            await ann.presses("Easy")
            if "job 4" in ann.screen:
                await ann.presses("Stop") if "Stop" in ann.labels else None
                break
        await _stops(ann)
        ann.sees("New in Jobs: 3 cards.")
        assert "New in Other" not in ann.screen, "Ann has never met that deck"
        await ann.does(Start(DECK.scope, cram=True))
        await _stops(ann)
        assert "New in" not in ann.screen, "once"
        assert_kept("new-cards", story.transcript)


async def _stops(person: Person) -> None:
    from bot.core.actions import Stop

    if not person.is_at(Screen.SUMMARY):
        person.story.says(person.account.platform, "types /stop")
        await person.does(Stop())


async def test_whoever_reported_a_card_hears_that_it_is_corrected(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": JOBS}) as story:
        ann, ben = await introduced(story, "jobs"), await arrives(story, "telegram")
        await ann.does(DECK)
        await ann.presses("More")
        await ann.presses("Report")
        await ann.presses("It is wrong")
        await _stops(ann)
        assert "you reported" not in ann.screen, "nothing has changed yet"
        await ben.presses("Jobs")
        await ben.presses("10 min")
        story.edits("jobs", OTHER)
        await ann.does(DECK)
        await _stops(ann)
        ann.sees("The card you reported is corrected: “Which table does job 1", "Thank you.")
        assert [type(entry) for entry in await ann.log(FIRST)][-1] is Thanked
        await ann.does(DECK)
        await _stops(ann)
        assert "you reported" not in ann.screen, "once"
        await _stops(ben)
        assert "you reported" not in ben.screen, "Ben reported nothing"
        assert_kept("reported-card", story.transcript)


async def test_the_news_of_a_summary_outlives_what_is_shown_before_it(tmp_path: Path) -> None:
    """A leech's notice takes the place of the summary until it is answered."""
    async with Story(tmp_path, {"jobs": facts("jobs", 1)}) as story:
        ann = await introduced(story, "jobs")
        await knows(ann, cards=1)
        for _ in range(7):
            story.passes(days=400)
            await ann.drills()
            await ann.presses("Show answer")
            await ann.presses("Again")
            await ann.presses("Show answer")
            await ann.presses("Good")
        story.passes(days=400)
        await ann.drills()
        story.edits("jobs", facts("jobs", 3))
        await ann.presses("Show answer")
        await ann.presses("Again")
        ann.sees("This card has slipped 8 times.")
        assert "New in" not in ann.screen
        await ann.presses("Keep it")
        await _stops(ann)
        ann.sees("New in Jobs: 2 cards.")
