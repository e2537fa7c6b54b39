"""Group quizzes in the store: part of the transaction of a turn.

Presses share the lock on their quiz's row, moves take it alone: sixty answers in one second wait for no other, and the
close of a question waits for those that came before it. (SQLite has one writer, which is the same lock for everybody.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from bot.core.model import Account
from bot.core.quiz.keep import Due, Saved, Standing, Timetable
from bot.core.quiz.model import Answered, Move, Place, Player, Quiz, QuizRow
from bot.core.quiz.moves import elsewhere
from bot.core.quiz.ports import Mine
from storage import quiz_rows as rows
from storage.sql import Statements

if TYPE_CHECKING:
    from storage.turn import Cursor


class SqlQuizzes:
    """A `bot.core.quiz.ports.Quizzes` in the transaction of a turn."""

    def __init__(self, cursor: Cursor, sql: Statements) -> None:
        self._cursor = cursor
        self._sql = sql

    # --- one quiz ----------------------------------------------------------------------------------------------

    def here(self, place: Place, *, moving: bool) -> Quiz | None:
        statement = self._sql.quiz_here_moving if moving else self._sql.quiz_here
        return self._quiz(statement, _key(place))

    def find(self, quiz: str, *, moving: bool) -> Quiz | None:
        if not (quiz.isascii() and quiz.isprintable()):
            return None  # never one of ours, and not every database takes such text
        return self._quiz(self._sql.quiz_moving if moving else self._sql.quiz, {"quiz": quiz})

    def latest(self, place: Place) -> Quiz | None:
        return self._quiz(self._sql.quiz_latest, _key(place))

    def mine(self, quiz: Quiz, seat: str, question: int, account: Account) -> Mine:
        asked = asdict(account) | {"quiz": quiz.id, "seat": seat, "question": question}
        known, before, data = self._one(self._sql.quiz_mine, asked)
        answer = rows.row_of(data) if data else None
        return Mine(known=bool(known), fresh=not before, answer=answer if isinstance(answer, Answered) else None)

    def log(self, quiz: str, *, presses: bool = False) -> Sequence[QuizRow]:
        statement = self._sql.quiz_presses if presses else self._sql.quiz_rows
        return [rows.row_of(data) for (data,) in self._all(statement, {"quiz": quiz})]

    def players(self, quiz: str) -> Mapping[str, Player]:
        found = map(rows.player_of, self._all(self._sql.quiz_players, {"quiz": quiz}))
        return {player.seat: player for player in found}

    def save(self, quiz: str, new: Sequence[QuizRow], after: Quiz | None, player: Player | None, due_at: int) -> None:
        """A move or an answer that is there already lost a race: the turn fails, and its next try sees the other."""
        if player is not None:
            self._do(self._sql.add_quiz_player, rows.player_row(player) | {"quiz": quiz})
        for row in new:
            strict = isinstance(row, Move | Answered)
            statement = self._sql.add_quiz_row if strict else self._sql.add_quiz_row_once
            self._do(statement, rows.log_row(row) | {"quiz": quiz})
        if after is not None:
            self._do(self._sql.set_quiz, rows.quiz_row(after, due_at))

    def messages(self, quiz: str) -> Mapping[str, str]:
        return dict(map(tuple, self._all(self._sql.quiz_messages, {"quiz": quiz})))

    def keep_message(self, quiz: str, slot: str, message: str) -> None:
        self._do(self._sql.set_quiz_message, {"quiz": quiz, "slot": slot, "message": message})

    # --- many --------------------------------------------------------------------------------------------------

    def open_on(self, platform: str) -> Sequence[Quiz]:
        return [rows.quiz_of(data) for (data,) in self._all(self._sql.quizzes_open, {"platform": platform})]

    def unsettled(self, platform: str) -> Sequence[Quiz]:
        return [rows.quiz_of(data) for (data,) in self._all(self._sql.quizzes_unsettled, {"platform": platform})]

    def settle(self, quiz: Quiz) -> None:
        self._do(self._sql.settle_quiz, {"quiz": quiz.id, "moved_at": quiz.moved_at})

    def carriers(self, quiz: str) -> Mapping[str, str]:
        return dict(map(tuple, self._all(self._sql.quiz_carriers, {"quiz": quiz})))

    def set_carrier(self, quiz: str, seat: str, learner: str) -> None:
        self._do(self._sql.set_quiz_carrier, {"quiz": quiz, "seat": seat, "learner": learner})

    def missed_here(self, place: Place, since: int) -> frozenset[str]:
        found = self._all(self._sql.missed_here, _key(place) | {"since": since})
        return frozenset(card for (card,) in found)

    def answered_here(self, place: Place, since: int, until: int) -> Sequence[tuple[str, int, int]]:
        found = self._all(self._sql.answered_here, _key(place) | {"since": since, "until": until})
        return [(card, int(right), int(answered)) for card, right, answered in found]

    def missed_by(self, account: Account, since: int, until: int) -> frozenset[str]:
        found = self._all(self._sql.missed_by, asdict(account) | {"since": since, "until": until})
        return frozenset(card for (card,) in found)

    def quizzes_in(self, place: Place) -> Sequence[str]:
        return [quiz for (quiz,) in self._all(self._sql.quizzes_in, _key(place))]

    def move_place(self, platform: str, old: str, new: str) -> None:
        self._do(self._sql.move_standings, {"platform": platform, "channel": old, "new": new})
        for (data,) in self._all(self._sql.timetables_of, {"platform": platform}):
            timetable = rows.timetable_of(data)
            if timetable.place.channel == old:
                self.drop_timetable(platform, timetable.place.server, timetable.id)
                self.set_timetable(replace(timetable, place=elsewhere(timetable.place, new)))
        for statement in (
            self._sql.drop_boards_met,
            self._sql.move_boards,
            self._sql.drop_off_met,
            self._sql.move_off,
        ):
            self._do(statement, {"platform": platform, "channel": old, "new": new})
        for saved in self.saved(platform, old):
            self.set_saved(platform, new, saved)
        self._do(self._sql.drop_saved, {"platform": platform, "server": old})

    # --- results -----------------------------------------------------------------------------------------------

    def set_standings(self, quiz: Quiz, standings: Sequence[Standing]) -> None:
        self._do(self._sql.drop_quiz_standings, {"quiz": quiz.id})
        for standing in standings:
            self._do(self._sql.add_quiz_standing, asdict(standing) | _key(quiz.place) | {"quiz": quiz.id})

    def standings(self, place: Place, since: int, until: int) -> Sequence[tuple[Standing, Player]]:
        found = self._all(self._sql.quiz_standings, _key(place) | {"since": since, "until": until})
        return [
            (
                Standing(seat=seat, at=at, right=right, answered=answered, turned=turned),
                rows.player_of((seat, *player)),
            )
            for seat, at, right, answered, turned, *player in found
        ]

    def plan_board(self, due: Due) -> None:
        row = {"week": due.week, "zone": due.zone, "due_at": due.due_at, "done": 0}
        self._do(self._sql.plan_board, _key(due.place) | row)

    def due_boards(self, platform: str, until: int) -> Sequence[Due]:
        found = self._all(self._sql.boards_due, {"platform": platform, "until": until})
        return [
            Due(place=Place(platform, channel), week=week, zone=zone, due_at=due_at)
            for channel, week, zone, due_at in found
        ]

    def next_board(self, platform: str) -> int:
        row = self._one(self._sql.board_next, {"platform": platform})
        return int(row[0]) if row else 0

    def done_board(self, due: Due) -> None:
        self._do(self._sql.board_done, _key(due.place) | {"week": due.week})

    def posts_board(self, place: Place) -> bool:
        return not self._one(self._sql.board_off, _key(place))[0]

    def set_posts_board(self, place: Place, *, on: bool) -> None:
        self._do(self._sql.set_board_on if on else self._sql.set_board_off, _key(place))

    def best_of(self, account: Account, until: int) -> int:
        return int(self._one(self._sql.best_of, asdict(account) | {"until": until})[0] or 0)

    def set_hidden(self, account: Account, *, hidden: bool) -> None:
        self._do(self._sql.hide if hidden else self._sql.unhide, asdict(account))

    def forget(self, account: Account) -> None:
        self._do(self._sql.forget_player, asdict(account))
        self._do(self._sql.unhide, asdict(account))
        for (data,) in self._all(self._sql.timetables_of, {"platform": account.platform}):
            timetable = rows.timetable_of(data)
            if timetable.account == (account.platform, account.external):
                self.set_timetable(replace(timetable, host="", account=("", "")))

    # --- saved and scheduled -----------------------------------------------------------------------------------

    def saved(self, platform: str, server: str) -> Sequence[Saved]:
        found = self._all(self._sql.quizzes_saved, {"platform": platform, "server": server})
        return [rows.saved_of(data) for (data,) in found]

    def set_saved(self, platform: str, server: str, saved: Saved) -> None:
        self._do(self._sql.save_quiz, rows.saved_row(saved) | {"platform": platform, "server": server})

    def timetables(self, platform: str, server: str) -> Sequence[Timetable]:
        found = self._all(self._sql.timetables, {"platform": platform, "server": server})
        return [rows.timetable_of(data) for (data,) in found]

    def due_timetables(self, platform: str, until: int) -> Sequence[Timetable]:
        found = self._all(self._sql.timetables_due, {"platform": platform, "until": until})
        return [rows.timetable_of(data) for (data,) in found]

    def next_timetable(self, platform: str) -> int:
        row = self._one(self._sql.timetable_next, {"platform": platform})
        return int(row[0]) if row else 0

    def set_timetable(self, timetable: Timetable) -> None:
        self._do(self._sql.set_timetable, rows.timetable_row(timetable))

    def drop_timetable(self, platform: str, server: str, timetable: str) -> None:
        self._do(self._sql.drop_timetable, {"platform": platform, "server": server, "timetable": timetable})

    # --- the cursor --------------------------------------------------------------------------------------------

    def _quiz(self, statement: str, parameters: rows.Parameters) -> Quiz | None:
        row = self._one(statement, parameters)
        return rows.quiz_of(row[0]) if row else None

    def _do(self, statement: str, parameters: rows.Parameters) -> None:
        self._cursor.execute(statement, parameters)

    def _one(self, statement: str, parameters: rows.Parameters) -> Any:
        self._cursor.execute(statement, parameters)
        return self._cursor.fetchone()

    def _all(self, statement: str, parameters: rows.Parameters) -> Sequence[Any]:
        self._cursor.execute(statement, parameters)
        return self._cursor.fetchall()


def _key(place: Place) -> rows.Parameters:
    return {"platform": place.platform, "channel": place.channel}
