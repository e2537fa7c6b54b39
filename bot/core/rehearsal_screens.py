"""The screens of a rehearsal: before it, its questions, its end, its marks and its misses. Pure."""

from __future__ import annotations

from collections.abc import Container

from bot.core import rehearsal_words as words
from bot.core import words as common
from bot.core.actions import Ask, Begin, DrillMisses, HandIn, Mark, Rehearse, ShowExam, ShowMiss
from bot.core.ask import answer_of
from bot.core.exam_words import EXAM_VIEW
from bot.core.layout import LETTERS, source_of, texts
from bot.core.model import Option
from bot.core.rehearsal_model import OPEN, Asked, Rehearsal
from bot.core.rehearsal_sample import options_of
from bot.core.reply import Block, Button, Items, Line, Marker, Reply, Screen, Table, Weight
from decks.model import Card, Track
from decks.text import Paragraph, blocks

MINUTE = 60_000  # ms


def offer(track: Track, questions: int, minutes: int, last: Rehearsal | None, how: Line | None) -> Reply:
    """What a rehearsal is, before it begins; `how` the last one went."""
    exam = track.exam
    body: list[Block] = [Line(words.title(track.title))]
    if not questions or exam is None:
        body.append(Line(words.NO_QUESTIONS))
        return Reply(screen=Screen.EXAM, body=tuple(body), rows=((_exam_view(track.slug),),))
    body += [Line(words.explained(questions, minutes, exam.questions)), Line(words.EVIDENCE)]
    body += [how] if how is not None else []
    begin = Button(words.BEGIN, Rehearse(track.slug), weight=Weight.PRIMARY, key=" ")
    before = (_result(last),) if last is not None else ()
    return Reply(screen=Screen.EXAM, body=tuple(body), rows=((begin,), (*before, _exam_view(track.slug))))


def question(rehearsal: Rehearsal, card: Card, now: int, toast: str = "") -> Reply:
    """The question on screen with its options as letters; an answer given before is ticked."""
    asked, found = rehearsal.asked[rehearsal.at], options_of(card, rehearsal.id)
    ticked = (asked.picked,) if asked.picked != OPEN else ()
    body: list[Block] = [
        Line(words.heading(rehearsal.at + 1, len(rehearsal.asked), _minutes_left(rehearsal, now))),
        *texts(card.front),
        Items(tuple(option.text for option in found), Marker.LETTER, ticked=ticked),
    ]
    body += [Line(words.your_answer(LETTERS[place])) for place in ticked]
    letters = tuple(
        Button(LETTERS[place], Mark(rehearsal.id, rehearsal.at, place), key=str(place + 1))
        for place in range(len(found))
    )
    rows = (letters, _ways(rehearsal))
    return Reply(screen=Screen.EXAM, body=tuple(body), rows=rows, toast=toast)


def at_the_end(rehearsal: Rehearsal, now: int, toast: str = "") -> Reply:
    """Past the last question: what is open, and the way to hand in."""
    rows: tuple[tuple[Button, ...], ...]
    left, minutes = rehearsal.left, _minutes_left(rehearsal, now)
    if left:
        line = words.still_open([place + 1 for place in left], minutes)
        back = Button(words.TO_THE_OPEN, Ask(rehearsal.id, left[0]), weight=Weight.PRIMARY, key=" ")
        rows = ((back,), (Button(words.HAND_IN_ANYWAY, HandIn(rehearsal.id, True)),))
    else:
        line = words.all_answered(len(rehearsal.asked), minutes)
        hand_in = Button(words.HAND_IN, HandIn(rehearsal.id, True), weight=Weight.PRIMARY, key=" ")
        rows = ((hand_in, Button(words.LOOK_AGAIN, Ask(rehearsal.id, 0))),)
    return Reply(screen=Screen.EXAM, body=(Line(line),), rows=rows, toast=toast)


def result(rehearsal: Rehearsal, track: Track | None, toast: str = "") -> Reply:
    """The marks by domain in the track's order, and what can be done with the misses."""
    took = min(rehearsal.handed_in, rehearsal.ends_at) - rehearsal.started_at
    right, misses = sum(rehearsal.right), len(rehearsal.missed)
    body: list[Block] = [Line(words.marked(right, len(rehearsal.asked), max(1, round(took / MINUTE))))]
    body += _by_domain(rehearsal, track)
    body.append(Line(words.missed(misses) if misses else words.ALL_RIGHT))
    rows: list[tuple[Button, ...]] = []
    if misses:
        drill = Button(words.DRILL_MISSES, DrillMisses(rehearsal.id), weight=Weight.PRIMARY, key=" ")
        rows.append((drill, Button(words.SEE_MISSES, ShowMiss(rehearsal.id, 0))))
    rows.append((_exam_view(rehearsal.track), Button(common.BACK, Begin())))
    return Reply(screen=Screen.EXAM, body=tuple(body), rows=tuple(rows), toast=toast)


def miss(rehearsal: Rehearsal, number: int, card: Card, met: Container[str]) -> Reply:
    """One miss, explained: what was chosen, the answer, why, and the source. Of cards that are not `met` nothing is
    told."""
    misses = rehearsal.missed
    asked = rehearsal.asked[misses[number]]
    body: list[Block] = [
        Line(words.miss_heading(number + 1, len(misses), asked.domain)),
        *texts(card.front),
        Line(_chosen(asked, options_of(card, rehearsal.id), met)),
        *_answer(card),
        *(texts(card.why) if card.why else ()),
        *source_of(card),
    ]
    turning = [Button(words.EARLIER, ShowMiss(rehearsal.id, number - 1))] if number else []
    turning += [Button(words.LATER, ShowMiss(rehearsal.id, number + 1), key=" ")] if number + 1 < len(misses) else []
    rows = (
        *((tuple(turning),) if turning else ()),
        (Button(words.DRILL_MISSES, DrillMisses(rehearsal.id)), _result(rehearsal)),
    )
    return Reply(screen=Screen.EXAM, body=tuple(body), rows=rows)


def notice(sentence: str, track: str) -> Reply:
    """One sentence, and the way back to the exam."""
    return Reply(screen=Screen.NOTICE, body=(Line(sentence),), rows=((_exam_view(track),),))


def _result(rehearsal: Rehearsal) -> Button:
    return Button(words.RESULT, ShowMiss(rehearsal.id, -1))


def _exam_view(track: str) -> Button:
    return Button(EXAM_VIEW, ShowExam(track))


def _ways(rehearsal: Rehearsal) -> tuple[Button, ...]:
    at = rehearsal.at
    earlier = (Button(words.EARLIER, Ask(rehearsal.id, at - 1)),) if at else ()
    return (*earlier, Button(words.LATER, Ask(rehearsal.id, at + 1)), Button(words.HAND_IN, HandIn(rehearsal.id)))


def _minutes_left(rehearsal: Rehearsal, now: int) -> int:
    return max(0, rehearsal.ends_at - now) // MINUTE


def _by_domain(rehearsal: Rehearsal, track: Track | None) -> list[Block]:
    counts: dict[str, list[bool]] = {domain: [] for domain, _ in (track.exam.weights if track and track.exam else ())}
    for asked, right in zip(rehearsal.asked, rehearsal.right, strict=True):
        counts.setdefault(asked.domain, []).append(right)
    rows = tuple((domain, words.of(sum(found), len(found))) for domain, found in counts.items() if found)
    return [Table(rows)] if len(rows) > 1 else []


def _chosen(asked: Asked, found: tuple[Option, ...], met: Container[str]) -> str:
    if asked.picked == OPEN:
        return words.LEFT_OPEN
    option = found[asked.picked]
    return words.chose(option.text, option.label if option.card in met else "")


def _answer(card: Card) -> list[Block]:
    """The answer, set strongly; what is more than one paragraph stays as it is."""
    match blocks(answer := answer_of(card)):
        case (Paragraph(text=only),):
            return [Line(common.the_answer(only))]
        case _:
            return texts(answer)
