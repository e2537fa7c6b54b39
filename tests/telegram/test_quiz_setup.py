"""/setup in a group: who may start a quiz there, and which decks /quiz alone asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.quiz import words
from decks.model import Catalogue

from .backfill import catalogue
from .quiz_decks import LEVELS, jobs
from .quiz_night import Night, night
from .server import BotApiServer, Message, Person


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("decks")
    for name, text in (("levels", LEVELS), ("jobs", jobs(12)), ("tables", jobs(12, "tables"))):
        (folder / f"{name}.md").write_text(text)
    return catalogue(folder)


@pytest.fixture
async def evening(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> AsyncIterator[Night]:
    async with night(server, tmp_path, decks) as made:
        yield made
    made.assert_within_limits()


def admin(evening: Night) -> Person:
    return evening.server.people[99]


def lobbies(evening: Night) -> list[str]:
    return [message.text for message in evening.group.messages if "started this" in message.text]


async def test_a_group_that_nobody_set_up_says_that_everybody_may_start_anything(evening: Night) -> None:
    await admin(evening).says("/setup", evening.group)
    screen = evening.group.messages[-1]
    assert "Everybody may start a quiz." in screen.text
    assert "/quiz alone asks from everything." in screen.text
    assert "/setup scd-types + txn-isolation" in screen.text
    assert [button["text"] for button in screen.buttons] == ["Everybody", "Admins only"]
    assert marked(screen) == ["Everybody"]
    await evening.person("Mira").says("/quiz jobs", evening.group)
    assert len(lobbies(evening)) == 1


async def test_where_only_admins_may_start_others_are_told_so_however_they_ask(evening: Night) -> None:
    mira, ana, olga = evening.person("Mira"), evening.person("Ana"), admin(evening)
    await evening.starts(mira, "jobs questions:1", mira)
    await evening.answers(mira, right=False)
    await evening.passes(14)
    await olga.says("/setup", evening.group)
    await olga.presses("Admins only", where=evening.group)
    screen = evening.group.messages[-1]
    assert "Only admins may start a quiz." in screen.text
    assert marked(screen) == ["Admins only"]
    assert olga.toasts == ["Only admins may start a quiz."]
    for label in ("Same again", "Replay misses"):
        await mira.presses(label, where=evening.group)
    assert mira.toasts[-2:] == [words.MAY_NOT_HOST] * 2
    await ana.says("/quiz jobs", evening.group)
    assert evening.group.messages[-1].text == words.MAY_NOT_HOST
    assert len(lobbies(evening)) == 0, "the first quiz shows its results, and no other was started"
    await evening.passes(60)
    await olga.says("/quiz jobs", evening.group)
    assert len(lobbies(evening)) == 1
    await olga.says("/stopquiz", evening.group)
    await evening.passes(4)
    await olga.presses("Everybody", where=evening.group)
    await ana.says("/quiz jobs", evening.group)
    assert "Ana started this." in evening.group.screen


async def test_a_schedule_starts_where_only_admins_may(evening: Night) -> None:
    olga = admin(evening)
    await olga.says("/setup", evening.group)
    await olga.presses("Admins only", where=evening.group)
    await olga.says("/schedulequiz weekdays 18:00 zone:UTC jobs questions:1", evening.group)
    await evening.passes(20 * 60)
    assert len(lobbies(evening)) == 1


async def test_quiz_alone_asks_the_decks_that_an_admin_settled(evening: Night) -> None:
    mira, olga = evening.person("Mira"), admin(evening)
    await olga.says("/setup levels + jobs", evening.group)
    assert evening.group.messages[-1].text == "Saved. /quiz alone now asks from Isolation levels and Jobs."
    await mira.says("/quiz", evening.group)
    assert (await evening.quiz()).options.source == "levels + jobs"
    await mira.says("/stopquiz", evening.group)
    await evening.passes(4)
    await mira.says("/quiz tables", evening.group)
    assert (await evening.quiz()).options.source == "tables"
    await mira.says("/stopquiz", evening.group)
    await evening.passes(60)
    for cleared in ("/setup everything", "/setup decks:"):
        await olga.says("/setup decks:jobs", evening.group)
        await olga.says(cleared, evening.group)
        assert evening.group.messages[-1].text == "Saved. /quiz alone now asks from everything."
    await mira.says("/quiz", evening.group)
    assert (await evening.quiz()).options.source == ""


async def test_a_deck_that_does_not_exist_is_named_and_nothing_is_settled(evening: Night) -> None:
    olga = admin(evening)
    await olga.says("/setup jobs", evening.group)
    for unknown in ("jbs", "questions:5"):
        await olga.says(f"/setup {unknown}", evening.group)
        assert f"There is no deck, track or exam domain “{unknown}”." in evening.group.messages[-1].text
    await olga.says("/setup", evening.group)
    assert "/quiz alone asks from Jobs." in evening.group.messages[-1].text


async def test_only_admins_see_and_change_it(evening: Night) -> None:
    mira, olga = evening.person("Mira"), admin(evening)
    for asked in ("/setup", "/setup jobs"):
        await mira.says(asked, evening.group)
        assert evening.group.messages[-1].text == words.ADMINS_SET_UP
    await olga.says("/setup", evening.group)
    screen = evening.group.messages[-1]
    shown = screen.text
    await mira.presses("Admins only", where=evening.group)
    assert mira.toasts == [words.ADMINS_SET_UP]
    assert screen.text == shown
    await mira.says("/quiz", evening.group)
    assert (await evening.quiz()).options.source == ""


async def test_an_anonymous_admin_sets_a_group_up(evening: Night) -> None:
    olga, group = admin(evening), evening.group.chat.as_json()
    olga.write("/setup jobs", evening.group, named=group)
    olga.write("/setup", evening.group, named=group)
    await evening.server.idle()
    assert "/quiz alone asks from Jobs." in evening.group.messages[-1].text
    await olga.presses("Admins only", where=evening.group)
    assert "Only admins may start a quiz." in evening.group.messages[-1].text


async def test_what_is_settled_and_its_buttons_outlive_a_restart(evening: Night) -> None:
    mira, olga = evening.person("Mira"), admin(evening)
    await olga.says("/setup jobs", evening.group)
    await olga.says("/setup", evening.group)
    await evening.restart(60)
    await olga.presses("Admins only", where=evening.group)
    assert "Only admins may start a quiz." in evening.group.messages[-1].text
    await evening.restart(60)
    await mira.says("/quiz", evening.group)
    assert evening.group.messages[-1].text == words.MAY_NOT_HOST
    await olga.says("/quiz", evening.group)
    assert (await evening.quiz()).options.source == "jobs"


async def test_the_same_update_twice_is_one(evening: Night) -> None:
    olga = admin(evening)
    evening.server.updates.arrange = lambda updates: updates * 2
    await olga.says("/setup jobs", evening.group)
    await olga.says("/setup", evening.group)
    await olga.presses("Admins only", where=evening.group)
    assert len(evening.server.updates.again(3)) == 3
    await evening.server.idle()
    screen = evening.group.messages[-1]
    assert "Only admins may start a quiz." in screen.text
    assert "/quiz alone asks from Jobs." in screen.text
    assert set(olga.toasts) == {"Only admins may start a quiz."}


async def test_a_group_that_becomes_a_supergroup_takes_its_setup_along(
    server: BotApiServer, tmp_path: Path, decks: Catalogue
) -> None:
    async with night(server, tmp_path, decks, basic=True) as evening:
        mira, olga = evening.person("Mira"), admin(evening)
        old, before = evening.group, evening.group.chat.id
        await olga.says("/setup jobs", old)
        await olga.says("/setup", old)
        await olga.presses("Admins only", where=old)
        evening.group = new = old.migrates(-1_000_000_000_777)
        old.says_migrate_to(new.chat.id, mira)
        await server.idle()
        await mira.says("/quiz", new)
        assert new.messages[-1].text == words.MAY_NOT_HOST
        await olga.says("/setup levels", new)
        new.says_migrate_from(before, mira)
        await server.idle()
        await olga.says("/quiz", new)
        assert (await evening.quiz()).options.source == "levels", "told again, what was settled since stands"


def marked(screen: Message) -> list[str]:
    """The buttons in force."""
    return [button["text"] for button in screen.buttons if button.get("style") == "primary"]
