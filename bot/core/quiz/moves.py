"""The moves of a quiz: open, ask, close, pause, return, finish. Pure.

Each takes the quiz and gives it back with the rows that led there. They are made one after the other, under the quiz's
lock; the log numbers them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bot.core.ask import has_choice, options_of
from bot.core.model import Mode
from bot.core.quiz.desk import Upcoming
from bot.core.quiz.fold import Pressed, advance, move_id
from bot.core.quiz.model import (
    Asked,
    Changed,
    Closed,
    Ending,
    Finished,
    Held,
    Paused,
    Place,
    Planned,
    Question,
    Quiz,
    QuizMove,
    Rehoused,
    Returned,
    Stage,
    Unpaused,
    Upheld,
    Voided,
)
from bot.core.quiz.options import Answers, Options, Play
from decks.model import Card
from decks.text import Paragraph, blocks, plain

SECOND = 1000  # ms
REST = 10 * SECOND  # between an answer and the next question
ATTENDED = 30 * SECOND  # that a lobby stays open after its host did something with the options
IDLE = 30 * 60 * SECOND  # after which a quiz that waits for its host is ended
LOBBY = 5 * 60 * SECOND  # at most: that of a scheduled quiz
SET_BACK = 5 * SECOND  # a clock that is so far behind what it was when a quiz moved last was set
BRIEF = 80  # characters of a card named in a result


class Moved(Struct, frozen=True):
    """A quiz and the moves that led to it."""

    quiz: Quiz
    rows: tuple[QuizMove, ...] = ()

    def then(self, move: QuizMove) -> Moved:
        """With one more move."""
        return Moved(advance(self.quiz, move), (*self.rows, move))


def ask(moved: Moved, upcoming: Upcoming, pressed: Pressed, now: int, *, left: int) -> Moved:
    """Open the next question with a card, one of `left` that could still be asked."""
    quiz = moved.quiz
    number = len(quiz.past) + 1
    closes_at = now + quiz.options.window * SECOND if quiz.options.window and not quiz.options.host_paced else 0
    question = pose(quiz, upcoming, number)
    of = min(quiz.options.questions, len(quiz.past) + left)
    there = pressed.playing(quiz)
    question = replace(question, asked_at=now, closes_at=closes_at, of=of, there=there)
    plan = tuple(card for card in quiz.plan if card != upcoming.card.id)
    deadline = closes_at or now + IDLE
    return moved.then(Asked(**_head(quiz, now), question=question, deadline=deadline, plan=plan))


def pose(quiz: Quiz, upcoming: Upcoming, number: int) -> Question:
    """A question about a card, its options in an order that depends on the quiz and the number only."""
    card = upcoming.card
    by_choice = quiz.options.answers is Answers.CHOICE and has_choice(card)
    options = options_of(card, random.Random(f"{quiz.id}{number}")) if by_choice else ()
    return Question(
        number=number,
        card=card,
        mode=Mode.CHOICE if by_choice else Mode.TYPED,
        options=options,
        met=upcoming.met,
        expected=upcoming.expected,
    )


def close(moved: Moved, pressed: Pressed, now: int, *, skipped: bool = False) -> Moved:
    """Close the open question."""
    quiz = moved.quiz
    question = quiz.question
    assert question is not None  # noqa: S101 - only an open question is closed
    deadline = now + (IDLE if quiz.options.host_paced else REST)
    out = quiz.out if skipped else _out(quiz, question, pressed)
    row = Closed(
        **_head(quiz, now),
        brief=brief(question.card),
        deadline=deadline,
        out=out,
        skipped=skipped,
        question=question.number,
    )
    return moved.then(row)


def finish(moved: Moved, ending: Ending, now: int) -> Moved:
    """End the quiz. An open question counts for nothing."""
    quiz = moved.quiz
    if quiz.stage is Stage.QUESTION:
        moved = close(moved, Pressed(), now, skipped=True)
    return moved.then(Finished(**_head(moved.quiz, now), ending=ending))


def pause(quiz: Quiz, now: int) -> Moved:
    """Stop the clock."""
    return Moved(quiz).then(Paused(**_head(quiz, now)))


def unpause(quiz: Quiz, now: int) -> Moved:
    """Let the clock go on with the time that was left."""
    return Moved(quiz).then(Unpaused(**_head(quiz, now), deadline=quiz.deadline + now - quiz.paused_at))


def come_back(quiz: Quiz, away: int, now: int) -> Moved:
    """Start the clock of a stage again after Backfill was away or the clock was set; a paused quiz stays paused."""
    question = quiz.question
    if quiz.stage is Stage.QUESTION and question is not None:
        whole = quiz.deadline - question.asked_at
    else:
        whole = quiz.deadline - quiz.moved_at
    return Moved(quiz).then(Returned(**_head(quiz, now), away=away, deadline=now + min(max(0, whole), longest(quiz))))


def longest(quiz: Quiz) -> int:
    """How long the stage of a quiz can last (ms)."""
    match quiz.stage:
        case Stage.LOBBY:
            return LOBBY
        case Stage.QUESTION if quiz.options.window and not quiz.options.host_paced:
            return quiz.options.window * SECOND
        case Stage.CLOSED if not quiz.options.host_paced:
            return REST
        case _:
            return IDLE


def change(quiz: Quiz, options: Options, now: int) -> Moved:
    """Other options, in the lobby."""
    return Moved(quiz).then(Changed(**_head(quiz, now), options=options))


def plan(quiz: Quiz, cards: Sequence[str], barred: Sequence[str], now: int) -> Moved:
    """The cards that come next, and those that shall not."""
    return Moved(quiz).then(Planned(**_head(quiz, now), plan=tuple(cards), barred=tuple(barred)))


def hold(moved: Moved, now: int) -> Moved:
    """A lobby whose host is at the options waits for them; anything else is left alone."""
    quiz = moved.quiz
    if quiz.stage is not Stage.LOBBY or quiz.paused_at or quiz.deadline >= now + ATTENDED:
        return moved
    return moved.then(Held(**_head(quiz, now), deadline=now + ATTENDED))


def void(quiz: Quiz, question: int, now: int) -> Moved:
    """A question that shall count for nothing."""
    return Moved(quiz).then(Voided(**_head(quiz, now), question=question))


def uphold(quiz: Quiz, question: int, now: int) -> Moved:
    """A disputed question that stays."""
    return Moved(quiz).then(Upheld(**_head(quiz, now), question=question))


def rehouse(quiz: Quiz, channel: str, now: int) -> Moved:
    """The same quiz in a place that has another id now."""
    return Moved(quiz).then(Rehoused(**_head(quiz, now), place=elsewhere(quiz.place, channel)))


def elsewhere(place: Place, channel: str) -> Place:
    """The place by its channel's other id; where the channel is the whole server, that has the id as well."""
    return replace(place, channel=channel, server=channel if place.server == place.channel else place.server)


def brief(card: Card) -> str:
    """A card in a few words: its front without its code, cut at a word."""
    said = " ".join(block.text for block in blocks(card.front) if isinstance(block, Paragraph))
    words = " ".join(plain(said or card.front).split())
    if len(words) <= BRIEF:
        return words
    return words[: words.rfind(" ", 0, BRIEF - 1)].rstrip(",;:") + " …"


def _out(quiz: Quiz, question: Question, pressed: Pressed) -> tuple[str, ...]:
    """Hardcore: whoever was in when the question opened and did not get it right."""
    if quiz.options.play is not Play.HARDCORE:
        return quiz.out
    right = {answer.seat for answer in pressed.to(question.number) if answer.right}
    wrong = {answer.seat for answer in pressed.to(question.number) if not answer.right}
    return (*quiz.out, *sorted((pressed.there(quiz, question) | wrong) - right - set(quiz.out)))


def _head(quiz: Quiz, now: int) -> dict[str, Any]:
    """What every move has; their instants increase, but a clock that was set back is believed."""
    at = now if quiz.moved_at - now > SET_BACK else max(now, quiz.moved_at + 1)
    return {"id": move_id(quiz.moves + 1), "number": quiz.moves + 1, "at": at}
