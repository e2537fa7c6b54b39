"""Quiz nights in Telegram groups with one, five and sixty players, as the group and each player see them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.quiz.model import Ending, Stage
from decks.model import Catalogue

from .backfill import catalogue
from .quiz_decks import LEVELS, LONG, TYPED, jobs
from .quiz_night import SENDING, Night, night
from .server import BotApiServer
from .spec import assert_in_spec
from .transcript import assert_kept


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("decks")
    for name, text in (("levels", LEVELS), ("anomalies", TYPED), ("jobs", jobs(12)), ("long", LONG)):
        (folder / f"{name}.md").write_text(text)
    return catalogue(folder)


@pytest.fixture
async def evening(server: BotApiServer, tmp_path: Path, decks: Catalogue) -> AsyncIterator[Night]:
    async with night(server, tmp_path, decks) as made:
        yield made
    made.assert_within_limits()


async def test_a_whole_game_of_five(evening: Night) -> None:
    mira, ana, ben, chidi, dana = evening.persons("Mira", "Ana", "Ben", "Chidi", "Dana")
    await mira.says("/quiz levels questions:3 hints:on", evening.group)
    for player in (ana, ben, chidi):
        await player.presses("Join", where=evening.group)
        await evening.passes(1)
    await evening.passes(15)
    await evening.answers(ana, right=True)
    await evening.passes(1.3)
    await evening.answers(ben, right=False)
    await evening.passes(1)
    await evening.answers(ben, right=True)
    await evening.passes(31)
    for player in (ana, ben, chidi):
        await evening.answers(player, right=True)
    await evening.answers(dana, right=False)
    await evening.passes(44)
    quiz = await evening.quiz()
    assert (quiz.stage, quiz.ending) == (Stage.FINISHED, Ending.PLAYED)
    await ben.presses("My result", where=evening.group)
    assert_kept("quiz-of-five", evening.group.chat.story)
    assert_kept("quiz-of-five-ben", ben.chat.story)
    assert len(evening.drawn(*SENDING)) == 5, "a lobby, three questions, the results"
    assert_in_spec(evening.server)
