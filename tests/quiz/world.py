"""Quiz nights at core level: real quizzes on a real store, channels that keep what they show, a clock the story sets.

Time passes only when the story says so, and only once everything that was under way has come to rest.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.core.actions import InQuiz
from bot.core.buttons import decode, encode
from bot.core.model import Account, TutorError
from bot.core.ports import Store, StoreError, Turn
from bot.core.quiz.actions import Open, Pick, QuizAction, Write
from bot.core.quiz.buttons import unfold
from bot.core.quiz.fold import gather, replay
from bot.core.quiz.model import Person, Place, Quiz
from bot.core.quiz.show import NotNow, PlaceGone, Show
from bot.core.reply import Button, Reply, Screen
from bot.core.tutor import Tutor
from bot.quiz.master import QuizMaster
from decks.library import Folder, Library
from decks.model import Catalogue
from storage.check import check
from storage.open import open_store
from tests.databases import migrated
from tests.shipped import shipped
from tests.stories.driver import MONDAY, drawn

EVERY = 2.0  # seconds between two drawings of a message
NONCE = 3 * 60_000  # ms in which a message sent again is known by its nonce
HERE = Place("discord", "550", "77")


class Time:
    """A clock that a story moves, and the waiting of everybody who waits by it."""

    def __init__(self, now: int) -> None:
        self.now = now
        self._waiting: dict[asyncio.Task[object], tuple[asyncio.Event, asyncio.Future[None], int | None]] = {}
        self._quiet: set[asyncio.Task[object]] = set()  # tasks that only wait for an event on another's behalf

    def __call__(self) -> int:
        return self.now

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """What `QuizMaster` waits by."""
        if event.is_set():
            return
        task = asyncio.current_task()
        assert task is not None
        timer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = None if seconds is None else self.now + round(seconds * 1000)
        setting: asyncio.Task[object] = asyncio.create_task(event.wait())
        self._quiet.add(setting)
        self._waiting[task] = (event, timer, due)
        try:
            await asyncio.wait({setting, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.pop(task, None)
            self._quiet.discard(setting)
            setting.cancel()

    def set(self, seconds: float) -> None:
        """Somebody sets the clock by so much, forward or back; whoever waits has as long to wait as before."""
        by = round(seconds * 1000)
        self.now += by
        for task, (event, timer, due) in self._waiting.items():
            self._waiting[task] = event, timer, None if due is None else due + by

    async def rest(self) -> None:
        """Until everybody else waits."""
        while self._busy():  # noqa: ASYNC110 - the store works in a thread of its own
            await asyncio.sleep(0.0005)

    async def passes(self, seconds: float) -> None:
        """Step by step: whoever wakes has done what there is to do before time goes on."""
        until = self.now + round(seconds * 1000)
        await self.rest()
        while due := [(due, timer) for _, timer, due in self._waiting.values() if due is not None and due <= until]:
            at, timer = min(due, key=lambda pair: pair[0])
            self.now = max(self.now, at)
            timer.set_result(None)
            await asyncio.sleep(0)
            await self.rest()
        self.now = until

    def _busy(self) -> bool:
        others = asyncio.all_tasks() - {asyncio.current_task()} - self._quiet  # type: ignore[operator]
        awake = [task for task in others if task not in self._waiting]
        woken = [1 for event, timer, _ in self._waiting.values() if event.is_set() or timer.done()]
        return bool(awake or woken)


class Channel:
    """A place that shows what is drawn, as text, and remembers everything that was sent and edited."""

    def __init__(self, place: Place = HERE) -> None:
        self.place = place
        self.shows: dict[str, Show] = {}  # message -> what it shows, in the order of sending
        self.drawings: list[tuple[int, Show]] = []  # (ms, show)
        self._sends: dict[tuple[str, str], tuple[int, str]] = {}
        self.gone = False
        self.shy = False  # wants a pause
        self.broken = 0  # drawings to fail

    def draw(self, show: Show, now: int) -> str:
        if self.gone:
            raise PlaceGone
        if self.shy:
            raise NotNow
        if self.broken:
            self.broken -= 1
            raise OSError("the network is down")
        message = show.message or self._sent(show, now)
        self.shows[message] = show
        self.drawings.append((now, show))
        return message

    def _sent(self, show: Show, now: int) -> str:
        """A new message, unless it is the same that was sent minutes ago: Discord tells by the nonce."""
        at, message = self._sends.get((show.quiz, show.slot), (0, ""))
        if now - at > NONCE or not message:
            message = f"m{len(self.shows) + 1}"
            self._sends[show.quiz, show.slot] = (now, message)
        return message

    @property
    def show(self) -> Show:
        """The newest message."""
        return list(self.shows.values())[-1]

    @property
    def screen(self) -> str:
        return shown(self.show)

    @property
    def quiz(self) -> str:
        return self.show.quiz

    @property
    def sends(self) -> int:
        return len(self.shows)


class Faulty:
    """A store that fails as often as `failing` says before it works again."""

    def __init__(self, store: Store, failing: int = 0) -> None:
        self._store = store
        self.failing = failing
        self.close = store.close

    async def run(self, account: Account, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        if self.failing:
            self.failing -= 1
            raise StoreError("The disk is full.")
        return await self._store.run(account, key, decide)


class Night:
    """One database, one process and some channels. Use as `async with Night(tmp_path) as night`."""

    def __init__(self, folder: Path, decks: dict[str, str] | None = None, *, at: int = MONDAY) -> None:
        self.time = Time(at)
        self.folder = folder
        self.database: str | Path = migrated(folder / "quiz.db")
        self.failing_at_the_start = 0
        self.transcript: list[str] = []
        self.channels: dict[str, Channel] = {HERE.channel: Channel()}
        self._chance = random.Random(8)
        self._key = 0
        if decks is not None:
            (folder / "decks").mkdir(exist_ok=True)
            for name, text in decks.items():
                (folder / "decks" / f"{name}.md").write_text(text)
        self.library = shipped() if decks is None else Library([Folder(folder / "decks", "own")])
        assert self.library.errors == ()

    @property
    def here(self) -> Channel:
        return self.channels[HERE.channel]

    @property
    def catalogue(self) -> Catalogue:
        return self.library.current

    async def __aenter__(self) -> Night:
        await self._start()
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self.time.rest() if kind is None else None
        await self.stop()
        if kind is None and isinstance(self.database, Path):
            assert check(self.database) == []

    async def _start(self) -> None:
        self.store = Faulty(await open_store(self.database, clock=self.time), self.failing_at_the_start)
        self.tutor = Tutor(self.store, lambda: self.catalogue, self.time, chance=self.chance)
        self.quizzes = QuizMaster(
            self.store, lambda: self.catalogue, self.time, chance=self.chance, wait=self.time.wait
        )
        await self.quizzes.serve("discord", self._draw, every=EVERY)

    async def stop(self) -> None:
        await self.quizzes.close()
        await self.store.close()

    async def restart(self, seconds: float) -> None:
        """The process ends, and another begins that much later on the same database."""
        await self.time.rest()
        await self.stop()
        self.time.now += round(seconds * 1000)
        self.transcript += [f"> (Backfill is restarted and gone for {seconds:g} seconds)", ""]
        await self._start()
        await self.time.rest()

    async def _draw(self, show: Show) -> str:
        channel = self.channels.setdefault(show.place.channel, Channel(show.place))
        message = channel.draw(show, self.time.now)
        verb = "edits" if show.message else "sends"
        self.transcript += [f"  ({verb} {show.slot})", shown(show), ""]
        return message

    def chance(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"

    def key(self) -> str:
        self._key += 1
        return f"k{self._key}"

    def player(self, name: str, *, manages: bool = False, channel: str = HERE.channel) -> Player:
        return Player(self, name, manages=manages, place=Place("discord", channel, "77"))

    def players(self, names: Sequence[str]) -> list[Player]:
        return [self.player(name) for name in names]

    async def passes(self, seconds: float) -> None:
        self.transcript += [f"> ({seconds:g} seconds pass)", ""]
        await self.time.passes(seconds)

    async def quiz(self, quiz: str = "") -> Quiz:
        """A quiz as stored; its log must add up to it."""
        name = quiz or self.here.quiz
        found, log = await self.quizzes._book.read(  # the stories look behind the door
            lambda _turn, quizzes: (quizzes.find(name, moving=False), quizzes.log(name))
        )
        assert found is not None
        assert replay(name, log) == found
        return found

    async def pressed(self, quiz: str = ""):
        name = quiz or self.here.quiz
        return gather(await self.quizzes._book.read(lambda _turn, quizzes: quizzes.log(name)))


class Player:
    """One person in a channel."""

    def __init__(self, night: Night, name: str, *, manages: bool, place: Place) -> None:
        self.night = night
        self.place = place
        self.account = Account("discord", f"id-{name.lower()}")
        self.person = Person(account=self.account, name=name, manages=manages)
        self.reply = Reply(screen=Screen.NOTICE, body=())

    @property
    def channel(self) -> Channel:
        return self.night.channels[self.place.channel]

    @property
    def screen(self) -> str:
        return drawn(self.reply)

    async def does(self, action: QuizAction, *, key: str = "", quiet: bool = False) -> Reply:
        """An action; what was refused reads like what was said."""
        try:
            self.reply = await self.night.quizzes.handle(self.place, self.person, action, key or self.night.key())
        except TutorError as told:
            self.reply = Reply(screen=Screen.NOTICE, body=(), toast=str(told))
        assert len(self.reply.toast) <= 200, self.reply.toast
        if not quiet and (self.reply.body or self.reply.toast):
            self.night.transcript += [f"  (only {self.person.name} sees)", self.screen, ""]
        return self.reply

    async def starts(self, text: str = "") -> Reply:
        self.night.transcript += [f"> {self.person.name} types /quiz {text}".rstrip(), ""]
        reply = await self.does(Open(text))
        await self.night.time.rest()
        return reply

    async def presses(self, label: str, *, private: bool = False) -> Reply:
        """The button whose label begins so, on the newest message or on the private one, through its payload."""
        self.night.transcript += [f"> {self.person.name} presses {label}", ""]
        pressed = decode(encode(self.button(label, private=private).action))
        assert isinstance(pressed, InQuiz)
        return await self.does(unfold(pressed))

    async def types(self, text: str) -> Reply:
        self.night.transcript += [f"> {self.person.name} answers {text!r}", ""]
        return await self.does(Write(text))

    async def answers(self, *, right: bool, quiet: bool = True) -> Reply:
        """The right option of the open question, or a wrong one."""
        quiz = await self.night.quiz(self.channel.quiz)
        asked = quiz.question
        assert asked is not None
        option = asked.right if right else (asked.right + 1) % len(asked.options)
        return await self.does(Pick(quiz.id, asked.number, option), quiet=quiet)

    def button(self, label: str, *, private: bool = False) -> Button:
        rows = self.reply.rows if private else self.channel.show.reply.rows
        found = [button for row in rows for button in row if button.label.startswith(label)]
        assert found, f"no button {label!r} on:\n{self.screen if private else self.channel.screen}"
        return found[0]


def shown(show: Show) -> str:
    """A message as text."""
    body = drawn(Reply(screen=show.reply.screen, body=show.reply.body))
    timing = f"{show.timing.label} at {show.timing.at // 1000 % 3600}" if show.timing else ""
    line = " · ".join(part for part in (timing, show.crowd) if part)
    below = drawn(Reply(screen=show.reply.screen, body=show.foot, rows=show.reply.rows))
    return "\n".join(part for part in (body, line, below) if part)
