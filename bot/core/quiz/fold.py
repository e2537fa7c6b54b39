"""What a quiz's log adds up to: the quiz from its moves, players and answers from what was pressed. Pure.

`replay(log) == quiz` defines the stored quiz: `check` compares with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from bot.core.model import Account
from bot.core.quiz.model import (
    Answer,
    Answered,
    Asked,
    Changed,
    Closed,
    Disputed,
    Finished,
    Held,
    Joined,
    Left,
    Move,
    Opened,
    Past,
    Paused,
    Planned,
    Question,
    Quiz,
    QuizMove,
    QuizRow,
    Rehoused,
    Returned,
    Skipped,
    Stage,
    Unpaused,
    Upheld,
    Voided,
)
from bot.core.quiz.options import Options

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Pressed(Struct, frozen=True, kw_only=True):
    """What players pressed, in the order of receipt; players are seats."""

    joined: Mapping[str, int] = {}  # everybody who ever did, by Join or by answering, and when (ms)
    left: frozenset[str] = frozenset()  # who is not playing any more
    answers: tuple[Answer, ...] = ()
    skips: tuple[tuple[int, str], ...] = ()  # (question, seat)
    disputes: tuple[Disputed, ...] = ()

    def playing(self, quiz: Quiz) -> tuple[str, ...]:
        """Who is in: joined, has not left and is not out."""
        return tuple(seat for seat in self.joined if seat not in self.left and seat not in quiz.out)

    def there(self, quiz: Quiz, question: Question) -> frozenset[str]:
        """Who was in when a question was opened and is still."""
        return frozenset(question.there) & frozenset(self.playing(quiz)) - frozenset(quiz.back)

    def to(self, question: int) -> tuple[Answer, ...]:
        """The answers to one question, in the order of receipt."""
        return tuple(answer for answer in self.answers if answer.question == question)


def quiz_id(place: str, key: str) -> str:
    """A quiz's id, from where it was started and the update that started it: 128 bits, 26 characters."""
    number, letters = int.from_bytes(_hash(16, "quiz", place, key), "big"), ""
    for _ in range(26):
        number, digit = divmod(number, 32)
        letters += CROCKFORD[digit]
    return letters


def seat_of(quiz: str, account: Account) -> str:
    """A player in one quiz's log, 12 hexadecimal digits: the log itself names nobody."""
    return _hash(6, "seat", quiz, account.platform, account.external).hex()


def row_id(account: Account, key: str) -> str:
    """The row an update causes, so that one delivered twice is one row."""
    return _hash(12, "row", account.platform, account.external, key).hex()


def move_id(number: int) -> str:
    """The row of a move: two workers that make the same move write the same row."""
    return f"m{number:04}"


def begin(quiz: str, opened: Opened) -> Quiz:
    """A quiz whose lobby has just opened."""
    return Quiz(
        id=quiz,
        place=opened.place,
        host=opened.host,
        options=opened.options,
        opened_at=opened.at,
        moved_at=opened.at,
        moves=opened.number,
        deadline=opened.deadline,
    )


def advance(quiz: Quiz, move: QuizMove) -> Quiz:
    """The quiz after a move. ValueError where moves are missing between the two."""
    if move.number != quiz.moves + 1:
        raise ValueError(f"move {move.number} does not follow move {quiz.moves}")
    return replace(_moved(quiz, move), moves=move.number, moved_at=move.at)


def replay(quiz: str, rows: Iterable[QuizRow]) -> Quiz | None:
    """The quiz its log adds up to; None without its first row."""
    moves: list[QuizMove] = sorted((row for row in rows if isinstance(row, Move)), key=lambda move: move.number)
    if not moves or not isinstance(moves[0], Opened):
        return None
    state = begin(quiz, moves[0])
    for move in moves[1:]:
        state = advance(state, move)
    return state


def gather(rows: Iterable[QuizRow]) -> Pressed:
    """What players pressed. Of two answers of one player to one question the first received counts."""
    presses = sorted((row for row in rows if not isinstance(row, Move)), key=lambda row: (row.at, row.id))
    joined: dict[str, int] = {}
    left: set[str] = set()
    answers: dict[tuple[int, str], Answer] = {}
    skips: dict[tuple[int, str], None] = {}
    disputes: list[Disputed] = []
    for row in presses:
        match row:
            case Left(seat=seat):
                left.add(seat)
                continue
            case Answered():
                answers.setdefault((row.question, row.seat), answer_of(row))
            case Skipped():
                skips.setdefault((row.question, row.seat))
            case Disputed():
                disputes.append(row)
                continue
            case Joined():
                pass
            case _:
                assert_never(row)
        joined.setdefault(row.seat, row.at)
        left.discard(row.seat)
    return Pressed(
        joined=joined,
        left=frozenset(left),
        answers=tuple(answers.values()),
        skips=tuple(skips),
        disputes=tuple(disputes),
    )


def answer_of(row: Answered) -> Answer:
    """An answer from its row."""
    return Answer(
        seat=row.seat,
        question=row.question,
        given=row.given,
        right=row.right,
        at=row.at,
        took=row.took,
    )


def counting(quiz: Quiz, answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The answers that count: to closed questions that are not void."""
    numbers = {past.number for past in quiz.past if not past.void}
    return tuple(answer for answer in answers if answer.question in numbers)


def _moved(quiz: Quiz, move: QuizMove) -> Quiz:
    match move:
        case Opened():
            raise ValueError("a quiz is opened once")
        case Changed(options=options):
            is_drawn_alike = _drawn(options) == _drawn(quiz.options)
            return replace(quiz, options=options, plan=quiz.plan if is_drawn_alike else ())
        case Planned(plan=plan, barred=barred):
            return replace(quiz, plan=plan, barred=barred)
        case Held(deadline=deadline):
            return replace(quiz, deadline=deadline, held=quiz.held + deadline - quiz.deadline)
        case Asked(question=question, plan=plan, deadline=deadline):
            return replace(quiz, stage=Stage.QUESTION, question=question, plan=plan, deadline=deadline, away=0, back=())
        case Closed():
            return _closed(quiz, move)
        case Paused():
            return replace(quiz, paused_at=move.at)
        case Unpaused(deadline=deadline):
            return _timed(replace(quiz, paused_at=0), deadline, move.at - quiz.paused_at)
        case Returned(away=away, deadline=deadline):
            asked_at = quiz.question.asked_at if quiz.question else move.at
            return replace(_timed(quiz, deadline, move.at - asked_at), away=away)
        case Voided(question=number):
            return _voided(quiz, number)
        case Upheld(question=question):
            return replace(quiz, upheld=(*quiz.upheld, (question, move.at)))
        case Rehoused(place=place):
            return replace(quiz, place=place)
        case Finished(ending=ending):
            return replace(quiz, stage=Stage.FINISHED, ending=ending, ended_at=move.at, deadline=0, paused_at=0)
        case _:
            assert_never(move)


def _drawn(options: Options) -> tuple[object, ...]:
    """What decides which cards can come."""
    return options.source, options.order, options.cards, options.answers


def _closed(quiz: Quiz, move: Closed) -> Quiz:
    question = _open_question(quiz)
    past = Past(
        number=question.number,
        card=question.card.id,
        brief=move.brief,
        mode=question.mode,
        void=move.skipped,
        asked_at=question.asked_at,
        out=tuple(seat for seat in move.out if seat not in quiz.out),
    )
    return replace(
        quiz,
        stage=Stage.CLOSED,
        question=replace(question, closes_at=min(question.closes_at or move.at, move.at)),
        past=(*quiz.past, past),
        deadline=move.deadline,
        out=move.out,
        away=0,
    )


def _voided(quiz: Quiz, number: int) -> Quiz:
    """As if the question had never been asked: whoever it put out is in again."""
    past = tuple(replace(one, void=one.void or one.number == number) for one in quiz.past)
    back = {seat for one in quiz.past if one.number == number for seat in one.out}
    out = tuple(seat for seat in quiz.out if seat not in back)
    return replace(quiz, past=past, out=out, back=(*quiz.back, *sorted(back)))


def _timed(quiz: Quiz, deadline: int, shifted: int) -> Quiz:
    """With another deadline; an open question closes then, and counts its time as if asked `shifted` ms later."""
    question = quiz.question
    if quiz.stage is Stage.QUESTION and question is not None:
        closes_at = deadline if question.closes_at else 0
        question = replace(question, closes_at=closes_at, asked_at=question.asked_at + shifted)
    return replace(quiz, deadline=deadline, question=question)


def _open_question(quiz: Quiz) -> Question:
    if quiz.stage is not Stage.QUESTION or quiz.question is None:
        raise ValueError("no question is open")
    return quiz.question


def _hash(size: int, *parts: str) -> bytes:
    return blake2b("\n".join(parts).encode(), digest_size=size).digest()
