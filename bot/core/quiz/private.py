"""What only whoever pressed sees: options, preview, disputes, hints, sources, their own result. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from bot.core.layout import rows_of, source_of, texts
from bot.core.model import TutorError
from bot.core.quiz import words
from bot.core.quiz.actions import (
    DrillMisses,
    LetHost,
    PostBoard,
    Preview,
    SetOption,
    ShowOptions,
    Swap,
    Uphold,
    Void,
)
from bot.core.quiz.buttons import button
from bot.core.quiz.command import pace
from bot.core.quiz.fold import Pressed
from bot.core.quiz.model import Disputed, Player, Quiz, Stage
from bot.core.quiz.moves import brief
from bot.core.quiz.options import Answers, Play
from bot.core.quiz.results import is_ranked, missed, open_disputes, ranks, scores
from bot.core.reply import Aside, Block, Button, Items, Line, Reply, Screen, Weight
from decks.model import Card
from decks.text import escape

DISPUTES_SHOWN = 5  # questions
REASONS_SHOWN = 2  # of each
PREVIEWED = 15  # questions of a preview: as many buttons as both platforms take beside the text

_CHOICES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("questions", (("5 questions", "5"), ("10 questions", "10"), ("20 questions", "20"))),
    ("pace", (("20 s", "20s"), ("40 s", "40s"), ("host presses Next", "host"))),
    ("answers", (("choice", Answers.CHOICE.value), ("typed", Answers.TYPED.value))),
    (
        "play",
        (
            ("everyone scores", Play.EVERYONE.value),
            ("first one scores", Play.FIRST.value),
            ("hardcore", Play.HARDCORE.value),
            ("relaxed", Play.RELAXED.value),
        ),
    ),
    ("hints", (("hints on", "on"), ("hints off", "off"))),
)


def options(quiz: Quiz, titles: Sequence[str], *, posts_board: bool) -> Reply:
    """The options with what each may become, those in force marked. `titles` of what it draws from; the weekly board is
    the channel's option."""
    now = _now(quiz)
    rows: list[tuple[Button, ...]] = []
    for name, choices in _CHOICES:
        rows += rows_of(
            button(
                label,
                SetOption(quiz.id, name, value),
                Weight.PRIMARY if now[name] == value else Weight.PLAIN,
            )
            for label, value in _offered(choices, now[name])
        )
    label = words.BOARD_OFF if posts_board else words.BOARD_ON
    rows.append((button(words.PREVIEW, Preview(quiz.id)), button(label, PostBoard(quiz.id, not posts_board))))
    body = (
        Line(words.rules(quiz.options)),
        Line(words.drawn_from(quiz.options, titles)),
        Aside(words.BOARD_IS_POSTED if posts_board else words.BOARD_IS_NOT),
        Aside("Any deck can be named after the command, and more: /quiz decks:scd-types + sql-joins limit:5"),
    )
    return Reply(screen=Screen.SETTINGS, body=body, rows=tuple(rows))


def preview(quiz: Quiz, cards: Sequence[Card]) -> Reply:
    """The questions to come, each with a button that swaps it; without answers, for whoever looks may play too."""
    first = len(quiz.asked) + 1
    shown = cards[:PREVIEWED]
    swaps = [button(f"Swap {number}", Swap(quiz.id, number)) for number in range(first, first + len(shown))]
    body: list[Block] = [Line("Only you see these. Swap what you do not want.")]
    body += [Line(f"**{number}** {escape(brief(card))}") for number, card in enumerate(shown, first)]
    if len(cards) > len(shown):
        body.append(Aside(f"And {len(cards) - len(shown)} more."))
    back = ((button(words.OPTIONS, ShowOptions(quiz.id)),),) if quiz.stage is Stage.LOBBY else ()
    return Reply(screen=Screen.SETTINGS, body=tuple(body), rows=(*rows_of(swaps), *back))


def setup(titles: Sequence[str], *, everybody: bool) -> Reply:
    """What is settled in a server: who may start a quiz, with the other choice beside it, and what /quiz alone asks."""
    choices = ((words.EVERYBODY, True), (words.ADMINS_ONLY, False))
    row = (
        button(label, LetHost(choice), Weight.PRIMARY if choice is everybody else Weight.PLAIN)
        for label, choice in choices
    )
    body = (
        Line(words.SET_UP),
        Line(words.may_start(everybody=everybody)),
        Line(f"/quiz alone asks from {words.decks(titles)}."),
        Aside(words.OTHER_DECKS),
    )
    return Reply(screen=Screen.SETTINGS, body=body, rows=(tuple(row),))


def disputes(quiz: Quiz, pressed: Pressed, players: Mapping[str, Player]) -> Reply:
    """The questions that players dispute, and of each what was said last; latest first."""
    said: dict[int, list[Disputed]] = {}
    for one in reversed(open_disputes(quiz, pressed)):
        said.setdefault(one.question, []).append(one)
    if not said:
        raise TutorError(words.NO_DISPUTES)
    shown = list(said)[:DISPUTES_SHOWN]
    found = [one for number in shown for one in said[number][:REASONS_SHOWN]]
    body = tuple(Line(words.dispute(name_of(players, one.seat), one.question, one.reason)) for one in found)
    rows = tuple(
        (
            button(f"{words.VOID} {number}", Void(quiz.id, number), Weight.DANGER),
            button(f"{words.KEEP} {number}", Uphold(quiz.id, number)),
        )
        for number in shown
    )
    return Reply(screen=Screen.NOTICE, body=body, rows=rows)


def decided(sentence: str, quiz: Quiz, pressed: Pressed, players: Mapping[str, Player]) -> Reply:
    """What came of a decision, above the disputes that wait for another."""
    told = Reply(screen=Screen.NOTICE, body=(Line(sentence),), toast=sentence)
    if not open_disputes(quiz, pressed):
        return told
    waiting = disputes(quiz, pressed, players)
    return replace(told, body=(*told.body, *waiting.body), rows=waiting.rows)


def hint(quiz: Quiz, number: int) -> Reply:
    """The open question's hint."""
    question = quiz.question
    if question is None or question.number != number or quiz.stage is not Stage.QUESTION:
        raise TutorError(words.NOT_OPEN)
    if not quiz.options.hints:
        raise TutorError(words.NO_HINTS)
    if not question.card.hint:
        raise TutorError(words.NO_HINT)
    return Reply(screen=Screen.NOTICE, body=tuple(texts(question.card.hint)), toast=question.card.hint[:200])


def source(card: Card) -> Reply:
    """Where an answer comes from."""
    body = source_of(card) or (Aside("This card names no source."),)
    return Reply(screen=Screen.NOTICE, body=body)


def my_result(quiz: Quiz, pressed: Pressed, seat: str, turned: Sequence[str], best: int) -> Reply:
    """One player's own figures: score, what was missed, what turned around (cards in a few words).

    `best` is the most right answers they had in a quiz before; 0 where this is the first.
    """
    found = scores(quiz, pressed)
    mine = next((score for score in found if score.seat == seat), None)
    if mine is None:
        raise TutorError(words.NOTHING_COUNTS if seat in pressed.joined else words.NOT_PLAYING)
    place = next(rank.place for rank in ranks(found) if seat in rank.seats)
    line = words.my_score(mine, place, len(found), quiz.options.play)
    body: list[Block] = [Line(f"{line} {words.BEST}" if 0 < best < mine.right else line)]
    if mine.right and is_ranked(quiz):
        body.append(Line(f"A right answer took you {words.seconds(mine.took // mine.right)} on average."))
    wrong = missed(quiz, pressed, seat)
    if wrong:
        body += [Line("These did not come:"), Items(tuple(escape_all(past.brief for past in wrong)))]
    if turned:
        body += [Line("Right now, and wrong last week:"), Items(tuple(escape_all(turned)))]
    if any(past.void for past in quiz.past):
        body.append(Aside("Questions that were skipped or void are left out."))
    rows = ((button(words.DRILL_MISSES, DrillMisses(quiz.id)),),) if wrong else ()
    return Reply(screen=Screen.STATS, body=tuple(body), rows=rows)


def drilled(briefs: Sequence[str]) -> Reply:
    """The cards that were added to the drill."""
    body = (Line(words.drilled(len(briefs))), Items(tuple(escape_all(briefs))), Line(words.HOW_TO_DRILL))
    return Reply(screen=Screen.NOTICE, body=body, toast=words.drilled(len(briefs)).replace(":", "."))


def name_of(players: Mapping[str, Player], seat: str) -> str:
    """A player's name; deleted ones are "someone"."""
    player = players.get(seat)
    return player.name if player and player.account else words.SOMEONE


def escape_all(found: Iterable[str]) -> list[str]:
    """Texts made literal in the dialect."""
    return [escape(text) for text in found]


def _offered(choices: Sequence[tuple[str, str]], now: str) -> Sequence[tuple[str, str]]:
    """The choices, with what is in force by a command before them where it is none of theirs."""
    if now in {value for _, value in choices}:
        return choices
    unit = choices[0][0].partition(" ")[2]
    return ((words.NO_LIMIT if now == "none" else f"{now.removesuffix('s')} {unit}", now), *choices)


def _now(quiz: Quiz) -> dict[str, str]:
    options_ = quiz.options
    return {
        "questions": str(options_.questions),
        "pace": pace(options_),
        "answers": options_.answers.value,
        "play": options_.play.value,
        "hints": "on" if options_.hints else "off",
    }
