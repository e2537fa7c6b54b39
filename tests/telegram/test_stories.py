"""Stories told through real HTTP and the unmodified library; each transcript is compared with one that was approved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.decks import KINDS, deck, facts

from .backfill import DAY, MINUTE, Backfill, backfill, catalogue
from .server import BotApiServer, Person
from .spec import assert_in_spec
from .transcript import assert_kept

TYPE_4 = deck(
    "scd-names",
    "SCD names",
    """
Q: In the Kimball Group's numbering, what is SCD Type 4 called?
A: Mini-dimension
id: type-4

Q: In a data warehouse, what is a table called that keeps every earlier version of a row?
A: History table
id: history
""",
)

SEVERAL = """
Choice: Which of these does Kimball count among the additive facts of a retail sale?
+ Quantity sold
+ Extended sales amount
- Unit price
- Gross margin percentage
- Store name
id: additive
"""

# What is done when a card says this: texts are typed, [labels] are pressed (or the first label that begins so).
ANSWERS = {
    "holds the measurements": ("[Hint]", "[Show answer]", "[Good]"),
    "own key called": ("surogate key", "[Good]"),
    "does the grain of a fact table say": ("[More]", "[Back]", "[Show answer]", "[Hard]"),
    "must stay under the old city": ("[Type 2]", "[Good]"),
    "absent from this total": ("[Show answer]", "[Easy]"),
    "SCD Type 1, what happens": ("[Not sure]", "[My grid]", "[Back]", "[Again]"),
    "SCD Type 2, what happens": ("[A]", "[Hard]"),
    "SCD Type 3, what happens": ("[More]", "[Not today]"),
    "SCD Type 4, what happens": ("[More]", "[Never show]"),
    "SCD Type 7, what happens": ("[More]", "[Report]", "[It is unclear]", "[B]", "[Hard]"),
    "typical work": ("[Show answer]", "[Good]"),
    "one row per": ("week", "[My answer is right]"),
    "VACUUM spare": ("168 hours", "[Good]"),
    "bound the state": ("[Show answer]", "[Hard]"),
    "additive facts": ("[A]", "[C]", "[Check]", "[Hard]"),
    "phenomena": ("dirty read, phantom read", "[Hard]"),
    "four design steps": ("[C]", "[B]", "[D]", "[A]", "[Again]"),
    "from 50 to 500 models": ("Each domain gets a folder with an owner", "[3]", "[Model answer]", "[Good]"),
    "Clickstream warehouse": ("[Show answer]", "[Good]"),
}


@pytest.fixture
async def running(server: BotApiServer, tmp_path: Path) -> AsyncIterator[Backfill]:
    folder = tmp_path / "decks"
    folder.mkdir()
    (folder / "kinds.md").write_text(KINDS + SEVERAL)
    (folder / "jobs.md").write_text(facts("jobs", 12))
    (folder / "scd-names.md").write_text(TYPE_4)
    (folder / "track.md").write_text(
        "---\ntrack: modelling\ntitle: Dimensional modelling\ngoal: Draw a star schema.\ndecks: jobs, kinds\n---\n"
    )
    async with backfill(server, tmp_path, catalogue(folder)) as made:
        yield made
        assert server.unanswered == []
        assert server.lost_formatting == []


async def does(running: Backfill, person: Person, step: str) -> None:
    """Eight seconds later: a text, or a press on the first button of the newest screen that begins with the label."""
    running.clock.forward(8000)
    assert "Something went wrong" not in person.screen, person.screen
    if not step.startswith("["):
        await person.says(step)
        return
    found = [label for label in person.buttons if label.startswith(step.strip("[]"))]
    assert found, f"no button {step} on this screen:\n\n{person.screen}"
    await person.presses(found[0])


async def introduced(running: Backfill, person: Person, slug: str) -> None:
    for step in (f"/start d_{slug}", "[20 min]"):
        await does(running, person, step)


async def first_minutes(running: Backfill) -> Person:
    ann = running.server.user(1, "Ann")
    steps = ("/start", "[Dimensional modelling]", "[10 min]")
    rated = (
        "[Show answer]",
        "[Good]",
        "[Show answer]",
        "[Again]",
        "[Show answer]",
        "[Hard]",
        "[Show answer]",
        "[Easy]",
    )
    for step in (*steps, *rated, "no idea at all", "[Hard]"):
        await does(running, ann, step)
    for step in ("[Later]", "[Earlier]", "[18:4", "[Another city]", "Atlantis", "Lagos", "/settings"):
        await does(running, ann, step)
    return ann


async def test_the_first_five_minutes(running: Backfill) -> None:
    ann = await first_minutes(running)
    assert_kept("first-five-minutes", ann.chat.story)
    assert len([message for message in ann.messages if message.keyboard]) <= 2, "one live card, and the settings"


async def a_tuesday(running: Backfill) -> Person:
    """Every kind of card once; how far it came is told by which answers are left."""
    ann = running.server.user(1, "Ann")
    await introduced(running, ann, "kinds")
    await does(running, ann, "/settings")
    for step in ("[New a day]", "[New a day]", "/drill", "[More]", "[Stop]", "/drill"):
        await does(running, ann, step)
    waiting = dict(ANSWERS)
    while waiting:
        front = next((front for front in waiting if front in ann.messages[-1].text), "")
        for step in waiting.pop(front, once_more(ann)):
            await does(running, ann, step)
    for step in ("[More]", "[Stop]", "[Decks]", "[Back]", "[Stats]", "[Back]", "[Settings]", "[Bring back"):
        await does(running, ann, step)
    return ann


def once_more(person: Person) -> tuple[str, ...]:
    """What is done with a card that came back, and with the question between the cards."""
    if "Skip" in person.buttons:
        return ("[Skip]", "[No messages]")
    if "Not sure" in person.buttons:
        return ("[Not sure]", "[Hard]")
    return ("[Show ", "[Good]") if any(label.startswith("Show") for label in person.buttons) else ("[Check]", "[Hard]")


async def test_a_tuesday_with_every_kind_of_card(running: Backfill) -> None:
    ann = await a_tuesday(running)
    assert_kept("tuesday", ann.chat.story)


async def test_a_rating_is_taken_back(running: Backfill) -> None:
    ann = running.server.user(1, "Ann")
    await introduced(running, ann, "jobs")
    for step in ("[Show answer]", "[Good]", "[Show answer]", "[Again]", "[Undo]", "[Hard]", "/undo", "/undo", "/undo"):
        await does(running, ann, step)
    assert_kept("undo", ann.chat.story)


async def test_a_card_that_keeps_slipping(running: Backfill) -> None:
    ann = running.server.user(1, "Ann")
    await introduced(running, ann, "scd-names")
    start = 0
    for _ in range(200):
        screen = ann.messages[-1].text
        if "has slipped" in screen:
            break
        if "SCD Type 4 called" in screen and "Show answer" in ann.buttons:
            start = len(ann.chat.story)
            relearning = "Once more" in screen
            steps = ("[Show answer]", "[Good]") if relearning else ("history table", "[Again]")
        elif "Show answer" in ann.buttons:
            steps = ("[Show answer]", "[Easy]")
        else:
            running.clock.forward(DAY)
            steps = ("/drill",)
        for step in steps:
            await does(running, ann, step)
    await does(running, ann, ann.buttons and f"[{ann.buttons[0]}]")
    assert_kept("leech", ann.chat.story[start:])


async def test_a_few_days_by_text_alone(running: Backfill) -> None:
    """A person who never presses a rating that is not suggested, and looks at everything."""
    ann = running.server.user(1, "Ann")
    await introduced(running, ann, "kinds")
    for command in ("/stats", "/card", "/decks", "/help", "/privacy", "/settings", "/start"):
        await does(running, ann, command)
    running.clock.forward(3 * MINUTE)
    await does(running, ann, "/card")
    assert_kept("looking-around", ann.chat.story)


async def test_every_call_of_the_stories_is_in_the_bot_apis_description(running: Backfill) -> None:
    await first_minutes(running)
    running.server.people.clear()
    assert len(running.server.calls) > 60
    assert_in_spec(running.server)


async def test_every_call_of_a_tuesday_is_in_the_bot_apis_description(running: Backfill) -> None:
    await a_tuesday(running)
    assert len(running.server.calls) > 100
    assert_in_spec(running.server)
