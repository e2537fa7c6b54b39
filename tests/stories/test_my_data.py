"""What is kept: told, handed over, deleted, and brought back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from bot.core.actions import Begin, Break, EndBreak, Erase, Export, Set, ShowPrivacy, ShowStats, Start, Undo
from bot.core.export_csv import HEADER
from bot.core.reply import Screen
from bot.core.streak import Streak
from bot.parcel import packer
from storage.check import check
from storage.engine import address, sync_engine
from storage.restore_learner import import_file
from storage.tables import PER_LEARNER
from tests.stories.decks import FIRST, KINDS, facts
from tests.stories.driver import Person, Story
from tests.stories.kept import assert_kept
from tests.stories.linking import links, rates
from tests.stories.test_habit import streak
from tests.stories.test_sitting import introduced

DECKS = {"jobs": facts("jobs", 30), "first-steps": FIRST, "kinds": KINDS}
UNKEPT = {"receipts", "outbox", "merges", "erasures", "attempts"}  # minutes or days old; of attempts the session's stay
PLENTY = 1 << 30


async def a_life(story: Story, ann: Person) -> None:
    """Some weeks with everything in them: days off, a break, cards set aside, reports, undone ratings, other rules."""
    for day in range(12):
        if day in (3, 8):
            story.passes(days=1)
        await ann.does(Start(extra=2))
        await rates(ann, 2 + day % 3, "Again" if day % 4 == 1 else "Good")
        story.passes(days=1)
    await ann.does(Set("retention", "0.95"))
    await ann.does(Set("rest", "6"))
    await ann.does(Break("two weeks"))
    await ann.does(EndBreak())
    await ann.does(Start(extra=5))
    await rates(ann, 2)
    await ann.does(Undo())
    await ann.presses("More")
    await ann.presses("Report")
    await ann.presses("A typo")
    await ann.does(Start())


async def packed(story: Story, ann: Person, folder: Path) -> Path:
    documents = await packer(str(story.database), lambda: story.now)(ann.account, PLENTY)
    for document in documents:
        (folder / document.name).write_bytes(document.content)
    return folder / documents[0].name


def rows(database: Path) -> dict[str, list[Any]]:
    """Every row that an export is to bring back: whoever was merged into the learner before is not."""
    engine = sync_engine(address(database))
    with engine.begin() as connection:
        found = {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in PER_LEARNER
            if table.name not in UNKEPT
        }
    engine.dispose()
    found["learners"] = [row for row in found["learners"] if '"into":""' in row[1]]
    return found


async def as_told(story: Story, ann: Person) -> tuple[str, Streak]:
    """The figures on screen, and the streak."""
    await ann.does(ShowStats())
    return ann.screen, await streak(ann)


async def test_deleted_and_brought_back_everything_is_as_it_was(tmp_path: Path) -> None:
    async with Story(tmp_path, DECKS) as story:
        ann = await introduced(story, "jobs")
        there = await story.learner("telegram", "100200300")
        await links(ann, there)
        await a_life(story, ann)
        told, before = await as_told(story, ann), rows(story.database)
        assert len(before["log"]) > 40
        source = await packed(story, ann, tmp_path)
        await ann.does(Erase(asked=story.now))
        assert all(found == [] for found in rows(story.database).values())
        done = import_file(story.database, source)
        assert done.entries == len(before["log"])
        assert rows(story.database) == before
        assert await as_told(story, ann) == told
        await ann.does(Start())
        assert ann.is_at(Screen.QUESTION, Screen.ANSWER)
        await ann.does(Undo())  # the session goes on where it stood
        assert ann.is_at(Screen.QUESTION, Screen.ANSWER)
        await there.does(Begin())
        again = import_file(story.database, source)
        assert again.was_there
        assert again.entries == 0


async def test_a_fresh_database_takes_an_export(tmp_path: Path) -> None:
    async with Story(tmp_path, DECKS) as story:
        ann = await introduced(story, "jobs")
        await a_life(story, ann)
        source, before = await packed(story, ann, tmp_path), rows(story.database)
    fresh = tmp_path / "fresh.db"
    import_file(fresh, source)
    assert rows(fresh) == before
    assert check(fresh) == []


async def test_the_table_has_a_line_for_each_entry(tmp_path: Path) -> None:
    async with Story(tmp_path, DECKS) as story:
        ann = await introduced(story, "jobs")
        await a_life(story, ann)
        document, table = await packer(str(story.database), lambda: story.now)(ann.account, PLENTY)
        log = msgspec.json.decode(document.content)["log"]
        header, *lines = csv.reader(io.StringIO(table.content.decode(), newline=""))
        assert tuple(header) == HEADER
        assert [line[-1] for line in lines] == [entry["id"] for entry in log]
        assert {"Reviewed", "Undone", "Flagged", "PolicySet", "BreakSet"} <= {line[2] for line in lines}


async def test_the_screens_are_kept(tmp_path: Path) -> None:
    async with Story(tmp_path, DECKS) as story:
        ann = await introduced(story, "jobs")
        await rates(ann, 3)
        there = await story.learner("telegram", "100200300")
        await links(ann, there)
        story.transcript.clear()
        story.says("telegram", "types /privacy")
        await there.does(ShowPrivacy())
        await there.presses("Delete everything")
        there.sees("This deletes 3 reviews of 3 cards", "this Telegram account", "the page")
        await there.presses("Export first")
        assert there.reply.sends
        story.says("telegram", "types /delete")
        await there.does(Erase())
        await there.presses("Keep everything")
        await there.presses("Delete everything")
        await there.presses("Yes, delete everything")
        await there.presses_again(redelivered=True)
        story.says("the page", "asks for an export")
        await ann.does(Export())
        ann.sees("Nothing is kept about you here.")
        story.says("the page", "begins again")
        await ann.does(Begin())
        assert ann.is_at(Screen.WELCOME)
        assert_kept("my-data", story.transcript)
