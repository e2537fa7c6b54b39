"""How often a group is written to: within its twenty calls a minute, and what waits for what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.quiz.model import Ending
from bot.telegram.quiz_pace import A_MINUTE, MINUTE, Pace
from decks.model import Catalogue

from .backfill import catalogue
from .quiz_decks import jobs
from .quiz_night import Night, night
from .server import BotApiServer


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("decks")
    (folder / "jobs.md").write_text(jobs(12))
    return catalogue(folder)


@pytest.fixture
async def evening(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> AsyncIterator[Night]:
    async with night(server, tmp_path, decks) as made:
        yield made


async def a_long_question(evening: Night) -> None:
    """Names arrive for a minute and a half; then the host goes on."""
    players = evening.persons(*(f"Player {number}" for number in range(1, 31)))
    await evening.starts(players[0], "jobs questions:2 pace:host", *players)
    for player in players[1:]:
        await evening.answers(player, right=True)
        await evening.passes(3.1)
    await players[0].presses("Next", where=evening.group)
    await evening.passes(4)
    assert "<b>Right</b>" in evening.group.screen


async def test_names_on_a_long_question_leave_room_for_its_close(evening: Night) -> None:
    await a_long_question(evening)
    evening.assert_within_limits()
    assert len(evening.drawn("editMessageText")) > 15


async def test_whoever_joins_by_answering_costs_no_edit_of_the_lobby(evening: Night) -> None:
    players = evening.persons(*(f"Player {number}" for number in range(1, 11)))
    await evening.starts(players[0], "jobs questions:1 pace:host", players[0])
    lobby, before = evening.group.messages[0], len(evening.drawn("editMessageText"))
    for player in players[1:]:
        await evening.answers(player, right=True)
        await evening.passes(7)
    assert "<b>In (9)</b>" in evening.group.messages[-1].shown()
    assert "<b>In (1)</b> Player 1" in lobby.shown()
    assert len(evening.drawn("editMessageText")) - before == len(players) - 1


async def test_the_count_of_calls_notices_a_bot_without_a_pace(evening: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "take", lambda *_args, **_more: True)
    await a_long_question(evening)
    with pytest.raises(AssertionError):
        evening.assert_within_limits()


async def test_answers_to_commands_leave_room_for_the_quiz(evening: Night) -> None:
    mira, ana = evening.persons("Mira", "Ana")
    await evening.starts(mira, "jobs questions:2", mira)
    for _ in range(30):
        ana.write("/leaderboard", evening.group)
    await evening.server.idle()
    await evening.passes(60)
    evening.assert_within_limits()
    assert (await evening.quiz()).ending is Ending.PLAYED
    assert "2 of 2" in evening.group.screen
    assert len(ana.messages) >= 20, "what had no room in the group is said in private"


async def test_a_busy_question_leaves_room_to_answer_who_asks(evening: Night) -> None:
    players = evening.persons(*(f"Player {number}" for number in range(1, 31)))
    stranger = evening.person("Zoe", known=False)
    await evening.starts(players[0], "jobs questions:1 pace:host", *players)
    for player in players[1:]:
        await evening.answers(player, right=True)
        await evening.passes(3.1)
    await stranger.says("/myresult", evening.group)
    assert evening.group.messages[-1].text == "You are not in this quiz."
    evening.assert_within_limits()


def test_twenty_calls_a_minute_and_less_for_what_can_wait() -> None:
    pace = Pace()
    taken = [pace.take(-5, second, leaving=6) for second in range(20)]
    assert taken == [True] * 14 + [False] * 6
    assert [pace.take(-5, 20.0) for _ in range(7)] == [True] * 6 + [False]
    assert pace.take(-6, 20.0), "another group has its own"
    assert pace.take(-5, MINUTE)
    pace.silence(-5, MINUTE + 30)
    assert not pace.take(-5, MINUTE + 29)
    assert pace.take(-5, MINUTE + 30)
    assert A_MINUTE == 20


def test_a_clock_set_back_silences_no_group() -> None:
    pace = Pace()
    assert all(pace.take(-5, 1_000_000.0) for _ in range(A_MINUTE))
    assert pace.take(-5, 10.0)
