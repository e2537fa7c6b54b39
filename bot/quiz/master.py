"""The quizzes' one door: presses and commands in, private replies out; channels are drawn through what is served.

quizzes = QuizMaster(store, catalogue, clock)
await quizzes.serve("discord", draw, every=2.0)     # resumes what was open
reply = await quizzes.handle(place, person, action, key)
await quizzes.close()
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog
from msgspec.structs import replace

from bot.core.model import Account, TutorError
from bot.core.ports import Clock, Store, StoreError, Turn
from bot.core.quiz import words
from bot.core.quiz.actions import Open, QuizAction, QuizIt, ReplayMisses, SameAgain, Unread
from bot.core.quiz.desk import SILENT
from bot.core.quiz.fold import quiz_id
from bot.core.quiz.lay import Stepped
from bot.core.quiz.model import Ending, Person, Place, Quiz
from bot.core.quiz.moves import LOBBY, SECOND
from bot.core.quiz.options import Options, Order
from bot.core.quiz.ports import Quizzes
from bot.core.quiz.results import missed
from bot.core.quiz.screens import Scene
from bot.core.quiz.show import Posted
from bot.core.quiz.step import MOVES, PRESSES
from bot.core.reply import Reply
from bot.quiz.boards import Boards
from bot.quiz.book import Book
from bot.quiz.running import Draw, Running, Surface, Wait, wait_for
from bot.quiz.settle import Settler
from bot.quiz.setup import Setup
from bot.quiz.side import Side
from bot.quiz.timetable import Bell
from decks.model import Catalogue

WAIT = 15  # seconds of a lobby
AGAIN = 5.0  # seconds until a store that could not be read at the start is tried again
CLOCK_STEP = 1000  # ms: a clock further behind the last press than this was set

_log = structlog.get_logger(__name__)


class QuizMaster:
    """Runs every quiz of this process. `wait` waits for an event or for seconds to pass; tests pass their own."""

    def __init__(
        self,
        store: Store,
        catalogue: Callable[[], Catalogue],
        clock: Clock,
        *,
        chance: Callable[[], str] = lambda: secrets.token_hex(16),
        zone: str = "UTC",
        wait: Wait = wait_for,
    ) -> None:
        self._book = Book(store, catalogue, clock, zone)
        self._settler = Settler(self._book)
        self._setup = Setup(self._book)
        self._side = Side(self._book, self._setup, chance, zone, self._rang)
        self._clock = clock
        self._wait = wait
        self._last = 0  # when the last press was received
        self._surfaces: dict[str, Surface] = {}
        self._running: dict[str, Running] = {}
        self._bells: dict[str, Bell] = {}
        self._boards: dict[str, Boards] = {}

    # --- people --------------------------------------------------------------------------------------------------

    async def handle(self, place: Place, person: Person, action: QuizAction, key: str) -> Reply:
        """Do what somebody asks in a channel; what they alone are told, after the commit.

        `key` is the platform's id of this update: handled again it changes nothing. Raises TutorError with a sentence
        for whoever asked, and StoreError when nothing could be saved.
        """
        now = self._received()
        match action:
            case Open(text=text, wait=wait):
                options = await self._side.options(place, person, text)
                return await self._open(place, person, options, key, wait, now)
            case SameAgain(quiz=quiz) | ReplayMisses(quiz=quiz):
                options = await self._again(place, quiz, misses=isinstance(action, ReplayMisses))
                return await self._open(place, person, options, key, WAIT, now)
            case QuizIt(week=week):
                options = await self._side.weak(place, week)
                return await self._open(place, person, options, key, WAIT, now)
            case Unread():
                raise TutorError(words.UNREADABLE)
            case _ if isinstance(action, (*MOVES, *PRESSES)):
                return await self._step(place, person, action, key, now)
            case _:
                return await self._side.handle(place, person, action, key)

    async def export(self, place: Place, person: Person) -> tuple[str, str]:
        """The channel's latest quiz as CSV: (file name, text). For its host and moderators; TutorError otherwise."""
        return await self._side.export(place, person)

    async def disputed(self, place: Place, person: Person, quiz: str, key: str) -> tuple[Account, Reply] | None:
        """Whom to show what, after this person's update `key` disputed a question; `quiz` as the press named it.

        That is the host, with the disputes that are open; once for each question, so that nobody can flood them. None:
        nothing was disputed, it was not the first of its question, or the host was deleted. Raises StoreError.
        """
        return await self._side.disputed(place, person, quiz, key)

    async def saved(self, place: Place) -> tuple[str, ...]:
        """The names of the quizzes that a place's server has saved, for completion."""
        return await self._side.names(place)

    def _received(self) -> int:
        """The instant of a press (ms): no two are the same, so that who was first is never left to chance."""
        now = self._clock()
        behind = self._last - now
        self._last = self._last + 1 if 0 <= behind < CLOCK_STEP else now
        return self._last

    async def _step(self, place: Place, person: Person, action: Stepped, key: str, now: int) -> Reply:
        quiz = str(getattr(action, "quiz", ""))
        try:
            took = await self._book.take(place, person, action, quiz=quiz, key=key, now=now)
        except TutorError:
            if quiz in self._running:  # what comes too late may be the first to meet a clock that was set
                self._running[quiz].stir()
            raise
        if took.quiz in self._running:
            self._running[took.quiz].stir()
        elif took.outcome.rows and took.left is not None and not took.left.is_open:
            self._run(took.left)  # its results are drawn again, its evidence follows
        return took.outcome.reply

    async def _open(self, place: Place, person: Person, options: Options, key: str, wait: int, now: int) -> Reply:
        if not person.manages and await self.only_managers_host(place):
            raise TutorError(words.MAY_NOT_HOST)
        quiz = quiz_id(f"{place.platform}\n{place.channel}", f"{person.account.external}\n{key}")
        opened = await self._book.open(quiz, place, person, options, wait, now)
        if opened.is_open:
            self._run(opened)
        return SILENT

    async def _again(self, place: Place, quiz: str, *, misses: bool) -> Options:
        scene = await self._scene(place, quiz)
        options = scene.quiz.options
        if not misses:
            return replace(options, role="")  # whoever presses may not mention it themselves
        cards = tuple(past.card for past in missed(scene.quiz, scene.pressed))
        if not cards:
            raise TutorError(words.NOBODY_MISSED)
        return Options(
            order=Order.FIXED,
            cards=cards,
            questions=len(cards),
            window=options.window,
            host_paced=options.host_paced,
            answers=options.answers,
            play=options.play,
            hints=options.hints,
            skipping=options.skipping,
        )

    async def _scene(self, place: Place, quiz: str) -> Scene:
        return await self._side.scene(place, quiz)

    # --- channels ------------------------------------------------------------------------------------------------

    async def serve(self, platform: str, draw: Draw, *, every: float) -> tuple[Posted, ...]:
        """Draw a platform's quizzes from now on, and go on with those that were open when Backfill ended: these.

        A store that fails is asked again until it answers, or until `unserve`.
        """
        surface = self._surfaces[platform] = Surface(draw, every)
        self._bells[platform] = Bell(platform, self._book, self._ring, draw, self._clock, self._wait)
        self._boards[platform] = Boards(platform, self._book, draw, self._clock, self._wait)
        while not surface.closed.is_set():
            try:
                return await self._resume(platform)
            except StoreError as error:
                _log.error("quiz.not_resumed", platform=platform, error=str(error), kind=type(error).__name__)
                await self._wait(surface.closed, AGAIN)
        return ()

    async def unserve(self, platform: str) -> None:
        """Draw nothing of a platform any more; its quizzes stay open in the store."""
        surface = self._surfaces.pop(platform, None)
        if surface is not None:
            surface.closed.set()
            await self._bells.pop(platform).stop()
            await self._boards.pop(platform).stop()
        for quiz, running in list(self._running.items()):
            if running.quiz.place.platform == platform:
                del self._running[quiz]
                await running.stop()

    async def _resume(self, platform: str) -> tuple[Posted, ...]:
        """Wake what was open, and show and settle what had ended; what runs already is left alone."""

        def work(_turn: Turn, quizzes: Quizzes) -> tuple[list[Quiz], list[Quiz]]:
            return list(quizzes.open_on(platform)), list(quizzes.unsettled(platform))

        opened, ended = await self._book.read(work)
        for quiz in opened:
            if quiz.id not in self._running:
                self._run((await self._book.wake(quiz)).outcome.quiz or quiz)
        for quiz in ended:
            self._run(quiz)
        return await self.posted(platform)

    async def close(self) -> None:
        """Stop every clock. Whatever was open is resumed by the next `serve`."""
        for platform in list(self._surfaces):
            await self.unserve(platform)

    async def moved(self, platform: str, old: str, new: str) -> None:
        """A channel has another id now (Telegram makes groups supergroups)."""
        await self._book.move(platform, old, new)
        for running in self._running.values():
            if running.quiz.place.platform == platform:
                running.stir()

    async def leave(self, platform: str, channel: str) -> None:
        """A channel is gone, or cannot be written to any more: its quiz ends, with its results kept."""
        place = Place(platform, channel)
        quiz = await self._book.read(lambda _turn, quizzes: quizzes.here(place, moving=False))
        if quiz is not None:
            await self.gone(quiz.id)

    async def posted(self, platform: str) -> tuple[Posted, ...]:
        """A platform's open quizzes."""

        def work(_turn: Turn, quizzes: Quizzes) -> tuple[Posted, ...]:
            opened = quizzes.open_on(platform)
            return tuple(
                Posted(place=one.place, quiz=one.id, messages=dict(quizzes.messages(one.id))) for one in opened
            )

        return await self._book.read(work)

    async def place_of(self, quiz: str) -> Place | None:
        """Where a quiz is played, for what is pressed elsewhere: a private answer's buttons. None: there is no such."""
        found = await self._book.read(lambda _turn, quizzes: quizzes.find(quiz, moving=False))
        return found.place if found else None

    async def only_managers_host(self, place: Place) -> bool:
        """Whether only those who moderate a place may start quizzes there, by /setup."""
        return await self._setup.only_managers_host(place)

    async def options_of(self, quiz: str) -> Options | None:
        """How a quiz is played, for what a platform lists by itself. None: there is no such quiz."""
        found = await self._book.read(lambda _turn, quizzes: quizzes.find(quiz, moving=False))
        return found.options if found else None

    # --- what a running quiz asks --------------------------------------------------------------------------------

    async def look(self, quiz: str) -> Scene:
        """Make the moves that are due; how the quiz stands now."""
        scene = await self._book.scene(quiz)
        took = await self._book.tick(scene.quiz)
        return await self._book.scene(quiz) if took.outcome.rows else scene

    async def drawn(self, quiz: str, slot: str, message: str) -> None:
        """Keep which message shows a slot."""
        await self._book.read(lambda _turn, quizzes: quizzes.keep_message(quiz, slot, message))

    async def gone(self, quiz: str) -> None:
        """The channel is gone: end the quiz."""
        await self._book.end(quiz, Ending.GONE)
        running = self._running.get(quiz)
        if running is not None:
            running.stir()

    async def over(self, quiz: str) -> None:
        """A quiz is over and shown: carry its evidence to the players."""
        try:
            await self._settler.settle(quiz)
            for boards in self._boards.values():
                boards.stir()
        except Exception as error:  # noqa: BLE001 - the store, or a bug: the next start settles it
            _log.error("quiz.not_settled", quiz=quiz, exc_info=error)

    def finished(self, quiz: str) -> None:
        """Nothing of a quiz is left to do."""
        del self._running[quiz]

    async def _ring(self, place: Place, person: Person, text: str, key: str) -> None:
        """A timetable's quiz starts."""
        await self.handle(place, person, Open(text, wait=LOBBY // SECOND), key)

    def _rang(self, platform: str) -> None:
        bell = self._bells.get(platform)
        if bell is not None:
            bell.stir()

    def _run(self, quiz: Quiz) -> None:
        surface = self._surfaces.get(quiz.place.platform)
        if surface is not None and quiz.id not in self._running:
            self._running[quiz.id] = Running(quiz, surface, self, self._clock, self._wait)
