"""What a quiz's log adds up to for people: scores, places, misses, what was hardest. Pure.

Everything is computed from the answers that count: to questions that were closed, neither skipped nor void.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from bot.core.quiz.fold import Pressed, counting
from bot.core.quiz.model import Answer, Disputed, Past, Quiz
from bot.core.quiz.options import Play


class Score(Struct, frozen=True, kw_only=True):
    """One player's result. `points` decide the place; they are right answers, or questions won (`Play.FIRST`)."""

    seat: str
    points: int
    right: int
    answered: int
    took: int  # ms over the right answers; told, but never decides


class Rank(Struct, frozen=True):
    """Players with the same points share a place."""

    place: int
    points: int
    seats: tuple[str, ...]


class Hard(Struct, frozen=True):
    """A question and how many of those who answered had it right."""

    number: int
    card: str
    brief: str
    right: int
    answered: int


def scores(quiz: Quiz, pressed: Pressed) -> tuple[Score, ...]:
    """Everybody who answered anything that counts, best first; equals in the order in which they joined."""
    answers = counting(quiz, pressed.answers)
    won = winners(answers)
    mine: dict[str, list[Answer]] = {}
    for answer in answers:
        mine.setdefault(answer.seat, []).append(answer)
    found = [_score(quiz, seat, mine[seat], won) for seat in pressed.joined if seat in mine]
    return tuple(sorted(found, key=lambda score: -score.points))


def winners(answers: Iterable[Answer]) -> dict[int, str]:
    """Question -> whoever was right first, by receipt."""
    won: dict[int, str] = {}
    for answer in answers:
        if answer.right:
            won.setdefault(answer.question, answer.seat)
    return won


def ranks(found: Iterable[Score]) -> tuple[Rank, ...]:
    """Places: 1, 2, 2, 4."""
    by_points: dict[int, list[str]] = {}
    for score in found:
        by_points.setdefault(score.points, []).append(score.seat)
    listed: list[Rank] = []
    place = 1
    for points in sorted(by_points, reverse=True):
        listed.append(Rank(place, points, tuple(by_points[points])))
        place += len(by_points[points])
    return tuple(listed)


def leader(quiz: Quiz, pressed: Pressed) -> int:
    """The most points so far."""
    return max((score.points for score in scores(quiz, pressed)), default=0)


def hardest(quiz: Quiz, pressed: Pressed, most: int = 3) -> tuple[Hard, ...]:
    """The questions that fewest had right, of those that somebody got wrong."""
    answered: Counter[int] = Counter()
    right: Counter[int] = Counter()
    for answer in counting(quiz, pressed.answers):
        answered[answer.question] += 1
        right[answer.question] += answer.right
    found = [
        Hard(past.number, past.card, past.brief, right[past.number], answered[past.number])
        for past in quiz.past
        if right[past.number] < answered[past.number]
    ]
    return tuple(sorted(found, key=lambda hard: (hard.right / hard.answered, -hard.answered, hard.number))[:most])


def missed(quiz: Quiz, pressed: Pressed, seat: str = "") -> tuple[Past, ...]:
    """The questions somebody got wrong; with a seat, those this player did."""
    wrong = {
        answer.question for answer in counting(quiz, pressed.answers) if not answer.right and seat in ("", answer.seat)
    }
    return tuple(past for past in quiz.past if past.number in wrong)


def open_disputes(quiz: Quiz, pressed: Pressed) -> tuple[Disputed, ...]:
    """What was said against questions and neither followed nor settled since."""
    void = {past.number for past in quiz.past if past.void}
    settled = dict(quiz.upheld)
    return tuple(one for one in pressed.disputes if one.question not in void and one.at > settled.get(one.question, 0))


def is_ranked(quiz: Quiz) -> bool:
    """Whether places and times are told."""
    return quiz.options.play is not Play.RELAXED


def _score(quiz: Quiz, seat: str, answers: list[Answer], won: dict[int, str]) -> Score:
    right = [answer for answer in answers if answer.right]
    first = sum(won[answer.question] == seat for answer in right)
    return Score(
        seat=seat,
        points=first if quiz.options.play is Play.FIRST else len(right),
        right=len(right),
        answered=len(answers),
        took=sum(answer.took for answer in right),
    )
