"""Quiz nights in Telegram groups: the real quizzes on a real store behind the real adapter, a clock the story sets.

Time passes only when the story says so, and only once everything that was under way has come to rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bot.core.quiz.fold import Pressed, gather, replay
from bot.core.quiz.model import Question, Quiz
from bot.core.quiz.results import scores
from bot.quiz.master import QuizMaster
from bot.telegram.quiz_pace import A_MINUTE, MINUTE
from decks.model import Catalogue
from storage.check import check

from .backfill import Backfill, Clock, backfill
from .server import BotApiServer, Group, Message, Person, Rates

PLACE = -1_000_000_000_005
DRAWING = ("sendMessage", "sendPoll", "editMessageText", "editMessageReplyMarkup", "stopPoll")
Json = dict[str, Any]
SENDING = ("sendMessage", "sendPoll")


class Ticker:
    """What `QuizMaster` waits by; time passes by `passes`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.quizzes: list[Backfill] = []  # whose tasks are watched
        self._waiting: dict[asyncio.Task[object], tuple[asyncio.Event, asyncio.Future[None], int | None]] = {}
        self._known: set[asyncio.Task[object]] = set()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        if event.is_set():
            return
        task = asyncio.current_task()
        assert task is not None
        timer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        setting = asyncio.create_task(event.wait())
        due = None if seconds is None else self.clock.at + round(seconds * 1000)
        self._waiting[task] = event, timer, due
        self._known.add(task)
        try:
            await asyncio.wait({setting, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.pop(task, None)
            setting.cancel()

    def busy(self) -> bool:
        """Whether a task of a quiz does something else than wait."""
        for running in (one for made in self.quizzes for one in made.quizzes._running.values()):
            self._known |= {running.task, running.painter.task}
        serving = {one.running.serving for one in self.quizzes if one.running is not None}  # waits at the start only
        self._known = {task for task in self._known - serving if not task.done()}
        woken = [event.is_set() or timer.done() for event, timer, _ in self._waiting.values()]
        return any(woken) or bool(self._known - self._waiting.keys())

    def due(self, until: int) -> tuple[int, asyncio.Future[None]] | None:
        """The timer that rings first, at most at `until` (ms)."""
        open_ = ((due, timer) for _, timer, due in self._waiting.values() if not timer.done())
        found = [(due, timer) for due, timer in open_ if due is not None and due <= until]
        return min(found, key=lambda pair: pair[0], default=None)


@dataclass
class Night:
    """A group, its people, and Backfill."""

    server: BotApiServer
    made: Backfill
    ticker: Ticker
    group: Group
    folder: Path
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str, *, known: bool = True) -> Person:
        """Somebody in the group; `known` has written to the bot before."""
        if name not in self.people:
            self.people[name] = self.server.user(len(self.people) + 1, name)
            if known:
                self.people[name]._open(self.people[name].chat)
        return self.people[name]

    def persons(self, *names: str) -> list[Person]:
        return [self.person(name) for name in names]

    async def passes(self, seconds: float) -> None:
        """Step by step: whoever wakes has done what there is to do before time goes on."""
        clock = self.made.clock
        until = clock.at + round(seconds * 1000)
        await self.server.idle()
        while (ringing := self.ticker.due(until)) is not None:
            at, timer = ringing
            clock.at = max(clock.at, at)
            timer.set_result(None)
            await self.server.idle()
        clock.at = until

    async def restart(self, seconds: float) -> None:
        """The process ends, and another begins that much later on the same database."""
        await self.server.idle()
        await self.made.stop()
        self.made.clock.forward(round(seconds * 1000))
        self.group.chat.tell(f"(Backfill is restarted and gone for {seconds:g} seconds)")
        await self.made.start()
        await self.server.idle()

    @property
    def quizzes(self) -> QuizMaster:
        return self.made.quizzes

    @property
    def time(self) -> SimpleNamespace:
        """As `tests.quiz.learners` asks for it."""
        return SimpleNamespace(now=self.made.clock.at)

    # --- what is stored ------------------------------------------------------------------------------------------

    async def quiz(self, name: str = "") -> Quiz:
        """A quiz as stored, the group's latest unless named; its log must add up to it."""
        quiz = name or await self.latest()
        found, log = await self.made.quizzes._book.read(
            lambda _turn, quizzes: (quizzes.find(quiz, moving=False), quizzes.log(quiz))
        )
        assert found is not None
        assert replay(quiz, log) == found
        return found

    async def latest(self) -> str:
        """The open quiz, or the one whose buttons stand lowest."""
        if posted := await self.quizzes.posted("telegram"):
            return posted[-1].quiz
        ids = [
            button["callback_data"].split(".")[2]
            for message in self.group.messages
            for button in message.buttons
            if button.get("callback_data", "").startswith("Q.")
        ]
        assert ids, f"no quiz on this screen:\n\n{self.group.screen}"
        return ids[-1]

    async def pressed(self, name: str = "") -> Pressed:
        quiz = name or await self.latest()
        return gather(await self.made.quizzes._book.read(lambda _turn, quizzes: quizzes.log(quiz)))

    async def asked(self) -> Question:
        question = (await self.quiz()).question
        assert question is not None
        return question

    # --- what is done --------------------------------------------------------------------------------------------

    async def starts(self, person: Person, text: str = "", *joining: Person) -> None:
        """A quiz, until its first question is open."""
        await person.says(f"/quiz {text}".rstrip(), self.group)
        for other in joining:
            other.press("Join", where=self.group)
        await self.server.idle()
        await self.passes(16)

    async def answer(self, person: Person, *, right: bool) -> str:
        """A press on the right option of the open question, or on a wrong one; only queued."""
        question = await self.asked()
        place = question.right if right else (question.right + 1) % len(question.options)
        return self.tap(person, place)

    async def answers(self, person: Person, *, right: bool) -> None:
        """Likewise, and Backfill has dealt with it."""
        await self.answer(person, right=right)
        await self.server.idle()

    def tap(self, person: Person, place: int, message: Message | None = None) -> str:
        """A press on an option of the newest question, by its position."""
        asking = [message] if message else self.group.messages
        message, found = [(one, picks) for one in asking if (picks := _picks(one))][-1]
        message.chat.tell(f"({person.account.name} presses) {found[place]['text']}")
        return person.tap(found[place]["callback_data"], message)

    # --- what the group took -------------------------------------------------------------------------------------

    def drawn(self, *methods: str, chat: int = 0) -> list[float]:
        """The instants (Unix seconds) of the calls that wrote into the group."""
        chat = chat or self.group.chat.id
        wanted = methods or DRAWING
        return [c.at for c in self.server.calls if c.method in wanted and c.params.get("chat_id") == chat]

    def assert_within_limits(self) -> None:
        """No minute had more than twenty sends and edits together, and nothing was refused."""
        for chat in {call.params.get("chat_id") for call in self.server.calls if call.method in DRAWING}:
            if isinstance(chat, int) and chat < 0:
                times = self.drawn(chat=chat)
                most = max(sum(at <= other < at + MINUTE for other in times) for at in times)
                assert most <= A_MINUTE, (chat, most)


@asynccontextmanager
async def night(
    server: BotApiServer, folder: Path, decks: Catalogue, *topics: str, basic: bool = False
) -> AsyncIterator[Night]:
    """A supergroup (a forum, if it has topics; a basic group if asked) where Mira is the admin, and Backfill in it."""
    clock = Clock()
    ticker = Ticker(clock)
    server.monotonic = clock.seconds
    server.quiet = 0.004  # what is under way is known here
    server.rates = Rates(per_group_a_minute=A_MINUTE)
    async with backfill(server, folder, decks, clock=clock, wait=ticker.wait) as made:
        ticker.quizzes.append(made)
        server.busy.append(ticker.busy)
        group = server.group(-5, "Study") if basic else server.supergroup(PLACE, "Study", *topics)
        group.chat.admins = [99]
        server.user(99, "Olga")
        yield Night(server, made, ticker, group, folder)
        await server.idle()
    assert server.unanswered == []
    assert server.lost_formatting == []
    assert check(folder / "backfill.db") == []


def _picks(message: Message) -> list[Json]:
    """The options of a question."""
    return [button for button in message.buttons if button.get("callback_data", "").startswith("Q.a.")]


def points(quiz: Quiz, pressed: Pressed) -> dict[str, int]:
    """Seat -> right answers, counted from the log without the product's own scoring."""
    found: dict[str, set[int]] = {answer.seat: set() for answer in pressed.answers}
    for answer in pressed.answers:
        if answer.right and not any(past.void for past in quiz.past if past.number == answer.question):
            found[answer.seat].add(answer.question)
    return {seat: len(numbers) for seat, numbers in found.items()}


def shown_points(quiz: Quiz, pressed: Pressed) -> dict[str, int]:
    """Seat -> points as the results count them."""
    return {score.seat: score.points for score in scores(quiz, pressed)}
