"""Every statement on the tables of quizzes, written once in SQLAlchemy Core; `storage.sql` compiles them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, Table, and_, delete, exists, func, not_, null, select, update

from storage.pieces import add, constant, put, value
from storage.quiz_tables import (
    quiz_boards,
    quiz_boards_off,
    quiz_carried,
    quiz_hidden,
    quiz_log,
    quiz_messages,
    quiz_players,
    quiz_saved,
    quiz_standings,
    quiz_timetables,
    quizzes,
)


@dataclass(frozen=True, slots=True)
class QuizStatements:
    """The text of every statement on quizzes. Parameters are named after columns."""

    quiz_here: str
    quiz_here_moving: str
    quiz: str
    quiz_moving: str
    quiz_latest: str
    quiz_mine: str
    quiz_rows: str
    quiz_presses: str
    quiz_players: str
    add_quiz_row: str
    add_quiz_row_once: str
    set_quiz: str
    add_quiz_player: str
    quiz_messages: str
    set_quiz_message: str
    quizzes_open: str
    quizzes_unsettled: str
    settle_quiz: str
    missed_here: str
    missed_by: str
    answered_here: str
    drop_quiz_standings: str
    add_quiz_standing: str
    quiz_standings: str
    best_of: str
    hide: str
    unhide: str
    forget_player: str
    quiz_carriers: str
    set_quiz_carrier: str
    quizzes_in: str
    move_standings: str
    quizzes_saved: str
    save_quiz: str
    drop_saved: str
    timetables: str
    timetables_due: str
    timetable_next: str
    set_timetable: str
    drop_timetable: str
    timetables_of: str
    plan_board: str
    boards_due: str
    board_next: str
    board_done: str
    board_off: str
    set_board_off: str
    set_board_on: str
    drop_boards_met: str
    move_boards: str
    drop_off_met: str
    move_off: str


def quiz_statements(insert: Any) -> dict[str, Executable]:
    """All of them, for a dialect's insert."""
    return {
        **_quizzes(insert),
        **_log(insert),
        **_players(insert),
        **_results(insert),
        **_kept(insert),
        **_boards(insert),
    }


def _quizzes(insert: Any) -> dict[str, Executable]:
    here = select(quizzes.c.data).where(*_place(quizzes), quizzes.c.open == constant(1))
    one = select(quizzes.c.data).where(quizzes.c.quiz == value("quiz"))
    latest = select(quizzes.c.data).where(*_place(quizzes)).order_by(quizzes.c.moved_at.desc())
    of_platform = quizzes.c.platform == value("platform")
    return {
        "quiz_here": here.with_for_update(read=True),
        "quiz_here_moving": here.with_for_update(),
        "quiz": one.with_for_update(read=True),
        "quiz_moving": one.with_for_update(),
        "quiz_latest": latest.limit(constant(1)).offset(constant(0)),
        "set_quiz": put(insert, quizzes),
        "quizzes_open": select(quizzes.c.data).where(of_platform, quizzes.c.open == constant(1)),
        "quizzes_unsettled": select(quizzes.c.data).where(
            of_platform, quizzes.c.settled == constant(0), quizzes.c.open == constant(0)
        ),
        "settle_quiz": update(quizzes)
        .where(quizzes.c.quiz == value("quiz"), quizzes.c.moved_at == value("moved_at"))
        .values(settled=constant(1)),
        "quizzes_in": select(quizzes.c.quiz).where(*_place(quizzes)),
        "quiz_messages": select(quiz_messages.c.slot, quiz_messages.c.message).where(
            quiz_messages.c.quiz == value("quiz")
        ),
        "set_quiz_message": put(insert, quiz_messages),
    }


def _log(insert: Any) -> dict[str, Executable]:
    of_quiz = quiz_log.c.quiz == value("quiz")
    answered = (quiz_log.c.kind == constant("Answered"), quiz_log.c.at >= value("since"), not_(_void()))
    wrong = (*answered, quiz_log.c.right == constant(0))
    return {
        "quiz_rows": select(quiz_log.c.data).where(of_quiz),
        "quiz_presses": select(quiz_log.c.data).where(of_quiz, quiz_log.c.number.is_(None)),
        "add_quiz_row": add(insert, quiz_log),
        "add_quiz_row_once": add(insert, quiz_log).on_conflict_do_nothing(),
        "missed_here": select(quiz_log.c.card)
        .distinct()
        .join(quizzes, quizzes.c.quiz == quiz_log.c.quiz)
        .where(*_place(quizzes), *wrong),
        "answered_here": select(quiz_log.c.card, func.sum(quiz_log.c.right), func.count())
        .join(quizzes, quizzes.c.quiz == quiz_log.c.quiz)
        .where(
            *_place(quizzes),
            *answered,
            quiz_log.c.at < value("until"),
        )
        .group_by(quiz_log.c.card),
        "missed_by": select(quiz_log.c.card)
        .distinct()
        .join(quiz_players, _seated())
        .where(*_account(quiz_players), *wrong, quiz_log.c.at < value("until")),
    }


def _players(insert: Any) -> dict[str, Executable]:
    me = and_(quiz_players.c.quiz == value("quiz"), quiz_players.c.seat == value("seat"))
    answered = quiz_log.c.kind == constant("Answered")
    mine = select(quiz_log.c.data).where(
        quiz_log.c.quiz == value("quiz"),
        quiz_log.c.question == value("question"),
        quiz_log.c.seat == value("seat"),
        answered,
    )
    same = and_(quiz_log.c.quiz == value("quiz"), quiz_log.c.question == value("question"))
    before = exists().where(*_account(quiz_players), _seated(), answered, not_(same))
    carried = quiz_carried
    return {
        "quiz_mine": select(exists().where(me), before, mine.scalar_subquery()),
        "quiz_players": select(
            quiz_players.c.seat, quiz_players.c.platform, quiz_players.c.external, quiz_players.c.name
        ).where(quiz_players.c.quiz == value("quiz")),
        "add_quiz_player": add(insert, quiz_players).on_conflict_do_nothing(),
        "quiz_carriers": select(carried.c.seat, carried.c.learner).where(carried.c.quiz == value("quiz")),
        "set_quiz_carrier": add(insert, carried).on_conflict_do_nothing(),
        "forget_player": update(quiz_players)
        .where(*_account(quiz_players))
        .values(platform=null(), external=null(), name=constant("")),
    }


def _results(insert: Any) -> dict[str, Executable]:
    hidden = exists().where(
        quiz_hidden.c.platform == quiz_players.c.platform, quiz_hidden.c.external == quiz_players.c.external
    )
    standing = quiz_standings
    return {
        "drop_quiz_standings": delete(standing).where(standing.c.quiz == value("quiz")),
        "add_quiz_standing": add(insert, standing),
        "quiz_standings": _standing_columns()
        .join(quiz_players, and_(quiz_players.c.quiz == standing.c.quiz, quiz_players.c.seat == standing.c.seat))
        .where(*_place(standing), standing.c.at >= value("since"), standing.c.at < value("until"), not_(hidden)),
        "best_of": select(func.max(standing.c.right))
        .join(quiz_players, and_(quiz_players.c.quiz == standing.c.quiz, quiz_players.c.seat == standing.c.seat))
        .where(*_account(quiz_players), standing.c.at < value("until")),
        "move_standings": update(standing).where(*_place(standing)).values(channel=value("new")),
        "hide": add(insert, quiz_hidden).on_conflict_do_nothing(),
        "unhide": delete(quiz_hidden).where(*_account(quiz_hidden)),
    }


def _standing_columns() -> Select[Any]:
    standing = quiz_standings.c
    player = quiz_players.c
    return select(
        standing.seat,
        standing.at,
        standing.right,
        standing.answered,
        standing.turned,
        player.platform,
        player.external,
        player.name,
    )


def _kept(insert: Any) -> dict[str, Executable]:
    table = quiz_timetables
    of_server = (table.c.platform == value("platform"), table.c.server == value("server"))
    of_platform = table.c.platform == value("platform")
    soonest = select(table.c.due_at).where(of_platform).order_by(table.c.due_at)
    return {
        "quizzes_saved": select(quiz_saved.c.data)
        .where(quiz_saved.c.platform == value("platform"), quiz_saved.c.server == value("server"))
        .order_by(quiz_saved.c.name),
        "save_quiz": put(insert, quiz_saved),
        "drop_saved": delete(quiz_saved).where(
            quiz_saved.c.platform == value("platform"), quiz_saved.c.server == value("server")
        ),
        "timetables": select(table.c.data).where(*of_server).order_by(table.c.timetable),
        "timetables_of": select(table.c.data).where(of_platform),
        "timetables_due": select(table.c.data).where(of_platform, table.c.due_at <= value("until")).with_for_update(),
        "timetable_next": soonest.limit(constant(1)).offset(constant(0)),
        "set_timetable": put(insert, table),
        "drop_timetable": delete(table).where(*of_server, table.c.timetable == value("timetable")),
    }


def _boards(insert: Any) -> dict[str, Executable]:
    table, off = quiz_boards, quiz_boards_off
    waiting = (table.c.platform == value("platform"), table.c.done == constant(0))
    soonest = select(table.c.due_at).where(*waiting).order_by(table.c.due_at)
    week = table.c.week == value("week")
    return {
        "plan_board": add(insert, table).on_conflict_do_nothing(),
        "boards_due": select(table.c.channel, table.c.week, table.c.zone, table.c.due_at)
        .where(*waiting, table.c.due_at <= value("until"))
        .order_by(table.c.due_at, table.c.channel),
        "board_next": soonest.limit(constant(1)).offset(constant(0)),
        "board_done": update(table).where(*_place(table), week).values(done=constant(1)),
        "board_off": select(exists().where(*_place(off))),
        "set_board_off": add(insert, off).on_conflict_do_nothing(),
        "set_board_on": delete(off).where(*_place(off)),
        "drop_boards_met": delete(table).where(*_place(table), table.c.week.in_(_weeks_of("new"))),
        "move_boards": update(table).where(*_place(table)).values(channel=value("new")),
        "drop_off_met": delete(off).where(*_place(off), exists(_off_in("new"))),
        "move_off": update(off).where(*_place(off)).values(channel=value("new")),
    }


def _weeks_of(channel: str) -> Select[Any]:
    there = quiz_boards.alias()
    return select(there.c.week).where(there.c.platform == value("platform"), there.c.channel == value(channel))


def _off_in(channel: str) -> Select[Any]:
    there = quiz_boards_off.alias()
    return select(there.c.channel).where(there.c.platform == value("platform"), there.c.channel == value(channel))


def _place(table: Table) -> tuple[ColumnElement[bool], ...]:
    return table.c.platform == value("platform"), table.c.channel == value("channel")


def _account(table: Table) -> tuple[ColumnElement[bool], ...]:
    return table.c.platform == value("platform"), table.c.external == value("external")


def _void() -> ColumnElement[bool]:
    """Whether the question of an answer was skipped or made void."""
    move = quiz_log.alias()
    same = and_(move.c.quiz == quiz_log.c.quiz, move.c.question == quiz_log.c.question)
    return exists(select(move.c.row).where(same, move.c.number > constant(0)))


def _seated() -> ColumnElement[bool]:
    return and_(quiz_players.c.quiz == quiz_log.c.quiz, quiz_players.c.seat == quiz_log.c.seat)
