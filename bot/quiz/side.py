"""What people ask beside the game: hints, sources, their result, cards for their drill, boards, saved quizzes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from bot.core.clock import wall_time
from bot.core.model import Account, Change, Learner, TutorError
from bot.core.ports import Turn
from bot.core.quiz import private, words
from bot.core.quiz.actions import (
    Board,
    DrillMisses,
    Hide,
    KeepSeparate,
    LetHost,
    MyResult,
    PostBoard,
    QuizAction,
    Save,
    Schedule,
    SetDecks,
    ShowHint,
    ShowOptions,
    ShowSaved,
    ShowSetup,
    ShowSource,
    ToDrill,
    Unschedule,
)
from bot.core.quiz.board import board
from bot.core.quiz.buttons import button
from bot.core.quiz.choose import can_be_asked
from bot.core.quiz.command import read
from bot.core.quiz.evidence import want
from bot.core.quiz.export import export
from bot.core.quiz.fold import quiz_id, row_id, seat_of
from bot.core.quiz.keep import (
    MOST_SAVED,
    MOST_TIMETABLES,
    Saved,
    Timetable,
    kept_name,
    known_zone,
    next_due,
    read_when,
    said,
    span,
    week_at,
)
from bot.core.quiz.model import Asked, Person, Place, Quiz, Stage
from bot.core.quiz.options import MOST_QUESTIONS, Options, Order
from bot.core.quiz.press import told
from bot.core.quiz.results import missed, open_disputes
from bot.core.quiz.screens import Scene
from bot.core.reply import Block, Button, Items, Line, Marker, Reply, Screen
from bot.core.spoken import plural
from bot.quiz.book import WEEK, Book
from bot.quiz.setup import Setup
from decks.model import Card
from decks.text import escape

SAVED = re.compile(r"(?<!\S)saved:(\S+)", re.IGNORECASE)


class Side:
    """Answers in private. `rang` is told which platform has another timetable."""

    def __init__(
        self, book: Book, setup: Setup, chance: Callable[[], str], zone: str, rang: Callable[[str], None]
    ) -> None:
        self._book = book
        self._setup = setup
        self._chance = chance
        self._zone = zone
        self._rang = rang

    async def handle(self, place: Place, person: Person, action: QuizAction, key: str) -> Reply:
        """Everything that neither moves a quiz nor plays it."""
        match action:
            case ShowHint(quiz=quiz, question=number):
                return private.hint((await self.scene(place, quiz)).quiz, number)
            case ShowSource(quiz=quiz, question=number):
                return private.source(await self._card(place, quiz, number))
            case ToDrill(quiz=quiz, question=number):
                return await self._to_drill(place, person, quiz, number)
            case DrillMisses(quiz=quiz):
                return await self._to_drill(place, person, quiz, 0)
            case MyResult(quiz=quiz):
                return await self._my_result(place, person, quiz)
            case Board():
                return await self._board(place, action)
            case PostBoard(quiz=quiz, on=on):
                return await self._post_board(place, person, quiz, on)
            case Hide(hidden=hidden):
                await self._book.read(lambda _turn, quizzes: quizzes.set_hidden(person.account, hidden=hidden))
                return told(words.HIDDEN if hidden else words.SHOWN)
            case KeepSeparate(separate=separate):
                return await self._separate(person.account, separate)
            case Save(name=name):
                return await self._save(place, person, name)
            case ShowSaved():
                return await self._shelf(place)
            case Schedule():
                return await self._schedule(place, person, action, key)
            case Unschedule(schedule=schedule):
                return await self._unschedule(place, person, schedule)
            case ShowSetup() | LetHost() | SetDecks():
                return await self._setup.handle(place, person, action)
            case _:
                raise TutorError(words.UNREADABLE)

    # --- what a quiz is made from --------------------------------------------------------------------------------

    async def options(self, place: Place, person: Person, text: str) -> Options:
        """The options of a line after /quiz. TutorError names what is unknown, or that nothing can be asked now."""
        options, cards = await self._read(place, text)
        wrong = await self._book.missed(options, place, person.account)
        if options.order in words.NOT_MISSED and wrong.isdisjoint(cards):
            raise TutorError(words.NOT_MISSED[options.order])
        return options

    async def _read(self, place: Place, text: str) -> tuple[Options, list[str]]:
        """(options, the cards that they draw from)."""
        catalogue = self._book.catalogue()
        base = await self._setup.options(place)
        found = SAVED.search(text)
        if found:
            base = await self._loaded(place, found[1])
            text = SAVED.sub("", text, count=1)
        options = read(text, catalogue, base)
        cards = [card for part in self._book.drawn(options, catalogue) for card in part.cards]
        if not any(can_be_asked(catalogue.cards[card], options) for card in cards if card in catalogue.cards):
            raise TutorError("No card of these can be asked this way. Try answers:typed, or other decks.")
        return options, cards

    async def scene(self, place: Place, quiz: str) -> Scene:
        """The quiz a button names, or the latest of the place."""
        if not quiz:
            latest = await self._book.read(lambda _turn, quizzes: quizzes.latest(place))
            quiz = latest.id if latest else ""
        try:
            scene = await self._book.scene(quiz)
        except LookupError:
            raise TutorError(words.NONE_HERE) from None
        if (scene.quiz.place.platform, scene.quiz.place.channel) != (place.platform, place.channel):
            raise TutorError(words.NONE_HERE)
        return scene

    async def export(self, place: Place, person: Person) -> tuple[str, str]:
        """The latest quiz as (file name, CSV)."""
        scene = await self.scene(place, "")
        self._hosts(scene.quiz, person)
        day = wall_time(scene.quiz.opened_at, self._zone).date()
        return f"quiz-{day.isoformat()}.csv", export(scene)

    async def names(self, place: Place) -> tuple[str, ...]:
        """The names of a server's saved quizzes."""
        return tuple(one.name for one in await self._saved(place))

    # --- questions -----------------------------------------------------------------------------------------------

    async def _card(self, place: Place, quiz: str, number: int) -> Card:
        """A question's card as it was shown, once its answer is out."""
        scene = await self.scene(place, quiz)
        if number not in {past.number for past in scene.quiz.past}:
            raise TutorError(words.NOT_ANSWERED_YET)
        log = await self._book.read(lambda _turn, quizzes: quizzes.log(scene.quiz.id))
        return next(row.question.card for row in log if isinstance(row, Asked) and row.question.number == number)

    async def _my_result(self, place: Place, person: Person, quiz: str) -> Reply:
        scene = await self.scene(place, quiz)
        seat = seat_of(scene.quiz.id, person.account)
        turned = (await self._book.turned(scene)).get(seat, frozenset())
        renamed = self._book.catalogue().renamed
        briefs = [past.brief for past in scene.quiz.past if renamed.get(past.card, past.card) in turned]
        until = scene.quiz.opened_at
        best = await self._book.read(lambda _turn, quizzes: quizzes.best_of(person.account, until))
        return private.my_result(scene.quiz, scene.pressed, seat, briefs, best)

    async def disputed(self, place: Place, person: Person, quiz: str, key: str) -> tuple[Account, Reply] | None:
        """Whom to show what, once the update `key` of this person was handled; see `QuizMaster.disputed`."""
        played = await self._book.read(lambda _turn, quizzes: quizzes.here(place, moving=False))
        scene = await self.scene(place, quiz or (played.id if played else ""))
        row, host = row_id(person.account, key), scene.players.get(scene.quiz.host)
        new = next((one for one in scene.pressed.disputes if one.id == row), None)
        if new is None or host is None or host.account is None:
            return None
        first = next(one for one in scene.pressed.disputes if one.question == new.question)
        if first is not new or new not in open_disputes(scene.quiz, scene.pressed):
            return None
        return host.account, private.disputes(scene.quiz, scene.pressed, scene.players)

    # --- one's own drill -----------------------------------------------------------------------------------------

    async def _to_drill(self, place: Place, person: Person, quiz: str, number: int) -> Reply:
        """One question's card, or with 0 all that this player missed."""
        scene = await self.scene(place, quiz)
        seat = seat_of(scene.quiz.id, person.account)
        wrong = missed(scene.quiz, scene.pressed, seat)
        chosen = [past for past in scene.quiz.past if past.number == number] if number else wrong
        if not chosen:
            raise TutorError(words.NOT_ANSWERED_YET if number else words.NOTHING_MISSED)
        catalogue = self._book.catalogue()
        briefs = {catalogue.renamed.get(past.card, past.card): past.brief for past in chosen}
        briefs = {card: brief for card, brief in briefs.items() if card in catalogue.cards}
        if not briefs:
            raise TutorError(words.NO_CARDS_LEFT)
        now = self._book.clock()

        def work(turn: Turn) -> tuple[str, ...]:
            learner = self._enrolled(turn, person.account, now)
            return want(turn, learner, scene.quiz.id, tuple(briefs), catalogue.former, now)

        added = await self._book.as_(person.account, work)
        return private.drilled([briefs[card] for card in added]) if added else told(words.IN_DRILL_ALREADY)

    async def _separate(self, account: Account, separate: bool) -> Reply:
        now = self._book.clock()

        def work(turn: Turn) -> None:
            learner = self._enrolled(turn, account, now)
            if learner.separate != separate:
                turn.save(Change(learner=replace(learner, separate=separate)), ())

        await self._book.as_(account, work)
        sentence = words.KEPT_SEPARATE if separate else words.KEPT_TOGETHER
        other = button(words.COUNT_AGAIN, KeepSeparate(False)) if separate else None
        return replace(told(sentence), rows=((other,),) if other else ())

    def _enrolled(self, turn: Turn, account: Account, now: int) -> Learner:
        """Whoever the account belongs to; asking for something of one's own makes a stranger a learner."""
        known = turn.learner(account)
        if known is not None:
            return known
        learner = Learner(id=str(uuid.UUID(hex=self._chance(), version=4)), created_at=now, zone=self._zone)
        turn.enrol(account, learner)
        return learner

    # --- boards --------------------------------------------------------------------------------------------------

    async def _board(self, place: Place, action: Board) -> Reply:
        back = max(0, min(action.back, 520))
        zone = await self._book.zone_of(place)
        week = action.week or week_at(self._book.clock() - back * WEEK, zone)
        found, weak = await self._book.week(place, week, zone)
        return board(week, found, action, weak)

    async def weak(self, place: Place, week: str) -> Options:
        """The options of a quiz on what the channel knew least in a week. TutorError: it missed nothing."""
        zone = await self._book.zone_of(place)
        _, weak = await self._book.week(place, week, zone)
        if weak is not None:
            return Options(source=weak.deck)
        first, last = span(week, zone)
        wrong = await self._book.read(lambda _turn, quizzes: quizzes.answered_here(place, first, last))
        renamed, known = self._book.catalogue().renamed, self._book.catalogue().cards
        missed_ = (renamed.get(card, card) for card, right, of in wrong if right < of)
        cards = tuple(card for card in missed_ if card in known)[:MOST_QUESTIONS]
        if not cards:
            raise TutorError(words.NOTHING_WEAK)
        return Options(order=Order.FIXED, cards=cards, questions=min(len(cards), Options().questions))

    async def _post_board(self, place: Place, person: Person, quiz: str, on: bool) -> Reply:
        played = (await self.scene(place, quiz)).quiz
        self._hosts(played, person)
        await self._book.read(lambda _turn, quizzes: quizzes.set_posts_board(place, on=on))
        row = [button(words.BOARD_OFF if on else words.BOARD_ON, PostBoard(quiz, not on))]
        if played.stage is Stage.LOBBY:
            row.append(button(words.OPTIONS, ShowOptions(quiz)))
        return replace(told(words.POSTED_FROM_NOW if on else words.NOT_POSTED), rows=(tuple(row),))

    # --- saved and scheduled -------------------------------------------------------------------------------------

    async def _save(self, place: Place, person: Person, name: str) -> Reply:
        kept = kept_name(name)
        scene = await self.scene(place, "")
        self._hosts(scene.quiz, person)
        cards = tuple(past.card for past in scene.quiz.past if not past.void)
        if not cards:
            raise TutorError(words.NOT_STARTED)
        options = replace(scene.quiz.options, order=Order.FIXED, cards=cards, questions=len(cards), role="", saved="")
        others = await self._saved(place)
        if len(others) >= MOST_SAVED and kept not in {one.name for one in others}:
            raise TutorError(f"A server keeps {MOST_SAVED} quizzes. Save over one of them.")
        saved = Saved(name=kept, options=options, at=self._book.clock())
        await self._book.read(lambda _turn, quizzes: quizzes.set_saved(place.platform, place.server, saved))
        return told(f"Saved. /quiz saved:{escape(kept)} asks the same {plural(len(cards), 'question')}.")

    async def _loaded(self, place: Place, name: str) -> Options:
        others = await self._saved(place)
        found = next((one for one in others if one.name == name.casefold()), None)
        if found is None:
            there = ", ".join(escape(one.name) for one in others[:10])
            hint = f" There is: {there}." if there else " None is saved yet. The host can save one after its end."
            raise TutorError(f"No quiz is saved as “{escape(name[:40])}”.{hint}")
        return replace(found.options, saved=found.name)

    async def _shelf(self, place: Place) -> Reply:
        saved, timetables = await self._saved(place), await self._timetables(place)
        body: list[Block] = [Line("**Saved quizzes**")]
        if not saved:
            body.append(Line("None yet. Whoever starts a quiz can save it by name after its end."))
        listed = tuple(f"{escape(one.name)}: {plural(len(one.options.cards), 'question')}" for one in saved)
        scheduled = tuple(f"{said(one)}: /quiz {escape(one.text)}".rstrip() for one in timetables)
        rows: list[tuple[Button, ...]] = [
            (button(f"Stop {place_ + 1}", Unschedule(one.id)),) for place_, one in enumerate(timetables)
        ]
        blocks = [*body, *([Items(listed)] if listed else [])]
        if scheduled:
            blocks += [Line("**Scheduled**"), Items(scheduled, Marker.NUMBER)]
        return Reply(screen=Screen.SETTINGS, body=tuple(blocks), rows=tuple(rows))

    async def _schedule(self, place: Place, person: Person, action: Schedule, key: str) -> Reply:
        self._manages(person)
        days, minute = read_when(action.when)
        await self._read(place, action.text)
        zone = known_zone(action.zone) if action.zone else await self._book.zone_of(place)
        if len(await self._timetables(place)) >= MOST_TIMETABLES:
            raise TutorError(f"A server has at most {MOST_TIMETABLES} schedules. Stop one first.")
        account = person.account
        timetable = Timetable(
            id=quiz_id(f"timetable\n{place.platform}\n{place.channel}", f"{account.external}\n{key}"),
            place=place,
            text=" ".join(action.text.split()),
            days=days,
            minute=minute,
            zone=zone,
            due_at=next_due(days, minute, zone, self._book.clock()),
            host=person.name,
            account=(account.platform, account.external),
        )
        await self._book.read(lambda _turn, quizzes: quizzes.set_timetable(timetable))
        self._rang(place.platform)
        return told(f"A quiz starts here {said(timetable)}. Its lobby opens then, for five minutes.")

    async def _unschedule(self, place: Place, person: Person, schedule: str) -> Reply:
        self._manages(person)
        await self._book.read(lambda _turn, quizzes: quizzes.drop_timetable(place.platform, place.server, schedule))
        return told("It will not start any more.")

    async def _saved(self, place: Place) -> Sequence[Saved]:
        return await self._book.read(lambda _turn, quizzes: quizzes.saved(place.platform, place.server))

    async def _timetables(self, place: Place) -> Sequence[Timetable]:
        return await self._book.read(lambda _turn, quizzes: quizzes.timetables(place.platform, place.server))

    def _hosts(self, quiz: Quiz, person: Person) -> None:
        if not person.manages and seat_of(quiz.id, person.account) != quiz.host:
            raise TutorError(words.NOT_HOST)

    def _manages(self, person: Person) -> None:
        if not person.manages:
            raise TutorError("Only moderators schedule quizzes.")
