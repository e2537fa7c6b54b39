"""What the channel sees: the lobby, each question open and closed, the results. Pure: one `Show` for each slot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from bot.core.ask import answer_of
from bot.core.layout import LETTERS, rows_of, source_of, texts
from bot.core.model import Mode
from bot.core.quiz import words
from bot.core.quiz.actions import (
    Dispute,
    DrillMisses,
    Join,
    MyResult,
    Next,
    Pick,
    ReplayMisses,
    SameAgain,
    ShowDisputes,
    ShowHint,
    ShowOptions,
    ShowSource,
    Skip,
    StartNow,
    ToDrill,
    Unpause,
)
from bot.core.quiz.buttons import button
from bot.core.quiz.command import command
from bot.core.quiz.fold import Pressed
from bot.core.quiz.model import Player, Question, Quiz, Stage
from bot.core.quiz.options import Order, Play
from bot.core.quiz.private import name_of
from bot.core.quiz.results import hardest, is_ranked, missed, open_disputes, ranks, scores
from bot.core.quiz.show import END, LOBBY, Ballot, Show, Timing, question_slot
from bot.core.reply import Aside, Block, Button, Items, Line, Marker, Reply, Screen, Weight
from decks.text import escape, plain

LEADING = 3  # places shown at the end
ENOUGH = 5  # players who had met a card before what was expected of them is told


class Scene(Struct, frozen=True, kw_only=True):
    """Everything the channel's screens are made of."""

    quiz: Quiz
    pressed: Pressed
    players: Mapping[str, Player]
    titles: tuple[str, ...] = ()  # of the source
    turned: Mapping[str, int] = {}  # seat -> cards right now and wrong last week; known at the end
    messages: Mapping[str, str] = {}  # slot -> the message that shows it


def shows(scene: Scene) -> tuple[Show, ...]:
    """The messages that may have changed since the last move, in the order in which they are sent."""
    quiz = scene.quiz
    drawn: list[Show] = []
    if quiz.question is None or (quiz.question.number == 1 and quiz.stage is Stage.QUESTION):
        drawn.append(lobby(scene))
    if quiz.question is not None:
        drawn.append(question(scene, quiz.question))
    if quiz.stage is Stage.FINISHED:
        drawn.append(end(scene))
    return tuple(drawn)


def lobby(scene: Scene) -> Show:
    """Who is in, and when it starts."""
    quiz = scene.quiz
    waiting = quiz.stage is Stage.LOBBY
    drawn = words.drawn_from(quiz.options, scene.titles)
    if waiting and quiz.options.order is Order.FORGETTING:
        drawn = words.join_first(drawn)
    body = [Line("**Quiz**"), Line(words.rules(quiz.options)), Line(drawn)]
    body += [Line(words.PAUSED)] if waiting and quiz.paused_at else []
    go_on = button(words.GO_ON, Unpause(quiz.id)) if quiz.paused_at else button(words.START_NOW, StartNow(quiz.id))
    rows = (
        (
            button(words.JOIN, Join(quiz.id), Weight.PRIMARY),
            go_on,
            button(words.OPTIONS, ShowOptions(quiz.id)),
        ),
    )
    return _show(
        scene,
        LOBBY,
        Screen.MENU,
        body,
        rows if waiting else (),
        timing=Timing("Starts", quiz.deadline) if waiting and not quiz.paused_at else None,
        crowd=words.in_now(_names(scene, _there(scene))),
        foot=(Aside(words.started_by(name_of(scene.players, quiz.host))),) if waiting else (),
        mention=quiz.options.role,
        live=waiting,
    )


def _there(scene: Scene) -> list[str]:
    """Who is in; once the first question is open, who was before it: later ones need no drawing of the lobby."""
    quiz, pressed = scene.quiz, scene.pressed
    since = quiz.question.asked_at if quiz.question else 0
    return [seat for seat in pressed.playing(quiz) if not since or pressed.joined[seat] <= since]


def question(scene: Scene, asked: Question) -> Show:
    """The question while it is open, and its answer after."""
    if scene.quiz.stage is Stage.QUESTION:
        return _open(scene, asked)
    return _closed(scene, asked)


def end(scene: Scene) -> Show:
    """The leading places, who turned what around, the hardest questions, and how to play again."""
    quiz, pressed = scene.quiz, scene.pressed
    found = scores(quiz, pressed)
    counted = sum(not past.void for past in quiz.past)
    body: list[Block] = [Line(words.result_title(counted, len(found)))] if quiz.past else []
    if quiz.ending is not None and (why := words.ended(quiz.ending, quiz.options.order)):
        body.append(Line(why))
    leading = [rank for rank in ranks(found) if rank.place <= LEADING and rank.points]
    if leading and is_ranked(quiz):
        told = [words.place(rank.place, _names(scene, rank.seats), rank.points) for rank in leading]
        body.append(Line(" · ".join(told)))
    if out := [past.number for past in quiz.past if past.void]:
        body.append(Line(words.left_out(out)))
    turned = sorted(((seat, count) for seat, count in scene.turned.items() if count), key=lambda pair: -pair[1])
    if turned:
        body.append(Line(words.turned_around([(name_of(scene.players, seat), n) for seat, n in turned[:LEADING]])))
    hard = hardest(quiz, pressed)
    if hard and len(found) > 1:
        listed = tuple(words.so_many(one.brief, one.right, one.answered) for one in hard)
        body += [Line(words.HARDEST), Items(listed)]
    again = [button(words.AGAIN, SameAgain(quiz.id))]
    own = [button(words.MY_RESULT, MyResult(quiz.id))]
    if missed(quiz, pressed):
        own.append(button(words.DRILL_MISSES, DrillMisses(quiz.id)))
        again.insert(0, button(words.REPLAY, ReplayMisses(quiz.id)))
    if open_disputes(quiz, pressed):
        again.append(button(words.DISPUTES, ShowDisputes(quiz.id)))
    rows = (tuple(own), tuple(again)) if found else (tuple(again),)
    again_by = command(quiz.options)
    foot = (Aside(escape(again_by)),) if again_by else ()
    return _show(scene, END, Screen.SUMMARY, body, rows, foot=foot, live=False)


# --- a question --------------------------------------------------------------------------------------------------


def _open(scene: Scene, asked: Question) -> Show:
    quiz = scene.quiz
    body: list[Block] = _front(quiz, asked)
    if quiz.away:
        body.insert(0, Line(words.back_after(quiz.away, asked.number)))
    if quiz.paused_at:
        body.append(Line(words.PAUSED if is_ranked(quiz) else words.STILL_COUNTS))
    if asked.mode is Mode.TYPED:
        body.append(Aside(words.TYPE_IT))
    answered = [answer.seat for answer in scene.pressed.to(asked.number)]
    return _show(
        scene,
        question_slot(asked.number),
        Screen.QUESTION,
        body,
        _open_rows(quiz, asked),
        timing=Timing("Closes", asked.closes_at) if asked.closes_at and not quiz.paused_at else None,
        crowd=words.in_now(_names(scene, answered)),
        typed=asked.mode is Mode.TYPED,
        ballot=_ballot(quiz, asked),
    )


def _ballot(quiz: Quiz, asked: Question, after: Sequence[Block] = ()) -> Ballot | None:
    """The question as a poll: only where nobody is first, since polls tell no times. `after` is said of its answer."""
    card = asked.card
    if asked.mode is not Mode.CHOICE or quiz.options.play is not Play.RELAXED or "```" in card.front + card.why:
        return None
    head = plain(words.heading(asked.number, asked.of or quiz.options.questions, card.topic))
    if quiz.options.window and not quiz.options.host_paced:
        head = f"{head} · {quiz.options.window} seconds"  # a poll counts nothing down
    options = tuple(plain(option.text) for option in asked.options)
    right = Line(words.bold(asked.options[asked.right].text))
    return Ballot(f"{head}\n{plain(card.front)}", options, asked.right, plain(card.why), (right, *after))


def _open_rows(quiz: Quiz, asked: Question) -> tuple[tuple[Button, ...], ...]:
    if quiz.paused_at and is_ranked(quiz):
        return ((button(words.GO_ON, Unpause(quiz.id)),),)
    letters = asked.by_letters
    picks = [
        button(LETTERS[place] if letters else plain(option.text), Pick(quiz.id, asked.number, place))
        for place, option in enumerate(asked.options)
    ]
    others: list[Button] = []
    if quiz.options.hints and asked.card.hint:
        others.append(button(words.HINT, ShowHint(quiz.id, asked.number)))
    if quiz.options.skipping:
        others.append(button(words.SKIP, Skip(quiz.id, asked.number)))
    if quiz.paused_at:
        others.append(button(words.GO_ON, Unpause(quiz.id)))
    elif quiz.options.host_paced or not asked.closes_at:
        others.append(button(words.NEXT, Next(quiz.id, asked.number)))
    return (*rows_of(picks), *((tuple(others),) if others else ()))


def _closed(scene: Scene, asked: Question) -> Show:
    quiz = scene.quiz
    past = next(past for past in quiz.past if past.number == asked.number)
    why = [*(texts(asked.card.why) if asked.card.why else []), *source_of(asked.card)]
    outcome = [Line(words.NOT_COUNTED)] if past.void else _outcome(scene, asked)
    outcome += [Line(words.now_out(_names(scene, past.out)))] if past.out and not past.void else []
    body = _front(quiz, asked, closed=True)
    body += [Line(words.bold(answer_of(asked.card)))] if asked.mode is Mode.TYPED else []
    body += [*why, *([] if past.void else _tally(scene, asked)), *outcome]
    again = quiz.stage is Stage.CLOSED
    if quiz.away and again:
        body.insert(0, Line(words.back_after(quiz.away, 0)))
    body += [Line(words.PAUSED)] if quiz.paused_at else []
    last = asked.number >= (asked.of or quiz.options.questions)
    timed = again and not quiz.options.host_paced and not quiz.paused_at
    return _show(
        scene,
        question_slot(asked.number),
        Screen.ANSWER,
        body,
        _closed_rows(scene, asked),
        timing=Timing("Results" if last else "Next", quiz.deadline) if timed else None,
        live=False,
        ballot=_ballot(quiz, asked, (*why, *outcome)),
    )


def _closed_rows(scene: Scene, asked: Question) -> tuple[tuple[Button, ...], ...]:
    quiz = scene.quiz
    everybody = [
        button(words.SOURCE, ShowSource(quiz.id, asked.number)),
        button(words.TO_DRILL, ToDrill(quiz.id, asked.number)),
    ]
    if not any(past.void for past in quiz.past if past.number == asked.number):
        everybody.append(button(words.DISPUTE, Dispute(quiz.id, asked.number)))
    host: list[Button] = []
    if quiz.stage is Stage.CLOSED and quiz.paused_at:
        host.append(button(words.GO_ON, Unpause(quiz.id)))
    elif quiz.stage is Stage.CLOSED and quiz.options.host_paced:
        host.append(button(words.NEXT, Next(quiz.id, asked.number, ask=True), Weight.PRIMARY))
    if open_disputes(quiz, scene.pressed):
        host.append(button(words.DISPUTES, ShowDisputes(quiz.id)))
    return (tuple(everybody), tuple(host)) if host else (tuple(everybody),)


def _tally(scene: Scene, asked: Question) -> list[Block]:
    """How the options fared, where more than one was chosen from."""
    answers = scene.pressed.to(asked.number)
    if asked.mode is not Mode.CHOICE or len(answers) < 2:
        return []
    given = Counter(answer.given for answer in answers)
    counts = [(letter, given[letter]) for letter in LETTERS[: len(asked.options)]]
    return [Line(words.tally(counts, asked.right))]


def _outcome(scene: Scene, asked: Question) -> list[Block]:
    """Who was right, how hard it was expected to be."""
    quiz = scene.quiz
    answers = scene.pressed.to(asked.number)
    body: list[Block] = []
    if not answers:
        return [Line(words.NO_ANSWERS)]
    right = [(name_of(scene.players, answer.seat), answer.took) for answer in answers if answer.right]
    if right and quiz.options.play is Play.FIRST:
        body.append(Line(words.first_was(*right[0])))
    else:
        body.append(Line(words.who_was_right(right, timed=is_ranked(quiz))))
    if asked.met >= ENOUGH and len(answers) >= ENOUGH:
        body.append(Line(words.expected(len(right), len(answers), round(asked.expected), asked.met)))
    return body


def _front(quiz: Quiz, asked: Question, *, closed: bool = False) -> list[Block]:
    """What is asked; options too long for buttons stand below, and once it is closed all do, the right one marked."""
    head = words.heading(asked.number, asked.of or quiz.options.questions, asked.card.topic)
    body: list[Block] = [Line(head), *texts(asked.card.front)]
    if asked.mode is not Mode.CHOICE:
        return body
    if closed:
        options = (words.bold(option.text) if option.right else option.text for option in asked.options)
        body.append(Items(tuple(options), Marker.LETTER, ticked=(asked.right,)))
    elif asked.by_letters:
        body.append(Items(tuple(option.text for option in asked.options), Marker.LETTER))
    return body


def _names(scene: Scene, seats: Sequence[str]) -> list[str]:
    return [name_of(scene.players, seat) for seat in seats]


def _show(
    scene: Scene,
    slot: str,
    screen: Screen,
    body: Sequence[Block],
    rows: tuple[tuple[Button, ...], ...],
    *,
    timing: Timing | None = None,
    crowd: str = "",
    foot: tuple[Block, ...] = (),
    mention: str = "",
    live: bool = True,
    typed: bool = False,
    ballot: Ballot | None = None,
) -> Show:
    return Show(
        place=scene.quiz.place,
        quiz=scene.quiz.id,
        slot=slot,
        reply=Reply(screen=screen, body=tuple(body), rows=rows),
        timing=timing,
        crowd=crowd,
        foot=foot,
        message=scene.messages.get(slot, ""),
        mention=mention,
        live=live,
        typed=typed,
        ballot=ballot,
    )
