"""Stories under an unmodified discord.py in a simulated Discord; each transcript is compared with one approved."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.decks import KINDS, deck, facts

from .backfill import Backfill, backfill, catalogue
from .people import Person
from .transcript import assert_kept

SEVERAL = """
Choice: Which of these does Kimball count among the additive facts of a retail sale?
+ Quantity sold
+ Extended sales amount
- Unit price
- Gross margin percentage
- Store name
id: additive
"""

NAMES = deck(
    "names",
    "Awkward names",
    """
Q: In Spark, what does `SELECT * FROM a__b -- _all_ rows @everyone <@1> [x](http://y)` read, `` ` `` aside?
A: **Everything** in _a__b_, ~~nothing~~ else; 1 * 2 | 3 > # no heading
id: markup
""",
)

# What is done when a card says this: texts are written, [labels] are pressed (or the first label that begins so).
ANSWERS = {
    "holds the measurements": ("[Hint]", "[Show answer]", "[Good]"),
    "own key called": ("surogate key", "[Good]"),
    "does the grain of a fact table say": ("[More]", "[Back]", "[Show answer]", "[Hard]"),
    "must stay under the old city": ("[Type 2]", "[Good]"),
    "absent from this total": ("[Show answer]", "[Easy]"),
    "SCD Type 1, what happens": ("[Not sure]", "[My grid]", "[Back]", "[Again]"),
    "SCD Type 2, what happens": ("[overwritten]", "[Hard]"),
    "SCD Type 3, what happens": ("[More]", "[Not today]"),
    "SCD Type 4, what happens": ("[More]", "[Never show]"),
    "SCD Type 7, what happens": ("[More]", "[Report]", "[It is unclear]", "[kept in its own row]", "[Hard]"),
    "typical work": ("[Show answer]", "[Good]"),
    "one row per": ("week", "[My answer is right]"),
    "VACUUM spare": ("168 hours", "[Good]"),
    "bound the state": ("[Show answer]", "[Hard]"),
    "additive facts": ("[Quantity sold]", "[Unit price]", "[Check]", "[Hard]"),
    "phenomena": ("dirty read, phantom read", "[Hard]"),
    "four design steps": ("[Select]", "[Declare]", "[Identify the facts]", "[Identify the dim]", "[Again]"),
    "from 50 to 500 models": ("Each domain gets a folder with an owner", "[3]", "[Model answer]", "[Good]"),
    "Clickstream warehouse": ("[Show answer]", "[Good]"),
}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Backfill]:
    folder = tmp_path / "decks"
    folder.mkdir()
    (folder / "kinds.md").write_text(KINDS + SEVERAL)
    (folder / "jobs.md").write_text(facts("jobs", 12))
    (folder / "names.md").write_text(NAMES)
    (folder / "track.md").write_text(
        "---\ntrack: modelling\ntitle: Dimensional modelling\ngoal: Draw a star schema.\ndecks: jobs, kinds\n---\n"
    )
    async with backfill(tmp_path, catalogue(folder)) as made:
        yield made


async def does(running: Backfill, person: Person, *steps: str) -> None:
    """Eight seconds later each: a press on the first button that begins so, a command, or an answer in text."""
    for step in steps:
        running.clock.forward(8000)
        if step.startswith("["):
            label = step.strip("[]")
            lettered = re.search(rf"^\*\*([A-J])\*\*  {re.escape(label)}", person.screen, re.MULTILINE)
            await person.presses(lettered[1] if lettered else label)
        elif step.startswith("/"):
            name, _, deck = step[1:].partition(" ")
            await person.commands(name, **({"deck": deck} if deck else {}))
        else:
            await person.writes(step)


async def test_the_first_five_minutes(running: Backfill) -> None:
    ann = Person(running, "Ann")
    await does(running, ann, "/drill", "[Dimensional modelling]", "[10 min]", "[Show answer]", "[Good]")
    for rating in ("[Again]", "[Hard]", "[Easy]", "[Good]"):
        await does(running, ann, "[Show answer]", rating)
    assert "What does your clock show now?" in ann.screen
    await does(running, ann, "[18:43]", "[Berlin]")
    assert_kept("first-five-minutes", ann.story)


async def test_every_kind_of_card_in_a_server(running: Backfill) -> None:
    """A member of a server drills where others talk; only they see it."""
    guild = running.env.create_guild()
    ann = Person(running, "Ann", guild.create_text_channel("study"))
    await does(running, ann, "/settings", "[New cards a day: 40]", "/drill kinds", "[20 min]")
    met: set[str] = set()
    for _ in range(60):
        if "What does your clock show" in ann.screen:
            await does(running, ann, "[Skip]")
            await does(running, ann, "[No messages]")
        question = next((known for known in ANSWERS if known in ann.screen), "")
        if met == set(ANSWERS) or not question:
            break
        again = ("[Show answer]", "[Good]") if "Show answer" in ann.buttons else ("[Not sure]", "[Hard]")
        await does(running, ann, *(again if question in met else ANSWERS[question]))
        met.add(question)
    await does(running, ann, "[More]", "[Stop]", "[Decks]", "[Back]", "[Stats]", "[Back]", "[Settings]", "[Bring back]")
    assert met == set(ANSWERS)
    assert all(message.flags.ephemeral for message in ann.messages)
    assert_kept("every-kind", ann.story)
