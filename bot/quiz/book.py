"""The quizzes' side of the store: each call is one transaction, or a few bounded ones, around the pure core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from bot.core.clock import study_day
from bot.core.model import Account, TutorError
from bot.core.ports import Clock, Store, Turn
from bot.core.quiz import words
from bot.core.quiz.actions import Tick, Wake
from bot.core.quiz.board import Weak, weakest
from bot.core.quiz.choose import Supply, choose
from bot.core.quiz.clock import due_at
from bot.core.quiz.desk import SILENT, QuizOutcome, Upcoming
from bot.core.quiz.fold import Pressed, begin, gather, move_id, seat_of
from bot.core.quiz.keep import Standing, span, zone_among
from bot.core.quiz.lay import Stepped, take
from bot.core.quiz.model import Ending, Opened, Person, Place, Player, Quiz, Stage
from bot.core.quiz.moves import Moved, finish, rehouse
from bot.core.quiz.options import Options, Order
from bot.core.quiz.ports import Quizzes
from bot.core.quiz.results import scores
from bot.core.quiz.screens import Scene
from bot.core.quiz.source import Part, parts, titles
from bot.core.reply import Reply
from decks.model import Catalogue
from scheduler.schedule import retrievability

WEEK = 7 * 86_400_000  # ms
LONG_AGO = 90 * 86_400_000  # ms: what was missed before that is not replayed
CARDS_AT_ONCE = 500  # of which one turn reads the progress

Found = TypeVar("Found")


class Took(Struct, frozen=True):
    """What one action did."""

    outcome: QuizOutcome
    quiz: str = ""  # the quiz it was about
    left: Quiz | None = None  # that quiz as its moves have left it


class Memories(Struct, frozen=True):
    """What a quiz's players remember of the cards it draws from: seat -> card -> 0-1, those never met left out."""

    cards: tuple[str, ...]
    recalls: dict[str, dict[str, float]]


class Book:
    """Reads and writes quizzes. `memories` of players are kept while their quiz is played: playing changes none."""

    def __init__(self, store: Store, catalogue: Callable[[], Catalogue], clock: Clock, zone: str = "UTC") -> None:
        self._store = store
        self.catalogue = catalogue
        self.clock = clock
        self._zone = zone
        self._memories: dict[str, Memories] = {}

    async def read(self, work: Callable[[Turn, Quizzes], Found]) -> Found:
        """Do some work with the quizzes in a transaction."""
        return await self.as_(Account("", ""), lambda turn: work(turn, turn.quizzes()))

    async def as_(self, account: Account, work: Callable[[Turn], Found]) -> Found:
        """Do some work in a transaction of an account's."""
        found: list[Found] = []

        def decide(turn: Turn) -> Reply:
            found.clear()
            found.append(work(turn))
            return SILENT

        await self._store.run(account, "", decide)
        return found[0]

    async def take(
        self, place: Place, person: Person | None, action: Stepped, *, quiz: str, key: str, now: int
    ) -> Took:
        """One step; where it wants the next cards they are looked for first. Raises TutorError and StoreError."""
        upcoming: tuple[Upcoming, ...] | None = None
        catalogue = self.catalogue()
        while True:
            wanted = upcoming

            def work(_turn: Turn, quizzes: Quizzes, given: tuple[Upcoming, ...] | None = wanted) -> Took:
                outcome, found = take(
                    quizzes,
                    place,
                    person,
                    action,
                    quiz=quiz,
                    key=key,
                    now=now,
                    catalogue=catalogue,
                    upcoming=given,
                )
                return Took(outcome, found.id if found else "", outcome.quiz or found)

            took = await self.read(work)
            if not took.outcome.wanting:
                return took
            upcoming = await self.upcoming(took.quiz)

    async def tick(self, quiz: Quiz) -> Took:
        """Make the moves that are due."""
        return await self.take(quiz.place, None, Tick(), quiz=quiz.id, key="", now=self.clock())

    async def wake(self, quiz: Quiz) -> Took:
        """Come back to a quiz that was open when Backfill ended."""
        now = self.clock()
        log = await self.read(lambda _turn, quizzes: quizzes.log(quiz.id))
        away = max(0, now - max((row.at for row in log), default=now))
        return await self.take(quiz.place, None, Wake(away), quiz=quiz.id, key="", now=now)

    async def open(self, quiz: str, place: Place, person: Person, options: Options, wait: int, now: int) -> Quiz:
        """Open the lobby; a quiz that this update opened before is given back. TutorError where another is open."""
        host = Player(seat=seat_of(quiz, person.account), account=person.account, name=person.name)
        opened = Opened(
            id=move_id(1),
            number=1,
            at=now,
            place=place,
            host=host.seat,
            options=options,
            deadline=now + wait * 1000,
        )

        def work(_turn: Turn, quizzes: Quizzes) -> Quiz | None:
            if (before := quizzes.find(quiz, moving=True)) is not None:
                return before
            if quizzes.here(place, moving=True) is not None:
                return None
            fresh = begin(quiz, opened)
            quizzes.save(quiz, (opened,), fresh, host, due_at(fresh))
            return fresh

        found = await self.read(work)
        if found is None:
            raise TutorError(words.ONE_HERE)
        return found

    async def move(self, platform: str, old: str, new: str) -> None:
        """Everything of a channel whose id has changed, quiz by quiz; where one is played there already, ours ends."""
        await self.read(lambda turn, quizzes: _move(turn, quizzes, platform, old, new))
        here = Place(platform, old)
        for name in await self.read(lambda _turn, quizzes: list(quizzes.quizzes_in(here))):

            def work(_turn: Turn, quizzes: Quizzes, name: str = name) -> None:
                found = quizzes.find(name, moving=True)
                if found is not None and found.place.channel == old:
                    taken = found.is_open and quizzes.here(Place(platform, new), moving=True) is not None
                    ended = finish(Moved(found), Ending.GONE, self.clock()) if taken else Moved(found)
                    moved = rehouse(ended.quiz, new, self.clock())
                    quizzes.save(name, (*ended.rows, *moved.rows), moved.quiz, None, due_at(moved.quiz))

            await self.read(work)

    async def end(self, quiz: str, ending: Ending) -> None:
        """End a quiz whatever it is doing."""

        def work(_turn: Turn, quizzes: Quizzes) -> None:
            found = quizzes.find(quiz, moving=True)
            if found is not None and found.is_open:
                moved = finish(Moved(found), ending, self.clock())
                quizzes.save(quiz, moved.rows, moved.quiz, None, 0)

        await self.read(work)

    async def scene(self, quiz: str) -> Scene:
        """What the screens of a quiz are made of. LookupError where there is none."""

        def work(_turn: Turn, quizzes: Quizzes) -> tuple[Quiz | None, Pressed, dict[str, Player], dict[str, str]]:
            return (
                quizzes.find(quiz, moving=False),
                gather(quizzes.log(quiz, presses=True)),
                dict(quizzes.players(quiz)),
                dict(quizzes.messages(quiz)),
            )

        found, pressed, players, messages = await self.read(work)
        if found is None:
            raise LookupError(quiz)
        named = titles(found.options.source, self.catalogue()) if found.options.source else ()
        scene = Scene(quiz=found, pressed=pressed, players=players, titles=named, messages=messages)
        if found.stage is not Stage.FINISHED:
            return scene
        self._memories.pop(quiz, None)
        return Scene(
            quiz=found,
            pressed=pressed,
            players=players,
            titles=named,
            messages=messages,
            turned={seat: len(cards) for seat, cards in (await self.turned(scene)).items()},
        )

    async def turned(self, scene: Scene) -> dict[str, frozenset[str]]:
        """Seat -> the cards right now that this player got wrong in quizzes of the week before, by their ids now.

        Only quizzes count: what goes wrong in somebody's own drill is nobody else's business.
        """
        right = {seat: self._now(cards) for seat, cards in _right(scene).items()}
        turned: dict[str, frozenset[str]] = {}
        for score in scores(scene.quiz, scene.pressed):
            player = scene.players.get(score.seat)
            if player is None or player.account is None or not right.get(score.seat):
                continue
            opened = scene.quiz.opened_at
            wrong = await self._missed_by(player.account, opened - WEEK, opened)
            turned[score.seat] = wrong & right[score.seat]
        return turned

    # --- weeks -----------------------------------------------------------------------------------------------------

    async def zone_of(self, place: Place) -> str:
        """The clock of a channel: that of its schedule, else of its server's, else of this process."""
        found = await self.read(lambda _turn, quizzes: quizzes.timetables(place.platform, place.server))
        return zone_among(found, place.channel, self._zone)

    async def week(self, place: Place, week: str, zone: str) -> tuple[Sequence[tuple[Standing, Player]], Weak | None]:
        """What everybody did in a channel's week, and the topic it knew least. TutorError: there is no such week."""
        first, last = span(week, zone)
        found = await self.read(lambda _turn, quizzes: quizzes.standings(place, first, last))
        answered = await self.read(lambda _turn, quizzes: quizzes.answered_here(place, first, last))
        return found, weakest(answered, self.catalogue())

    # --- what comes next -----------------------------------------------------------------------------------------

    async def upcoming(self, quiz: str) -> tuple[Upcoming, ...]:
        """The cards that come next in a quiz, chosen for whoever plays now."""
        scene = await self.scene(quiz)
        catalogue = self.catalogue()
        drawn = self.drawn(scene.quiz.options, catalogue)
        host = scene.players.get(scene.quiz.host)
        supply = Supply(
            catalogue=catalogue,
            parts=drawn,
            recalls=await self._recalls(scene, [card for part in drawn for card in part.cards]),
            missed=await self.missed(scene.quiz.options, scene.quiz.place, host.account if host else None),
        )
        return choose(scene.quiz, supply)

    def drawn(self, options: Options, catalogue: Catalogue) -> tuple[Part, ...]:
        """The parts a quiz draws from; of a source that is gone since, nothing."""
        if options.order is Order.FIXED:
            return (Part("", tuple(catalogue.renamed.get(card, card) for card in options.cards), 1.0),)
        try:
            return parts(options.source, catalogue)
        except TutorError:
            return ()

    async def missed(self, options: Options, place: Place, host: Account | None) -> frozenset[str]:
        """What the orders that ask misses again draw from, by the ids that cards have now; nothing for the others."""
        now = self.clock()
        match options.order:
            case Order.MISSED_HERE:
                return self._now(await self.read(lambda _turn, quizzes: quizzes.missed_here(place, now - LONG_AGO)))
            case Order.MISSED_BY_ME if host is not None:
                return await self._missed_by(host, now - LONG_AGO, now)
            case _:
                return frozenset()

    async def _missed_by(self, account: Account, since: int, until: int) -> frozenset[str]:
        """What somebody answered wrongly in quizzes, from whichever of their accounts."""

        def work(turn: Turn, quizzes: Quizzes) -> list[str]:
            owner = turn.links().owner(account)
            accounts = turn.links().accounts(owner.id) if owner else [account]
            return [card for one in accounts for card in quizzes.missed_by(one, since, until)]

        return self._now(await self.read(work))

    def _now(self, cards: Iterable[str]) -> frozenset[str]:
        """Cards by the ids they have now."""
        renamed = self.catalogue().renamed
        return frozenset(renamed.get(card, card) for card in cards)

    async def _recalls(self, scene: Scene, cards: list[str]) -> dict[str, dict[str, float]]:
        """Of everybody who plays; whoever has no drill has met nothing."""
        kept = self._memories.get(scene.quiz.id)
        if kept is None or kept.cards != tuple(cards):
            kept = self._memories[scene.quiz.id] = Memories(tuple(cards), {})
        playing = scene.pressed.playing(scene.quiz)
        for seat in playing:
            player = scene.players.get(seat)
            if seat not in kept.recalls and player is not None:
                kept.recalls[seat] = await self._recall(player.account, cards) if player.account else {}
        return {seat: kept.recalls[seat] for seat in playing if seat in kept.recalls}

    async def _recall(self, account: Account, cards: Sequence[str]) -> dict[str, float]:
        former = self.catalogue().former
        now = {one: card for card in cards for one in (card, *former.get(card, ()))}
        listed = list(now)
        known: dict[str, float] = {}
        for start in range(0, len(listed), CARDS_AT_ONCE):
            chunk = listed[start : start + CARDS_AT_ONCE]
            found = await self.as_(account, lambda turn, chunk=chunk: self._chances(turn, account, chunk))  # type: ignore[misc]
            for one in chunk:
                if one in found:
                    known.setdefault(now[one], found[one])  # the id it has now goes before earlier ones
        return known

    def _chances(self, turn: Turn, account: Account, cards: list[str]) -> dict[str, float]:
        learner = turn.learner(account)
        if learner is None:
            return {}
        today = study_day(self.clock(), learner.zone, learner.day_start)
        return {card: retrievability(known, today, learner.policy) for card, known in turn.progress(cards).items()}


def _move(turn: Turn, quizzes: Quizzes, platform: str, old: str, new: str) -> None:
    """What outlives a channel's quizzes, and what was settled there, unless that was settled anew since."""
    quizzes.move_place(platform, old, new)
    settled = turn.servers().find(platform, old)
    if settled is not None and turn.servers().find(platform, new) is None:
        turn.servers().save(replace(settled, external=new))


def _right(scene: Scene) -> dict[str, set[str]]:
    """Seat -> the cards that came right and count."""
    cards = {past.number: past.card for past in scene.quiz.past if not past.void}
    right: dict[str, set[str]] = {}
    for answer in scene.pressed.answers:
        if answer.right and answer.question in cards:
            right.setdefault(answer.seat, set()).add(cards[answer.question])
    return right
