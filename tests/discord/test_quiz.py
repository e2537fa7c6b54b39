"""Quizzes under an unmodified discord.py in a simulated Discord, as a channel and each player see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.core.quiz.fold import seat_of
from bot.core.quiz.results import scores

from .limits import departures
from .quiz_night import Night, night
from .spec import assert_in_spec, is_there
from .transcript import assert_kept


async def test_a_whole_game_of_five(tmp_path: Path) -> None:
    async with night(tmp_path) as here:
        mira, ana, ben, chidi, dana = here.players("Mira", "Ana", "Ben", "Chidi", "Dana")
        await mira.starts(decks="txn-isolation", questions=3)
        await mira.presses("Options")
        await mira.presses("Hints: on")
        await mira.presses("Preview questions")
        await mira.presses("Swap 2")
        for player in (ana, ben, chidi):
            await player.presses("Join")
        await here.passes(30)
        await here.passes(3.5)
        await ana.answers(right=True)
        await ana.presses("Fine")
        await ben.answers(right=False)
        await ben.answers(right=True)
        await here.passes(2)
        await dana.answers(right=True)
        await here.restart(9)
        await chidi.answers(right=True)
        await here.passes(20)
        await dana.writes_dispute("which version?")
        await mira.commands("quiz-disputes")
        await ben.writes_dispute("B is right in MySQL")
        await mira.presses("Keep question 1")
        await chidi.presses("Source")
        await here.passes(10)
        for player in (ana, ben, chidi):
            await player.answers(right=player is not ben)
        await dana.commands("quiz-pause")
        await mira.commands("quiz-pause")
        await mira.commands("quiz-resume")
        await dana.answers(right=False)
        await here.passes(12)
        for player in (ana, ben, chidi, dana):
            await player.answers(right=player is ana)
        await here.passes(2)
        await here.passes(20)
        await ben.presses("My result")
        await ben.presses("Drill my misses")
        await ben.commands("leaderboard")
        await dana.presses("Take me off")
        assert_kept("quiz-of-five", here.story)
        quiz = await here.quiz()
        found = {score.seat: score.right for score in scores(quiz, await here.pressed())}
        assert found[seat_of(quiz.id, ana.account)] == 3
        assert_decent(here)
        assert_described(here)


def assert_decent(here: Night) -> None:
    """Nothing that left is over Discord's limits, mentions anybody unasked, or redraws a message too often."""
    bodies = [call.json for call in here.running.sent if isinstance(call.json, dict)]
    said = [body.get("data") or body for body in bodies if body.get("type") not in (5, 6)]
    shown = [body for body in said if "components" in body and "title" not in body]
    assert len(shown) > 2
    for body in shown:
        assert departures(body["components"]) == []
        assert body["allowed_mentions"]["parse"] == []
        assert not body["allowed_mentions"].get("roles") or "<@&" in str(body["components"])
        assert not body["allowed_mentions"].get("users")
    times: dict[tuple[str, str], int] = {}
    for at, show in here.running.drawings:
        key = (show.quiz, show.slot)
        assert at - times.get(key, -10_000) >= 2_000, f"{show.slot} drawn twice within two seconds"
        times[key] = at
    if is_there():
        assert_described(here)


def assert_described(here: Night) -> None:
    assert_in_spec((call.method, call.path, _described(call.json)) for call in here.running.sent)


def _described(body: Any) -> Any:
    """The library writes a role's number as a number, which Discord takes, where its description wants text."""
    mentions = body.get("allowed_mentions") if isinstance(body, dict) else None
    if not mentions:
        return body
    return body | {"allowed_mentions": mentions | {"roles": [str(one) for one in mentions.get("roles", ())]}}
