"""The week's board: posted by itself on Monday where there was a quiz, and once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.ports import Turn
from bot.core.quiz.actions import Board, Hide, QuizIt, Schedule, Skip, Void
from bot.core.quiz.keep import board_due, span, week_at
from bot.core.quiz.options import Order
from bot.core.quiz.ports import Quizzes
from bot.core.quiz.show import Show
from bot.core.reply import Reply
from bot.quiz import boards as posting
from storage.quizzes import SqlQuizzes

from .test_evidence import Crash
from .test_stories import assert_reads, started
from .world import HERE, Night, Player

DAY = 86_400
HOUR = 3600


async def plays(night: Night, players: list[Player], right: Callable[[int, int], bool], questions: int = 1) -> None:
    """A quiz: whether a player, counted from zero, has a question right."""
    await started(night, f"txn-isolation questions:{questions}", players)
    for number in range(questions):
        for place, player in enumerate(players):
            await player.answers(right=right(place, number))
        await night.time.passes(12)
    await night.time.passes(30)


async def monday(night: Night, hours: float) -> None:
    """Go on to the next Monday, at a time of day (UTC)."""
    _, following = span(week_at(night.time.now, "UTC"), "UTC")
    await night.time.passes((following - night.time.now) / 1000 + hours * HOUR)


def boards(night: Night, channel: str = HERE.channel) -> list[Show]:
    return [show for show in night.channels[channel].shows.values() if show.slot.startswith("board-")]


async def test_on_monday_the_channel_sees_its_week(tmp_path: Path) -> None:
    """Kept: the board, all of it in private, and a quiz on what was weakest."""
    async with Night(tmp_path) as night:
        players = night.players(["Ana", "Ben", "Chidi", "Dana", "Farid"])
        await plays(night, players, lambda place, number: place > number, 3)
        await night.time.passes(2 * DAY)
        await plays(night, players[1:], lambda place, number: (place + number) % 2 == 0, 3)
        night.transcript.clear()
        await monday(night, 8)
        assert not boards(night)
        await night.passes(1.2 * HOUR)
        assert [show.slot for show in boards(night)] == ["board-2026-W48"]
        await players[0].presses("Full board")
        await players[0].presses("Quiz it")
        await night.passes(1)
        assert_reads(night, "weekly-board")
        quiz = await night.quiz()
        assert quiz.options.source == "txn-isolation"
        await night.time.passes(14 * DAY)
        assert len(boards(night)) == 1, "a week in which nobody finished anything"


async def test_the_board_comes_at_nine_by_the_clock_of_the_channel(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        here = night.players(["Ana", "Ben"])
        there = [night.player(name, channel="551") for name in ("Jo", "Kim")]
        mod = night.player("Mira", manages=True, channel="551")
        await mod.does(Schedule("sunday 23:50", "txn-isolation questions:1", "Asia/Tokyo"))
        await mod.does(Schedule("sunday 23:50", "txn-isolation questions:1", "America/New_York"))
        await night.player("Mira", manages=True).does(Schedule("sunday 23:50", "txn-isolation", "Europe/Berlin"))
        for players in (here, there):
            await plays(night, players, lambda place, _: place == 0)
        await monday(night, 7.9)
        assert (len(boards(night)), len(boards(night, "551"))) == (0, 0)
        await night.time.passes(600)
        assert (len(boards(night)), len(boards(night, "551"))) == (1, 0), "eight by UTC is nine in Berlin"
        await night.time.passes(6 * HOUR)
        assert len(boards(night, "551")) == 1


async def test_hosts_switch_the_board_off_and_on_for_their_channel(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = players = night.players(["Ana", "Ben"])
        await ana.starts("txn-isolation questions:1")
        await ana.presses("Options")
        assert "Here the week's board is posted on Mondays" in ana.screen
        await ana.presses("No weekly board", private=True)
        await night.passes(90)
        await plays(night, players, lambda *_: True)
        await monday(night, 10)
        assert not boards(night)
        await ben.starts("txn-isolation questions:1")
        await ana.presses("Options")
        assert ana.reply.toast == "Only whoever started the quiz and moderators can do that."
        await ben.presses("Options")
        assert "Here no weekly board is posted" in ben.screen
        await ben.presses("Post the week's board", private=True)
        await night.time.passes(90)
        await plays(night, players, lambda *_: True)
        await monday(night, 10)
        assert len(boards(night)) == 1


async def test_a_board_of_hidden_players_only_is_not_posted(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = players = night.players(["Ana", "Ben"])
        await plays(night, players, lambda *_: True)
        await ana.does(Hide())
        await ben.does(Hide())
        await monday(night, 10)
        assert not boards(night)


async def test_the_boards_buttons_speak_of_its_week_whenever_they_are_pressed(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = players = night.players(["Ana", "Ben"])
        await plays(night, players, lambda place, _: place == 0)
        missed = (await night.quiz()).past[0].card
        await monday(night, 10)
        await night.time.passes(9 * DAY)
        await ana.presses("Full board")
        assert "*Week 48* · 1 quiz, 2 players" in ana.screen
        await ben.presses("Quiz it")
        await night.time.passes(1)
        quiz = await night.quiz()
        assert (quiz.options.order, quiz.options.cards) == (Order.FIXED, (missed,)), "two answers make no weak topic"
        await ana.does(Board(week="2026-W99"))
        assert ana.reply.toast == "There is no such week."
        await ana.does(QuizIt("2026-W47"))
        assert ana.reply.toast == "That week nothing was missed here: there is nothing to ask again."


async def test_what_was_void_or_skipped_was_missed_by_nobody(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = players = night.players(["Ana", "Ben"])
        await started(night, "txn-isolation questions:2", players)
        for player in players:
            await player.answers(right=False)
        await night.time.passes(12)
        await ben.answers(right=False)
        await ana.does(Skip())
        await night.time.passes(12)
        quiz = await night.quiz()
        wrong = quiz.past[0].card

        async def missed() -> tuple[object, ...]:
            def work(_turn: Turn, quizzes: Quizzes) -> tuple[object, ...]:
                mine = quizzes.missed_by(ben.account, 0, night.time.now)
                return quizzes.missed_here(HERE, 0), mine, list(quizzes.answered_here(HERE, 0, night.time.now))

            return await night.quizzes._book.read(work)

        assert await missed() == ({wrong}, {wrong}, [(wrong, 0, 2)]), "the second was skipped"
        await ana.does(Void(quiz.id, 1))
        assert await missed() == (set(), set(), [])
        await ana.does(QuizIt("2026-W48"))
        assert ana.reply.toast == "That week nothing was missed here: there is nothing to ask again."


async def test_a_board_goes_where_its_channel_went(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        await plays(night, night.players(["Ana", "Ben"]), lambda *_: True)
        await plays(night, [night.player(name, channel="551") for name in ("Jo", "Kim")], lambda *_: True)
        await night.quizzes.moved("discord", HERE.channel, "551")
        await monday(night, 10)
        assert not boards(night)
        (board,) = boards(night, "551")
        assert "2 quizzes, 4 players" in str(board.reply.body[0])


async def test_a_board_is_not_posted_half_a_day_late(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        await plays(night, night.players(["Ana", "Ben"]), lambda *_: True)
        await night.time.passes(6 * DAY)
        await night.restart(DAY + 5 * HOUR)
        await night.time.passes(DAY)
        assert not boards(night)


async def test_a_channel_that_cannot_be_drawn_keeps_no_other_from_its_board(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        await plays(night, night.players(["Ana", "Ben"]), lambda *_: True)
        await plays(night, [night.player(name, channel="551") for name in ("Jo", "Kim")], lambda *_: True)
        night.here.broken = 2
        await monday(night, 9.01)
        assert (len(boards(night)), len(boards(night, "551"))) == (0, 1)
        await night.time.passes(300)
        assert len(boards(night)) == 1
        night.channels["551"].gone = True
        await plays(night, night.players(["Ana", "Ben"]), lambda *_: True)
        night.here.broken = 10_000
        await monday(night, 10)
        assert night.here.broken == 10_000 - posting.TRIES


# --- once --------------------------------------------------------------------------------------------------------


class Dying:
    """A store whose process dies at its n-th transaction, before it or right after its commit, for good."""

    def __init__(self, night: Night, at: int, *, committed: bool) -> None:
        self._night = night
        self._left = at
        self._committed = committed
        self.dead = False

    async def run(self, account: object, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        self._left -= 1
        if self._left > 0:
            return await self._night.store.run(account, key, decide)  # type: ignore[arg-type]
        if not self.dead and self._committed:
            await self._night.store.run(account, key, decide)  # type: ignore[arg-type]
        self.dead = True
        raise Crash


async def died_everywhere(folder: Path, *, committed: bool, weeks: int = 30) -> tuple[int, list[int]]:
    """A week for each transaction of posting a board, the process dying there: (deaths, boards of each week)."""
    async with Night(folder) as night:
        players = night.players(["Ana", "Ben"])
        for at in range(1, weeks + 1):
            await plays(night, players, lambda *_: True)
            await monday(night, 8)
            dying = Dying(night, at, committed=committed)
            night.quizzes._book._store = dying  # type: ignore[assignment]
            await night.time.passes(HOUR + 30)
            night.quizzes._book._store = night.store
            await night.restart(20)
            await night.time.passes(HOUR)
            await night.restart(HOUR)
            await night.time.passes(7 * HOUR)
            if not dying.dead:
                break
        slots = [show.slot for show in boards(night)]
        return at - 1, [slots.count(slot) for slot in dict.fromkeys(slots)]


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
async def test_a_board_is_posted_exactly_once_wherever_the_process_dies(tmp_path: Path, committed: bool) -> None:
    deaths, posted = await died_everywhere(tmp_path, committed=committed)
    assert deaths >= 5, "at every transaction of a posting"
    assert posted == [1] * (deaths + 1)


async def test_the_crash_test_notices_boards_that_nobody_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: what was posted is known to the process only."""
    monkeypatch.setattr(SqlQuizzes, "done_board", lambda *_: None)
    _, posted = await died_everywhere(tmp_path, committed=True, weeks=1)
    assert max(posted) > 1


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Auckland", "America/Sao_Paulo", "Africa/Cairo"])
def test_a_weeks_board_is_due_on_the_monday_after_whatever_the_clocks_did(zone: str) -> None:
    for hour in range(0, 3 * 365 * 24, 7):
        at = 1_700_000_000_000 + hour * 3_600_000
        first, last = span(week_at(at, zone), zone)
        assert first <= at < last
        assert 8 * HOUR <= (board_due(at, zone) - last) / 1000 <= 10 * HOUR
