"""The card on screen: its question or its answer as blocks and buttons. Pure.

The question always stays above its answer.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core import news_words, spoken, words
from bot.core.actions import (
    Action,
    Back,
    Bury,
    Choose,
    Contest,
    Flag,
    Grid,
    Hint,
    Know,
    Model,
    More,
    Rate,
    Report,
    Reveal,
    ShowCard,
    Stop,
    Suspend,
    Tick,
    Understood,
    Undo,
)
from bot.core.ask import allowed, answer_of, several_right, suggestion
from bot.core.desk import Desk, Showing
from bot.core.layout import LETTERS, OPTION_LENGTH, packed, rows_of, source_of, texts
from bot.core.model import Attempt, Fit, Learner, Mode, Session, Stage, Step, Verdict
from bot.core.reply import Aside, Block, Button, Items, Line, Marker, Reply, Screen, Table, Weight
from decks.model import Card, NumberAnswer, PointsAnswer, SetAnswer, StepsAnswer
from decks.text import CodeBlock, blocks, plain
from scheduler.model import Phase, Progress, Rating
from scheduler.schedule import Moment, preview, wait


def card_screen(
    desk: Desk,
    showing: Showing,
    session: Session,
    *,
    before: tuple[Block, ...] = (),
    toast: str = "",
    hint: bool = False,
) -> Reply:
    """The screen of an open attempt, whichever side it shows."""
    if showing.attempt.step is Step.ASKED:
        return _question(desk, showing, session, before, toast, hint)
    return _answer(desk, showing, session, before, toast)


def more_screen(desk: Desk, showing: Showing, session: Session) -> Reply:
    """The card with its second layer of buttons."""
    attempt = showing.attempt.id
    know = [Button(words.KNOW, Know(attempt))] if showing.attempt.step is Step.ASKED else []
    rows = (
        (*know, Button(words.NOT_TODAY, Bury(attempt))),
        (Button(words.NEVER, Suspend(attempt)), Button(words.REPORT, Report(attempt))),
        (Button(words.HISTORY, ShowCard()), Button(words.STOP, Stop())),
        (Button(words.BACK, Back(attempt), key="Escape"),),
    )
    return _redrawn(card_screen(desk, showing, session), rows)


def report_screen(desk: Desk, showing: Showing, session: Session) -> Reply:
    """The card with the reasons for reporting it."""
    attempt = showing.attempt.id
    reasons = [Button(label, Flag(attempt, reason)) for reason, label in words.REASONS]
    rows = (*rows_of(reasons), (Button(words.BACK, Back(attempt), key="Escape"),))
    reply = card_screen(desk, showing, session)
    return _redrawn(reply, rows, extra=(Line(words.WHY_REPORT),))


def grid_screen(showing: Showing, progress: Mapping[str, Progress], values: Mapping[str, str]) -> Reply:
    """A matrix card's column: only cells already in review are filled in, so that nothing leaks."""
    place, card = showing.card.place, showing.card
    rows, known = [], 0
    for row, neighbour in place.neighbours if place else ():
        met = progress.get(neighbour)
        shown = words.NOT_MET if met is None else words.BACK_TODAY
        if neighbour != card.id and met is not None and met.phase is Phase.REVIEW:
            shown, known = plain(values.get(neighbour, shown)), known + 1
        rows.append((plain(row), shown))
    body = (
        Line(words.grid_title(place.column if place else "")),
        Table(tuple(rows)),
        Line(words.grid_known(known, len(rows))),
    )
    back = Button(words.BACK, Back(showing.attempt.id), key=" ")
    return Reply(screen=Screen.CARD, body=body, rows=((back,),), attempt=showing.attempt.id)


def model_screen(desk: Desk, showing: Showing, session: Session) -> Reply:
    """An interview card with its model answer; Back leads to its key points."""
    answer = showing.card.answer
    model = answer.model if isinstance(answer, PointsAnswer) else answer_of(showing.card)
    wanted = suggestion(showing.attempt, showing.card)
    back = Button(words.BACK, Back(showing.attempt.id), key="Escape")
    return Reply(
        screen=Screen.ANSWER,
        body=(*texts(showing.card.front), *texts(model)),
        rows=(*_rating_rows(desk, showing, wanted), (back,)),
        attempt=showing.attempt.id,
    )


def may_contest(attempt: Attempt) -> bool:
    """Whether a learner may say that a typed answer was right after all."""
    wrong = attempt.verdict is not None and attempt.verdict.fit is Fit.WRONG
    told = attempt.correction is not None
    return wrong and bool(attempt.given) and attempt.mode not in (Mode.CHOICE, Mode.STEPS) and not told


# --- the question ------------------------------------------------------------------------------------------------


def _question(
    desk: Desk, showing: Showing, session: Session, before: tuple[Block, ...], toast: str, hint: bool
) -> Reply:
    attempt, card = showing.attempt, showing.card
    body: list[Block] = [*before, _heading(attempt, card)]
    if session.cram and attempt.number == 1:
        body.append(Line(words.CRAMMING))
    if desk.learner.stage is Stage.FIRST_CARDS and not session.seen and attempt.mode in (Mode.REVEAL, Mode.INTERVIEW):
        body.append(Aside(words.IN_YOUR_HEAD))
    body += texts(card.front)
    body += _shown_options(attempt, card)
    body += [Aside(prompt) for prompt in _prompts(attempt, card)]
    if attempt.hinted or hint:
        body.append(Line(words.hint(card.hint) if card.hint else words.NO_HINT))
    return Reply(
        screen=Screen.QUESTION,
        body=tuple(body),
        rows=_question_rows(attempt, card, session),
        toast=toast,
        attempt=attempt.id,
        answers=True,
        typing=attempt.mode in (Mode.TYPED, Mode.CLOZE),
    )


def _heading(attempt: Attempt, card: Card) -> Line:
    head = words.heading(attempt.number, attempt.total, card.topic)
    return Line(words.taken_back(head) if attempt.back else head)


def _shown_options(attempt: Attempt, card: Card) -> list[Block]:
    if attempt.mode is Mode.CHOICE and _as_letters(attempt):
        texts = tuple(option.text for option in attempt.options)
        return [Items(texts, Marker.LETTER, ticked=attempt.ticks)]
    if isinstance(card.answer, StepsAnswer):
        return [Items(tuple(card.answer.steps[place] for place in attempt.order), Marker.LETTER)]
    return []


def _prompts(attempt: Attempt, card: Card) -> list[str]:
    match attempt.mode:
        case Mode.INTERVIEW:
            return [words.SAY_ALOUD]
        case Mode.STEPS if attempt.ticks:
            return [words.TAP_IN_ORDER, words.steps_so_far([LETTERS[place] for place in attempt.ticks])]
        case Mode.STEPS:
            return [words.TAP_IN_ORDER]
        case Mode.CLOZE:
            return [words.TYPE_BLANK]
        case Mode.CHOICE if several_right(attempt):
            return [words.PICK_SEVERAL]
        case Mode.TYPED if isinstance(card.answer, NumberAnswer):
            return [words.TYPE_NUMBER]
        case Mode.TYPED if isinstance(card.answer, SetAnswer):
            return [words.TYPE_SET]
        case Mode.TYPED:
            return [words.TYPE_IT]
        case _:
            return []


def _question_rows(attempt: Attempt, card: Card, session: Session) -> tuple[tuple[Button, ...], ...]:
    second = [Button(words.HINT, Hint(attempt.id), key="h")] if card.hint and not attempt.hinted else []
    if session.history:
        second.append(Button(words.UNDO, Undo(session.history[-1]), key="u"))
    second.append(Button(words.MORE, More(attempt.id), key="m"))
    match attempt.mode:
        case Mode.CHOICE if several_right(attempt):
            first = rows_of(_option_buttons(attempt, ticking=True))
            check = Button(words.CHECK, Reveal(attempt.id), weight=Weight.PRIMARY, key=" ")
            return (*first, (check,), tuple(second))
        case Mode.CHOICE:
            unsure = Button(words.NOT_SURE, Choose(attempt.id, -1), key=" ")
            return (*rows_of(_option_buttons(attempt, ticking=False)), (unsure, *second))
        case Mode.STEPS:
            taps = [
                Button(LETTERS[place], Tick(attempt.id, place), key=str(place + 1))
                for place in range(len(attempt.order))
                if place not in attempt.ticks
            ]
            return (*rows_of(taps), (_show(attempt),), tuple(second))
        case _:
            return ((_show(attempt),), tuple(second))


def _show(attempt: Attempt) -> Button:
    label = words.SHOW_POINTS if attempt.mode is Mode.INTERVIEW else words.SHOW_ANSWER
    return Button(label, Reveal(attempt.id), weight=Weight.PRIMARY, key=" ")


def _as_letters(attempt: Attempt) -> bool:
    return several_right(attempt) or any(len(plain(option.text)) > OPTION_LENGTH for option in attempt.options)


def _option_buttons(attempt: Attempt, *, ticking: bool) -> list[Button]:
    letters = _as_letters(attempt)
    buttons = []
    for place, option in enumerate(attempt.options):
        action: Action = Tick(attempt.id, place) if ticking else Choose(attempt.id, place)
        label = LETTERS[place] if letters else plain(option.text)
        ticked = " ✓" if ticking and place in attempt.ticks else ""
        buttons.append(Button(label + ticked, action, key=str(place + 1)))
    return buttons


# --- the answer --------------------------------------------------------------------------------------------------


def _answer(desk: Desk, showing: Showing, session: Session, before: tuple[Block, ...], toast: str) -> Reply:
    attempt, card = showing.attempt, showing.card
    body: list[Block] = [*before, _heading(attempt, card), *texts(card.front)]
    if attempt.mode is Mode.CHOICE:
        body += _shown_options(attempt, card)
    body += _verdict(desk, attempt, card)
    if attempt.correction is not None:
        body.append(Line(news_words.corrected(attempt.correction.before, attempt.correction.day, desk.today)))
    if card.why:
        body += texts(card.why)
    body += source_of(card)
    if desk.learner.stage is Stage.FIRST_CARDS and len(session.seen) < 3 and attempt.correction is None:
        body.append(Line(words.FIRST_RATINGS))
    wanted = suggestion(attempt, card) if attempt.correction is None else None
    if wanted is not None and _is_a_suggestion(attempt, card):
        body.append(Line(_suggested(desk.learner, attempt, card, wanted)))
    return Reply(
        screen=Screen.ANSWER,
        body=tuple(body),
        rows=_answer_rows(desk, showing, wanted),
        toast=toast,
        attempt=attempt.id,
    )


def _is_a_suggestion(attempt: Attempt, card: Card) -> bool:
    """A wrong answer and a choice suggest nothing in words: their buttons say enough."""
    wrong = attempt.verdict is not None and attempt.verdict.fit is Fit.WRONG
    return isinstance(card.answer, PointsAnswer) or not (wrong or attempt.mode is Mode.CHOICE)


def _suggested(learner: Learner, attempt: Attempt, card: Card, wanted: Rating) -> str:
    points = len(card.answer.points) if isinstance(card.answer, PointsAnswer) else 0
    return words.suggested(wanted, learner.two_buttons, len(attempt.ticks) if points else 0, points)


def _verdict(desk: Desk, attempt: Attempt, card: Card) -> list[Block]:
    match card.answer:
        case PointsAnswer(points=points):
            said: list[Block] = [Line(words.you_wrote(attempt.given))] if attempt.given else [Line(words.TICK_SAID)]
            return [*said, Items(tuple(point.text for point in points), Marker.NUMBER, ticked=attempt.ticks)]
        case StepsAnswer(steps=steps):
            if len(attempt.ticks) != len(steps):
                return [*_typed_remark(desk, attempt), Items(steps, Marker.NUMBER)]
            placed = tuple(true for true, place in enumerate(attempt.ticks) if attempt.order[place] == true)
            return [Line(words.in_order(len(placed), len(steps))), Items(steps, Marker.NUMBER, ticked=placed)]
        case SetAnswer(items=items) if attempt.mode is Mode.CHOICE and attempt.ticks:
            right = sum(attempt.options[place].right for place in attempt.ticks)
            return [Line(words.ticked(right, len(items), len(attempt.ticks) - right)), Items(items)]
        case SetAnswer(items=items):
            return [*_typed_remark(desk, attempt), Items(items)]
        case _:
            pass
    if attempt.mode is Mode.CHOICE and attempt.verdict:
        return _chosen(desk, attempt, card, attempt.verdict)
    return _plain_answer(desk, attempt, card)


def _plain_answer(desk: Desk, attempt: Attempt, card: Card) -> list[Block]:
    """The answer in bold, with what the check said; an answer with code keeps its lines."""
    text = answer_of(card)
    remark = _remark(desk, attempt)
    found = blocks(text)
    if len(found) != 1 or isinstance(found[0], CodeBlock):
        return [*(Line(line) for line in [remark] if line), *texts(text)]
    return [Line(words.the_answer(found[0].text, remark))]


def _typed_remark(desk: Desk, attempt: Attempt) -> list[Block]:
    remark = _remark(desk, attempt)
    return [Line(remark)] if remark else []


def _remark(desk: Desk, attempt: Attempt) -> str:
    """What the check of a typed answer has to say, as a sentence."""
    verdict = attempt.verdict
    if verdict is None or not attempt.given or attempt.mode is Mode.CHOICE:
        return ""
    if verdict.foreseen:
        return words.foreseen(attempt.given, verdict.foreseen)
    if verdict.fit is Fit.RIGHT:
        return verdict.reason or words.YES
    said = f"{words.you_wrote(attempt.given)}."
    known = desk.progress.get(verdict.wrong)
    if verdict.label and known is not None and known.phase is Phase.REVIEW:
        return f"{said} {words.belongs_to(verdict.label)}"
    return f"{said} {verdict.reason}" if verdict.reason else said


def _chosen(desk: Desk, attempt: Attempt, card: Card, verdict: Verdict) -> list[Block]:
    answer = plain(answer_of(card)) if len(blocks(answer_of(card))) != 1 else answer_of(card)
    place = next(place for place, option in enumerate(attempt.options) if option.right)
    if verdict.fit is Fit.RIGHT:
        return [Line(words.right_choice(answer))]
    shown = words.lettered(LETTERS[place], answer) if _as_letters(attempt) else words.the_answer(answer)
    if not attempt.given:
        return [Line(shown)]
    wrong = next((i for i, option in enumerate(attempt.options) if option.text == attempt.given), None)
    if wrong is None:
        return [Line(shown)]
    option = attempt.options[wrong]
    chosen = LETTERS[wrong] if _as_letters(attempt) else f"“{option.text}”"
    known = desk.progress.get(option.card)
    belongs = option.label if known and known.phase is Phase.REVIEW else ""
    return [Line(words.wrong_choice(chosen, belongs)), Line(shown)]


def _answer_rows(desk: Desk, showing: Showing, wanted: Rating | None) -> tuple[tuple[Button, ...], ...]:
    attempt, card = showing.attempt, showing.card
    if attempt.correction is not None:
        return ((_got_it(attempt),),)
    rows = [*_point_rows(attempt, card), *_rating_rows(desk, showing, wanted)]
    history = desk.session.history if desk.session else ()
    if may_contest(attempt):
        rows.append((Button(words.CONTEST, Contest(attempt.id), key="c"),))
    extra = []
    if card.place is not None and attempt.verdict and attempt.verdict.fit is Fit.WRONG:
        extra.append(Button(words.GRID, Grid(attempt.id), key="g"))
    if isinstance(card.answer, PointsAnswer):
        extra.append(Button(words.MODEL, Model(attempt.id), key="g"))
    if attempt.back and history:
        extra.append(Button(words.UNDO, Undo(history[-1]), key="u"))  # pressed again it goes one card further
    extra.append(Button(words.MORE, More(attempt.id), key="m"))
    return (*rows, *packed(extra))


def _point_rows(attempt: Attempt, card: Card) -> tuple[tuple[Button, ...], ...]:
    if not isinstance(card.answer, PointsAnswer):
        return ()
    buttons = (
        Button(f"{place + 1} ✓" if place in attempt.ticks else str(place + 1), Tick(attempt.id, place))
        for place in range(len(card.answer.points))
    )
    return (tuple(buttons),)


def _rating_rows(desk: Desk, showing: Showing, wanted: Rating | None) -> tuple[tuple[Button, ...], ...]:
    """The ratings offered, each with its wait: what the button says is what it does."""
    attempt, card, learner = showing.attempt, showing.card, desk.learner
    if attempt.correction is not None:
        return ((_got_it(attempt),),)
    moment = Moment(desk.now, desk.today)
    progress = desk.progress.get(card.id)
    futures = preview(progress, card.id, moment, learner.policy)
    cram = bool(desk.session and desk.session.cram)
    return (
        tuple(
            Button(
                (words.TWO_BUTTONS if learner.two_buttons else words.RATINGS)[rating],
                Rate(attempt.id, rating),
                "" if cram else spoken.short_wait(wait(futures.of(rating), moment)),
                Weight.PRIMARY if rating is _default(attempt, wanted) else Weight.PLAIN,
                _rating_key(rating, learner),
            )
            for rating in allowed(attempt.allowed, learner)  # the setting may be newer than the answer
        ),
    )


def _got_it(attempt: Attempt) -> Button:
    """All there is to say to a corrected answer."""
    return Button(news_words.GOT_IT, Understood(attempt.id), weight=Weight.PRIMARY, key=" ")


def _default(attempt: Attempt, wanted: Rating | None) -> Rating | None:
    """The rating the space bar gives: the suggested one."""
    return wanted if wanted in attempt.allowed else None


def _rating_key(rating: Rating, learner: Learner) -> str:
    return str({Rating.AGAIN: 1, Rating.GOOD: 2}[rating] if learner.two_buttons else int(rating))


def _redrawn(reply: Reply, rows: tuple[tuple[Button, ...], ...], extra: tuple[Block, ...] = ()) -> Reply:
    return Reply(
        screen=reply.screen,
        body=(*(block for block in reply.body if block != Line(words.FIRST_RATINGS)), *extra),  # no ratings here
        rows=rows,
        attempt=reply.attempt,
        answers=reply.answers,
    )
