"""What can be looked at: the menu, decks, one deck, figures, a card's history, settings, help."""

from __future__ import annotations

from pathlib import Path

from bot.core.actions import Begin, Browse, Set, ShowCard, ShowDeck, ShowHelp, ShowSettings, ShowStats, Start
from bot.core.model import Scope, ScopeKind
from bot.core.reply import Screen
from scheduler.model import Phase
from tests.stories.decks import FIRST, MECHANISMS, NAMES, deck, facts
from tests.stories.driver import Story
from tests.stories.kept import assert_kept
from tests.stories.test_sitting import introduced

TICKED = deck(
    "bounds",
    "Bounded state",
    """
Choice: On a streaming join, which of these bound the state it has to keep?
+ A watermark on both sides
+ A time range in the join condition
- A larger cluster
- Checkpointing more often
- More partitions of the topic
why: State is dropped once no row can match any more.
id: bounds

Code: What does this query return?
```sql
SELECT count(*)
FROM orders
WHERE id = NULL
```
A: `0`
why: Nothing equals `NULL`, not even `NULL`.
as_of: 2026-05
id: null
""",
    "Why streaming joins need bounds.",
)


async def test_looking_around_changes_nothing_and_leads_back(tmp_path: Path) -> None:
    decks = {"first": FIRST, "names": NAMES, "mechanisms": MECHANISMS}
    async with Story(tmp_path, decks) as story:
        ann = await introduced(story, "first-steps")
        await ann.does(Begin())
        await ann.presses("Stats")
        ann.sees("No cards are rated yet.")
        await ann.presses("Back")
        await ann.presses("Decks")
        await ann.presses("First steps")
        await ann.presses("Drill")
        card = ann.reply.attempt
        for view in (ShowHelp(), ShowSettings(), Browse(), ShowDeck("scd-names"), ShowDeck("gone"), ShowCard()):
            await ann.does(view)
            await ann.does(Begin())
            assert ann.reply.attempt == card
        assert await ann.progress() == {}
        assert_kept("looking-around", story.transcript)


async def test_cards_just_learnt_are_among_what_falls_due(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 10)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        for _ in range(3):
            await ann.presses("Show answer")
            await ann.presses("Good")
        progress = await ann.progress()
        assert [known.phase for known in progress.values()] == [Phase.LEARNING] * 3
        await ann.does(ShowStats())
        ann.sees("7 days: 3")


async def test_options_are_ticked_and_an_answer_may_be_code(tmp_path: Path) -> None:
    async with Story(tmp_path, {"bounds": TICKED}) as story:
        ann = await introduced(story, "bounds")
        await ann.does(Start())
        ticked = []
        for place, option in enumerate("ABCDE"):
            line = next(line for line in ann.screen.splitlines() if line.startswith((f"{option} ", f"{option}✓")))
            if "watermark" in line or "cluster" in line:
                await ann.presses(option)
                ticked.append(place)
        assert len(ticked) == 2
        await ann.presses("Check")
        assert ann.labels[:2] == ["Again", "Hard"]
        await ann.presses("Hard")
        await ann.presses("Show answer")
        ann.sees("As of May 2026")
        assert_kept("ticking", story.transcript)


async def test_when_nothing_is_left_it_says_why(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 12)}) as story:
        ann = await introduced(story, "jobs")
        await ann.does(Start())
        for _ in range(10):
            await ann.presses("More")
            await ann.presses("I know it")
        story.transcript.clear()
        await ann.drills()
        ann.sees("Nothing is due now.", "Today's new cards are done.")
        await ann.presses("Five more")
        for _ in range(2):
            await ann.presses("More")
            await ann.presses("I know it")
        await ann.presses("Five more")
        ann.sees("Nothing is due now.", "You have met every card here.")
        assert "Five more" not in ann.labels
        await ann.does(Begin())
        assert_kept("nothing-left", story.transcript)


async def test_the_minutes_of_an_ordinary_day_size_the_sitting(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 80)}) as story:
        ann = await introduced(story, "jobs", "5")
        await ann.does(Set("new", "40"))
        await ann.drills()
        ann.sees("1 of 15", "About 5 minutes.")
        await ann.presses("More")
        await ann.presses("Stop")
        await ann.does(Set("minutes", "10"))
        await ann.drills()
        ann.sees("1 of 30", "About 10 minutes.")
        await ann.does(Start(Scope(ScopeKind.DECK, "jobs"), extra=5))
        ann.sees("1 of 5")
        assert ann.is_at(Screen.QUESTION)


async def test_the_figures_name_what_slips_and_where_most_is_to_gain(tmp_path: Path) -> None:
    async with Story(tmp_path, {"jobs": facts("jobs", 6)}) as story:
        ann = await introduced(story, "jobs")
        for _ in range(14):
            await ann.drills()
            while ann.is_at(Screen.QUESTION, Screen.NOTICE):
                if ann.is_at(Screen.NOTICE):
                    await ann.presses("Keep it")
                    continue
                slips = "job 3" in ann.screen and "Once more" not in ann.screen
                await ann.presses("Show answer")
                await ann.presses("Again" if slips else "Easy")
            story.passes(days=2)
        story.transcript.clear()
        await ann.does(ShowStats())
        ann.sees("Most to gain", "Cards that keep slipping", "job 3", "slips)")
        assert_kept("figures", story.transcript)
