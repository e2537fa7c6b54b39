"""Quizzes kept in memory, for properties of the pure core: what `take` needs of a store and no more."""

from __future__ import annotations

from bot.core.model import Account
from bot.core.quiz.model import Answered, Move, Place, Player, Quiz, QuizRow
from bot.core.quiz.ports import Mine


class Memory:
    """The part of `bot.core.quiz.ports.Quizzes` that steps use, with its keys kept as the database keeps them."""

    def __init__(self) -> None:
        self.quizzes: dict[str, Quiz] = {}
        self.logs: dict[str, dict[str, QuizRow]] = {}
        self.seated: dict[str, dict[str, Player]] = {}

    def here(self, place: Place, *, moving: bool) -> Quiz | None:
        return next((quiz for quiz in self.quizzes.values() if quiz.place == place and quiz.is_open), None)

    def find(self, quiz: str, *, moving: bool) -> Quiz | None:
        return self.quizzes.get(quiz)

    def mine(self, quiz: Quiz, seat: str, question: int, account: Account) -> Mine:
        rows = [row for log in self.logs.values() for row in log.values() if isinstance(row, Answered)]
        mine = [row for row in rows if row.seat == seat]
        answer = next((row for row in mine if row.question == question), None)
        return Mine(known=seat in self.seated.get(quiz.id, {}), fresh=not mine, answer=answer)

    def log(self, quiz: str, *, presses: bool = False) -> list[QuizRow]:
        return [row for row in self.logs[quiz].values() if not presses or not isinstance(row, Move)]

    def posts_board(self, place: Place) -> bool:
        return True

    def players(self, quiz: str) -> dict[str, Player]:
        return self.seated.get(quiz, {})

    def save(self, quiz: str, new: tuple[QuizRow, ...], after: Quiz | None, player: Player | None, due_at: int) -> None:
        log = self.logs.setdefault(quiz, {})
        for row in new:
            if row.id in log:
                assert not isinstance(row, Move | Answered), "a key taken twice"
                continue
            if isinstance(row, Answered):
                taken = {(one.question, one.seat) for one in log.values() if isinstance(one, Answered)}
                assert (row.question, row.seat) not in taken, "two answers to one question"
            log[row.id] = row
        if player is not None:
            self.seated.setdefault(quiz, {}).setdefault(player.seat, player)
        if after is not None:
            self.quizzes[quiz] = after
