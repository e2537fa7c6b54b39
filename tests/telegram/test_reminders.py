"""Reminders through the real adapter: what people see, what they press, and what each failure of a send leads to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.core.model import Account, Change
from bot.core.ports import Turn
from bot.core.reminder_model import Kind, Later, Letter, Refused, Reminders, Shut, Unsure
from bot.core.reply import Line, Reply, Screen
from bot.rounds import Rounds
from bot.telegram import post
from bot.telegram.pace import RATE, SPARED, Pace
from bot.telegram.post import BLOCKED, TROUBLED, UNCONNECTED, outcome
from bot.telegram.transport import NotSent, Unanswered
from tests.stories.decks import facts

from .backfill import DAY, MINUTE, Backfill, backfill, catalogue
from .server import BotApiServer, LostAfter, Person, flood
from .transcript import assert_kept


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "delivery"),
    [
        (RetryAfter(timedelta(seconds=7)), Later(7.0, "too many messages")),
        (Forbidden("Forbidden: bot was blocked by the user"), Shut(BLOCKED, "Forbidden: bot was blocked by the user")),
        (Forbidden("Forbidden: user is deactivated"), Shut(BLOCKED, "Forbidden: user is deactivated")),
        (BadRequest("Chat not found"), Shut(BLOCKED, "Chat not found")),
        (BadRequest("Can't parse entities"), Refused("Can't parse entities")),
        (ChatMigrated(-100), Refused("Group migrated to supergroup. New chat id: -100")),
        (InvalidToken(), Later(TROUBLED, "Invalid token")),
        (Conflict("other"), Later(TROUBLED, "other")),
        (EndPointNotFound("gone"), Later(TROUBLED, "gone")),
        (caused(TimedOut("slow to connect"), NotSent("ConnectionTimeoutError")), Later(UNCONNECTED, "slow to connect")),
        (caused(NetworkError("refused"), NotSent("ClientConnectorError")), Later(UNCONNECTED, "refused")),
        (caused(TimedOut("no answer"), Unanswered("SocketTimeoutError")), Unsure("no answer")),
        (caused(NetworkError("reset"), Unanswered("ServerDisconnectedError")), Unsure("reset")),
        (NetworkError("Bad Gateway"), Unsure("Bad Gateway")),
        (TelegramError("garbled"), Unsure("garbled")),
    ],
    ids=lambda value: f"{type(value).__name__} {value}"[:40],
)
def test_each_failure_of_a_send_has_one_meaning(error: TelegramError, delivery: object) -> None:
    assert outcome(error) == delivery


@dataclass
class Reminding:
    """A running bot with somebody to remind, and a worker on the rounds."""

    running: Backfill
    ann: Person

    @property
    def rounds(self) -> Rounds:
        assert self.running.running is not None
        carriers = {"telegram": self.running.running.carrier}
        return Rounds(self.running.tutor.post, carriers, self.running.clock)

    async def passes(self, milliseconds: int) -> None:
        until = self.running.clock.at + milliseconds
        while self.running.clock.at < until:
            self.running.clock.forward(min(15 * MINUTE, until - self.running.clock.at))
            await self.rounds.once()
        await self.running.server.idle()

    async def promise(self) -> None:
        """The next message was asked for, so that a dozen cards are worth it."""

        def write(turn: Turn) -> Reply:
            turn.learner(Account("telegram", str(self.ann.id)))
            settled = turn.reminders()
            assert settled is not None
            assert settled.on
            turn.save(Change(reminders=replace(settled, promised=True)), ())
            return Reply(screen=Screen.NOTICE, body=(Line("promised"),))

        await self.running.store.run(Account("telegram", str(self.ann.id)), "", write)

    async def look(self) -> tuple[Reminders, list[Letter]]:
        found: list[Any] = []

        def read(turn: Turn) -> Reply:
            turn.learner(Account("telegram", str(self.ann.id)))
            reminders = turn.reminders()
            assert reminders is not None
            known = turn.learner(Account("telegram", str(self.ann.id)))
            assert known is not None
            keys = [f"day.2026-11-{day}" for day in range(24, 31)]
            found[:] = [reminders, [one for key in keys if (one := turn.outbox().letter(known.id, key))]]
            return Reply(screen=Screen.NOTICE, body=(Line("read"),))

        await self.running.store.run(Account("telegram", str(self.ann.id)), "", read)
        return found[0], found[1]


@pytest.fixture
async def reminding(server: BotApiServer, tmp_path: Path) -> AsyncIterator[Reminding]:
    folder = tmp_path / "decks"
    folder.mkdir()
    (folder / "jobs.md").write_text(facts("jobs", 12))
    async with backfill(server, tmp_path, catalogue(folder)) as running:
        ann = server.user(1, "Ann")
        await ann.says("/start d_jobs")
        await ann.presses("10 min")
        for _ in range(5):
            await ann.presses("Show answer")
            await ann.presses("Good 10m")
        await ann.presses("Skip")
        await ann.presses("18:30")
        for _ in range(5):
            await ann.presses("Show answer")
            await ann.presses("Good 10m")
        while "Show answer" in ann.buttons:
            await ann.presses("Show answer")
            await ann.presses(next(label for label in ann.buttons if label.startswith("Good")))
        made = Reminding(running, ann)
        await made.promise()
        yield made


async def test_a_reminder_brings_the_first_card_and_its_buttons_drill(reminding: Reminding) -> None:
    ann = reminding.ann
    told = len(ann.chat.story)
    await reminding.passes(3 * DAY)
    assert "In an hour" in ann.buttons
    card = ann.messages[-1]
    await ann.presses("Show answer")
    await ann.presses(next(label for label in ann.buttons if label.startswith("Good")))
    assert ann.messages[-1].id == card.id, "the drill goes on in the reminder's message"
    await ann.says("The one that report 2 reads when the working day begins.")
    assert_kept("reminder", ann.chat.story[told:])


async def test_whoever_has_blocked_the_bot_is_left_alone_and_comes_back_with_start(reminding: Reminding) -> None:
    ann = reminding.ann
    await ann.blocks()
    reminding.running.server.calls.clear()
    await reminding.passes(6 * DAY)
    sent = [call for call in reminding.running.server.calls if call.method == "sendMessage"]
    settled, (letter,) = await reminding.look()
    assert len(sent) <= 1, "no further send for that chat"
    assert (settled.closed, settled.on, settled.next_at) == (BLOCKED, True, None)
    assert (letter.state, letter.reason) == ("failed", "blocked since this process began")
    await ann.unblocks()
    await ann.says("/start")
    settled, _ = await reminding.look()
    assert settled.closed == ""
    assert settled.next_at is not None


async def test_a_flood_is_waited_out_and_the_message_is_sent_once(reminding: Reminding) -> None:
    reminding.running.server.faults.plan(flood(60), method="sendMessage")
    pauses: list[float] = []
    assert reminding.running.running is not None
    speaker = reminding.running.running.carrier._speaker
    hold = speaker.pace.hold
    speaker.pace.hold = pauses.append  # type: ignore[method-assign,assignment]
    await reminding.passes(3 * DAY)
    speaker.pace.hold = hold  # type: ignore[method-assign]
    assert pauses == [60.0]
    assert reminding.running.server.faults.hits["Answer"] == 1
    _, letters = await reminding.look()
    assert [(one.state, one.tries) for one in letters][:1] == [("sent", 2)]


async def test_a_message_whose_answer_was_lost_is_uncertain_and_not_repeated(reminding: Reminding) -> None:
    reminding.running.server.faults.plan(LostAfter(), method="sendMessage")
    await reminding.passes(3 * DAY)
    assert reminding.running.server.faults.hits["LostAfter"] == 1
    _, letters = await reminding.look()
    assert (letters[0].state, letters[0].tries) == ("uncertain", 1)
    await reminding.ann.presses("Show answer")
    assert "Good" in str(reminding.ann.buttons), "its card is open although nobody knew"


# --- the pace ----------------------------------------------------------------------------------------------------


class Watch:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


async def test_reminders_keep_to_thirty_a_second() -> None:
    watch = Watch()
    pace = Pace(clock=watch, sleep=watch.sleep)
    for _ in range(300):
        await pace.room()
    assert 300 / RATE - 1 <= watch.at <= 300 / RATE


async def test_answers_never_wait_and_reminders_wait_for_them() -> None:
    watch = Watch()
    pace = Pace(clock=watch, sleep=watch.sleep)
    for _ in range(60):
        pace.spend()
    assert watch.at == 0
    await pace.room()
    assert watch.at >= (RATE + SPARED) / RATE - 0.1, "what the answers used up has come back, and the reserve with it"


async def test_a_letter_without_room_is_put_off_and_never_in_doubt(
    reminding: Reminding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "PATIENCE", 0.01)
    assert reminding.running.running is not None
    carrier = reminding.running.running.carrier
    carrier._speaker.pace.hold(3600)
    letter = Letter(
        learner="x", key="k", kind=Kind.CARDS, platform="telegram", external="1", at=0, expires_at=1, worker="w"
    )
    reply = Reply(screen=Screen.NOTICE, body=(Line("later"),))
    before = len(reminding.ann.messages)
    assert await carrier.deliver(letter, "", reply) == Later(0.01, "no room beside answers")
    assert len(reminding.ann.messages) == before


async def test_after_a_flood_no_reminder_leaves_until_the_wait_is_over() -> None:
    watch = Watch()
    pace = Pace(clock=watch, sleep=watch.sleep)
    pace.hold(42)
    await pace.room()
    assert watch.at == pytest.approx(42)
