"""Quizzes are played in several groups while their process is killed: every answer taken counts, once, everywhere.

Players press as soon as they see a question, each twice; Telegram brings updates more than once. The process is killed
in the middle of questions, when a quiz's results are on their way, and when its evidence is. Then each first press
that was confirmed must be in the quiz's log or was refused in words, scores must be what the players themselves would
count, each learner's log must hold their answers once, and every end must be seen. Twins without a guard fail.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from bot.core.clock import study_day
from bot.core.layout import LETTERS
from bot.core.model import Account, Evidence, LogEntry
from bot.core.ports import Turn
from bot.core.quiz.fold import Pressed, gather, replay, seat_of
from bot.core.quiz.model import Answered, Asked, Ending, Place, Quiz, QuizRow
from bot.quiz.book import Book
from decks.library import Folder, Library
from decks.model import Catalogue
from scheduler.model import Progress
from storage.check import check
from storage.open import open_store
from tests.commands import start
from tests.quiz.learners import studies

from . import quiz_child
from .processes import PATIENCE, database, settings_of
from .quiz_decks import jobs
from .quiz_night import points, shown_points
from .server import BotApiServer, Group, LostBefore, Message, Person
from .server.updates import repeated

CARDS = 12
AT_ONCE = 6  # first presses that wait for an answer while the process runs
REFUSED = ("earlier, so", "closed", "is over", "You locked in")
Met = Callable[["Club"], bool]


class Key(NamedTuple):
    """What somebody's first press was made on."""

    quiz: str
    question: int
    person: int


@dataclass
class Club:
    """One run: groups, their players, and the processes that serve them one after the other."""

    server: BotApiServer
    folder: Path
    seed: int
    way: str = "sound"
    groups: int = 2
    players: int = 6
    questions: int = 3
    again: int = 60  # updates at most that Telegram brings once more after each kill
    rooms: list[Group] = field(default_factory=list)
    people: dict[int, list[Person]] = field(default_factory=dict)  # by group
    picked: dict[Key, int] = field(default_factory=dict)  # the option of each first press
    queries: dict[Key, str] = field(default_factory=dict)
    joins: dict[int, list[str]] = field(default_factory=dict)  # by group
    started: set[int] = field(default_factory=set)  # groups whose host pressed Start now
    codes: list[int] = field(default_factory=list)
    met: list[int] = field(default_factory=list)  # first presses to open questions that waited at each kill
    learners: dict[int, list[str]] = field(default_factory=dict)  # person -> cards they study

    # --- the evening -------------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Everybody has a group; every second one has a drill, in which half of the cards were met."""
        (self.folder / "decks").mkdir()
        (self.folder / "data").mkdir()
        (self.folder / "decks" / "jobs.md").write_text(jobs(CARDS))
        self.chance = random.Random(self.seed)
        self.server.updates.arrange = repeated(2)
        for number in range(self.groups):
            room = self.server.supergroup(-1_000_000_000_010 - number, f"Study {number}")
            ids = range(100 * (number + 1), 100 * (number + 1) + self.players)
            self.rooms.append(room)
            self.people[room.chat.id] = [self.server.user(one, f"P{one}") for one in ids]
            for person in self.people[room.chat.id][1::2]:
                self.learners[person.id] = sorted(self.decks.cards)[:: 1 + person.id % 2]
        store = await open_store(database(self.folder))
        book = Book(store, lambda: self.decks, clock)
        night: Any = SimpleNamespace(time=SimpleNamespace(now=clock()), quizzes=SimpleNamespace(_book=book))
        for person_id, cards in self.learners.items():
            await studies(night, Account("telegram", str(person_id)), cards)
        await store.close()
        for room in self.rooms:
            self.people[room.chat.id][0].write(f"/quiz jobs questions:{self.questions} pace:60s", room)

    @cached_property
    def decks(self) -> Catalogue:
        return Library([Folder(self.folder / "decks", "decks")]).current

    def play(self) -> bool:
        """Somebody who sees something new presses; False when nobody did."""
        return any(self._play(room, self.people[room.chat.id]) for room in self.rooms)

    def under_way(self) -> int:
        """First presses that were not answered yet."""
        return len(self.server.queries.keys() & set(self.queries.values()))

    def _play(self, room: Group, people: list[Person]) -> bool:
        newest = next(iter(room.messages[-1:]), None)
        buttons = newest.buttons if newest else []
        if newest is not None and any(button["text"] == "Join" for button in buttons):
            return self._gather(room.chat.id, newest, people)
        picks = [button["callback_data"] for button in buttons if is_pick(button)]
        return newest is not None and bool(picks) and self._answer(newest, picks, people)

    def _gather(self, room: int, lobby: Message, people: list[Person]) -> bool:
        """All join, and when that was answered the host starts."""
        if room not in self.joins:
            self.joins[room] = [person.press("Join", lobby) for person in people]
        elif room not in self.started and not self.server.queries.keys() & set(self.joins[room]):
            self.started.add(room)
            people[0].press("Start now", lobby)
        else:
            return False
        return True

    def _answer(self, message: Message, picks: list[str], people: list[Person]) -> bool:
        """One more player presses, and thinks better of it."""
        _, _, quiz, number, _ = picks[0].split(".")
        left = [one for one in people if Key(quiz, int(number), one.id) not in self.picked]
        if not left:
            return False
        person = self.chance.choice(left)
        first, second = self.chance.sample(range(len(picks)), 2)
        key = Key(quiz, int(number), person.id)
        self.picked[key], self.queries[key] = first, person.tap(picks[first], message)
        person.tap(picks[second], message)
        return True

    # --- processes ---------------------------------------------------------------------------------------------------

    async def killed(self, when: Met) -> None:
        """Start the process, play until this is met, and kill it. A few more press before the next is there, and then
        Telegram brings some updates once more.
        """
        with self._process() as started:
            await self._until(started, lambda: when(self))
            await self._told(started, signal.SIGKILL)
        for _ in range(AT_ONCE):
            self.play()
        self.met.append(sum(self._open_for(key) for key in self._unsaved() & self._waiting()))
        if self.again:
            self.server.updates.again(self.chance.randint(self.again // 6, self.again))

    async def ended(self) -> None:
        """A process that works on to the end; where answers were lost, the hosts stop waiting for them."""
        with self._process() as started:
            await self._until(started, lambda: self._rests() and (self._settled() or self.way == "hasty"))
            if not self._settled():
                for room in self.rooms:
                    self.people[room.chat.id][0].write("/stopquiz", room)
                await self._until(started, lambda: self._rests() and self._settled())
            await self._told(started, signal.SIGTERM)

    def _rests(self) -> bool:
        """Everybody who sees a question has pressed, and all of it has arrived."""
        return self.server.updates.has_poller and not self.server.updates.waiting and not self.play()

    @contextmanager
    def _process(self) -> Iterator[BaseProcess]:
        settings = settings_of(self.server, self.folder, DECKS=str(self.folder / "decks"), LOG_LEVEL="ERROR")
        with TemporaryFile("w+") as nothing, TemporaryFile("w+") as log:
            streams = (nothing.fileno(), log.fileno(), log.fileno())
            started = start(quiz_child.main, [self.way], settings, self.folder, streams)
            try:
                yield started
            finally:
                started.kill()
                started.join()
                started.close()
                log.seek(0)
                print(log.read())  # shown when the test fails

    async def _told(self, started: BaseProcess, signum: signal.Signals) -> None:
        assert started.pid is not None
        os.kill(started.pid, signum)
        await asyncio.to_thread(started.join, PATIENCE)
        assert started.exitcode is not None, "the process does not end"
        self.codes.append(started.exitcode)

    async def _until(self, started: BaseProcess, enough: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 2 * PATIENCE
        while not enough():
            assert started.exitcode is None, f"the process ended by itself with {started.exitcode}"
            assert time.monotonic() < deadline, f"seed {self.seed}: nothing more happens"
            if self.under_way() < AT_ONCE:
                self.play()
            await asyncio.sleep(0.001)

    # --- what the database says meanwhile ----------------------------------------------------------------------------

    def rows(self, statement: str, *given: object) -> list[Any]:
        with sqlite3.connect(f"file:{database(self.folder)}?mode=ro", uri=True) as db:
            found = db.execute(statement, given).fetchall()
        db.close()
        return found

    def _settled(self) -> bool:
        found = self.rows("SELECT settled FROM quizzes")
        return len(found) >= len(self.rooms) and all(settled for (settled,) in found)

    def _unsaved(self) -> set[Key]:
        """First presses that no log has."""
        seats = set(self.rows("SELECT quiz, question, seat FROM quiz_log WHERE kind = 'Answered'"))
        return {key for key in self.queries if (key.quiz, key.question, seat(key)) not in seats}

    def _waiting(self) -> set[Key]:
        """Those that Telegram still holds."""
        waiting = {update.get("callback_query", {}).get("id") for update in self.server.updates.waiting}
        return {key for key, query in self.queries.items() if query in waiting}

    def _open_for(self, key: Key) -> bool:
        asked = "SELECT max(json_extract(data, '$.question.number')) FROM quiz_log WHERE quiz = ? AND kind = 'Asked'"
        closed = "SELECT count(*) FROM quiz_log WHERE quiz = ? AND kind = 'Closed'"
        return bool(self.rows(asked, key.quiz)[0][0] == key.question > self.rows(closed, key.quiz)[0][0])

    # --- what came of it ---------------------------------------------------------------------------------------------

    def acknowledged(self) -> set[Key]:
        """First presses that were answered with anything but a refusal."""
        said = {
            call.params["callback_query_id"]: call.params.get("text", "")
            for call in self.server.called("answerCallbackQuery")
            if call.status == 200
        }
        return {key for key, query in self.queries.items() if query in said and not is_refusal(said[query])}

    def confirmed(self) -> set[Key]:
        """First presses that Telegram was told to forget."""
        gone = {update.get("callback_query", {}).get("id") for update in self.server.updates.confirmed}
        return {key for key, query in self.queries.items() if query in gone}

    def refused(self) -> set[Key]:
        told = {
            call.params["callback_query_id"]
            for call in self.server.called("answerCallbackQuery")
            if is_refusal(call.params.get("text", ""))
        }
        return {key for key, query in self.queries.items() if query in told}


@dataclass
class Found:
    """What the database holds in the end."""

    quizzes: dict[int, list[Quiz]]  # by group
    logs: dict[str, list[QuizRow]]
    players: dict[str, dict[str, Account | None]]
    learnt: dict[tuple[int, str], tuple[Progress | None, list[LogEntry]]]  # person and card

    @classmethod
    async def of(cls, club: Club) -> Found:
        store = await open_store(database(club.folder))
        book = Book(store, lambda: club.decks, clock)
        found = cls({}, {}, {}, {})
        for room in club.rooms:
            place = Place("telegram", str(room.chat.id))
            ids = await book.read(lambda _turn, quizzes, place=place: list(quizzes.quizzes_in(place)))  # type: ignore[misc]
            found.quizzes[room.chat.id] = []
            for name in ids:
                scene = await book.scene(name)
                found.quizzes[room.chat.id].append(scene.quiz)
                found.logs[name] = await book.read(lambda _turn, quizzes, name=name: list(quizzes.log(name)))  # type: ignore[misc]
                found.players[name] = {seat: player.account for seat, player in scene.players.items()}

        def learnt(turn: Turn, person: int) -> None:
            if turn.learner(Account("telegram", str(person))) is not None:
                for card in club.decks.cards:
                    found.learnt[person, card] = turn.progress([card]).get(card), list(turn.entries(card))

        for people in club.people.values():
            for person in people:
                account = Account("telegram", str(person.id))
                await book.as_(account, lambda turn, person=person: learnt(turn, person.id))  # type: ignore[misc]
        await store.close()
        return found

    def answers(self) -> Counter[tuple[str, int, str, str]]:
        """(quiz, question, seat, given) -> how often the log has it."""
        rows = ((name, row) for name, log in self.logs.items() for row in log if isinstance(row, Answered))
        return Counter((name, row.question, row.seat, row.given) for name, row in rows)

    def evidence(self) -> Counter[tuple[int, str, str]]:
        """(person, card, "quiz.question.seat") -> how often it is in that learner's log."""
        carried = ((person, card, e) for (person, card), (_, entries) in self.learnt.items() for e in entries)
        return Counter(
            (person, card, ".".join(entry.attempt.split(".")[:3]))
            for person, card, entry in carried
            if isinstance(entry, Evidence)
        )


def clock() -> int:
    return time.time_ns() // 1_000_000


def is_pick(button: dict[str, Any]) -> bool:
    return str(button.get("callback_data", "")).startswith("Q.a.")


def is_refusal(text: str) -> bool:
    return any(word in text for word in REFUSED)


def seat(key: Key) -> str:
    return seat_of(key.quiz, Account("telegram", str(key.person)))


# --- when a process is killed ------------------------------------------------------------------------------------


def in_mid_question(most: int) -> Met:
    """So many more first presses were acknowledged; some are under way, and somebody has not pressed yet."""
    before: list[int] = []

    def met(club: Club) -> bool:
        count = len(club.acknowledged())
        before[:] = before or [count]
        missing = len(club.picked) % club.players
        return count >= before[0] + most and club.under_way() >= AT_ONCE // 2 and missing > 0

    return met


def with_answers_forgotten(club: Club) -> bool:
    """Telegram was told to forget answers that no log has."""
    return len(club.confirmed() & club._unsaved()) >= 3


def with_its_end_lost(club: Club) -> bool:
    """A group was sent its results and has not got them."""
    room = club.rooms[0]
    last = any(key.question == club.questions for key in club.picked if is_in(club, key, room))
    if last and not club.server.faults.plans and not has_end(room):
        club.server.faults.plan(LostBefore(), "sendMessage", chat_id=room.chat.id, times=-1)
    if not club.server.faults.hits["LostBefore"]:
        return False
    club.server.faults.plans.clear()
    return True


def with_evidence_on_its_way(club: Club) -> bool:
    """A quiz that is not settled has brought some learners their answers."""
    statement = (
        "SELECT count(*) FROM log JOIN quizzes ON log.attempt LIKE quizzes.quiz || '.%' "
        "WHERE log.kind = 'Evidence' AND quizzes.settled = 0"
    )
    return bool(club.rows(statement)[0][0])


def is_in(club: Club, key: Key, room: Group) -> bool:
    return key.person in {person.id for person in club.people[room.chat.id]}


def has_end(room: Group) -> bool:
    return any("Same again" in button["text"] for message in room.messages[-1:] for button in message.buttons)


# --- what must hold ----------------------------------------------------------------------------------------------


def assert_every_answer_counts_once(club: Club, found: Found) -> None:
    answers = found.answers()
    assert not [one for one, times in answers.items() if times > 1], "an answer counts twice"
    seats = Counter((name, question, seat) for name, question, seat, _ in answers)
    assert not [one for one, times in seats.items() if times > 1], "somebody answered one question twice"
    taken = {key for key, option in club.picked.items() if (*key[:2], seat(key), LETTERS[option]) in answers}
    assert club.acknowledged() <= taken, "an answer that was acknowledged is lost"
    assert club.confirmed() <= taken | club.refused(), "an answer that was confirmed is lost"
    assert len(taken) == len(answers), "an answer nobody gave first counts"


def assert_scores_are_what_players_count(club: Club, found: Found) -> None:
    for room in club.rooms:
        (quiz,) = found.quizzes[room.chat.id]
        log = found.logs[quiz.id]
        assert replay(quiz.id, log) == quiz
        right = {row.question.number: row.question.right for row in log if isinstance(row, Asked)}
        counted = {seat(key): 0 for key in club.picked if key.quiz == quiz.id}
        for key, option in club.picked.items():
            if key.quiz == quiz.id and key not in club.refused():
                counted[seat(key)] += right[key.question] == option
        pressed: Pressed = gather(log)
        assert points(quiz, pressed) == shown_points(quiz, pressed) == counted


def assert_ends_are_seen(club: Club, found: Found) -> None:
    for room in club.rooms:
        (quiz,) = found.quizzes[room.chat.id]
        assert quiz.ending is Ending.PLAYED
        assert has_end(room), f"seed {club.seed}: {quiz.id}\n{room.transcript()}"
        assert f"{club.questions} questions, {club.players} players" in room.screen


def assert_evidence_arrived_once(club: Club, found: Found) -> None:
    """Everybody's answers to cards they study, and nobody else's; a wrong one makes its card due, without a lapse."""
    expected: Counter[tuple[int, str, str]] = Counter()
    for quizzes in found.quizzes.values():
        for quiz in quizzes:
            people = {at: int(account.external) for at, account in found.players[quiz.id].items() if account}
            for answer in gather(found.logs[quiz.id]).answers:
                past = next(past for past in quiz.past if past.number == answer.question)
                person = people[answer.seat]
                if past.card in club.learners.get(person, ()):
                    expected[person, past.card, f"{quiz.id}.{answer.question}.{answer.seat}"] += 1
                    if not answer.right:
                        progress = found.learnt[person, past.card][0]
                        assert progress is not None
                        assert (progress.due_day, progress.lapses) == (study_day(answer.at, "UTC", 240), 0)
    assert found.evidence() == expected
    assert {person for person, _ in found.learnt} == club.learners.keys(), "a stranger who plays stays a stranger"


def assert_sound(club: Club, found: Found, kills: int) -> None:
    assert club.codes == [-signal.SIGKILL] * (kills + 2) + [0]
    assert min(club.met[:kills]) >= 1, "each of these kills met answers to an open question that were not saved"
    assert len(club.acknowledged()) >= club.groups * club.players * club.questions * 3 // 4
    assert club.refused() == set(), "there was time for everybody"
    assert_every_answer_counts_once(club, found)
    assert_scores_are_what_players_count(club, found)
    assert_ends_are_seen(club, found)
    assert_evidence_arrived_once(club, found)
    assert check(database(club.folder)) == []


async def played(club: Club, *kills: Met) -> Found:
    print(f"seed {club.seed}")  # shown when the test fails
    await club.prepare()
    for kill in kills:
        await club.killed(kill)
    await club.ended()
    return await Found.of(club)


@pytest.fixture
def seed() -> int:
    return random.randrange(2**32)


async def test_a_quiz_that_is_killed_at_every_turn_loses_nothing(
    server: BotApiServer, tmp_path: Path, seed: int
) -> None:
    club = Club(server, tmp_path, seed)
    mid = [in_mid_question(most) for most in (2, 5)]
    found = await played(club, *mid, with_its_end_lost, with_evidence_on_its_way)
    assert_sound(club, found, kills=2)


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_many_kills_in_many_groups_lose_nothing(server: BotApiServer, tmp_path: Path, seed: int) -> None:
    club = Club(server, tmp_path, seed, groups=6, players=12, questions=6)
    chance = random.Random(seed)
    mid = [in_mid_question(chance.randrange(1, 12)) for _ in range(15)]
    found = await played(club, *mid, with_its_end_lost, with_evidence_on_its_way)
    assert_sound(club, found, kills=15)


# --- with a bug put back -----------------------------------------------------------------------------------------


async def test_the_twin_that_confirms_before_it_has_saved_loses_answers(
    server: BotApiServer, tmp_path: Path, seed: int
) -> None:
    club = Club(server, tmp_path, seed, "hasty", players=12, questions=2, again=0)
    found = await played(club, with_answers_forgotten)
    assert found.answers(), "some were saved, or the twin did nothing at all"
    with pytest.raises(AssertionError, match="that was confirmed is lost"):
        assert_every_answer_counts_once(club, found)


async def test_the_twin_that_takes_an_old_press_for_a_new_one_counts_answers_twice(
    server: BotApiServer, tmp_path: Path, seed: int
) -> None:
    club = Club(server, tmp_path, seed, "careless", players=12, questions=2)
    found = await played(club, in_mid_question(2))
    with pytest.raises(AssertionError, match="twice"):
        assert_every_answer_counts_once(club, found)


async def test_the_twin_that_gives_evidence_no_key_carries_it_twice(
    server: BotApiServer, tmp_path: Path, seed: int
) -> None:
    club = Club(server, tmp_path, seed, "unkeyed", groups=1, questions=2)
    found = await played(club, with_evidence_on_its_way)
    assert max(found.evidence().values()) > 1
    with pytest.raises(AssertionError):
        assert_evidence_arrived_once(club, found)


async def test_the_twin_that_settles_what_it_has_not_shown_ends_in_silence(
    server: BotApiServer, tmp_path: Path, seed: int
) -> None:
    club = Club(server, tmp_path, seed, "silent", groups=1, questions=2)
    found = await played(club, with_its_end_lost)
    with pytest.raises(AssertionError, match="seed"):
        assert_ends_are_seen(club, found)
