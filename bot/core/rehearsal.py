"""The state machine of a rehearsal: every change of one goes through `step`. Pure.

Rules kept here:
- A rehearsal is open until it is handed in; once its time is over, whatever is pressed hands it in first.
- A press names its rehearsal and question: an old screen changes its own question while the time runs, and nothing
  after. Answered twice, the later answer counts.
- Nothing is told until the end. Handed in, each answer on a card that is being learnt is evidence, weighed by
  `bot.core.evidence`; a card never met leaves no entry.
- Beginning one ends the sitting that is open: text and presses have one card to go to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from msgspec.structs import replace

from bot.core import rehearsal_screens as screens
from bot.core import rehearsal_words as words
from bot.core.actions import Ask, DrillMisses, HandIn, Mark, Rehearse, ShowMiss, ShowRehearsal
from bot.core.ask import GIVEN_LIMIT
from bot.core.clock import study_day
from bot.core.desk import Desk, Outcome, Supply, is_held
from bot.core.evidence import VERSION, event
from bot.core.exam_desk import ExamDesk, InRehearsal
from bot.core.exam_screens import no_exam
from bot.core.model import Change, Evidence, LogEntry, Mode, Scope, ScopeKind, Wanted
from bot.core.rehearsal_model import OPEN, Asked, Rehearsal
from bot.core.rehearsal_sample import minutes_for, options_of, sample
from bot.core.reply import Line
from bot.core.sitting import attempt_id, begin_with, carry, dropped, entry_id
from decks.model import Card, Track
from scheduler.model import Progress
from scheduler.schedule import advance

MINUTE = 60_000  # ms
Moves = tuple[tuple[str, Progress | None], ...]


def step(desk: Desk, action: InRehearsal) -> Outcome:
    """What a step of a rehearsal answers and changes."""
    exam = desk.exam or ExamDesk(track=None)
    rehearsal = exam.rehearsal
    if rehearsal is not None and rehearsal.is_open and desk.now >= rehearsal.ends_at:
        return _handed_in(desk, exam, rehearsal, words.TIME_IS_UP)
    match action:
        case ShowRehearsal() | Rehearse():
            return _entered(desk, exam, action)
        case Ask() | Mark() | HandIn() | ShowMiss() | DrillMisses():
            if rehearsal is None or action.rehearsal != rehearsal.id:
                return _elsewhere(desk, exam, words.NOT_THIS)
            return _within(desk, exam, rehearsal, action)
        case _:
            assert_never(action)


def under_way(desk: Desk) -> bool:
    """Whether a rehearsal is open: what is not about a card is about it then."""
    return desk.exam is not None and desk.exam.rehearsal is not None and desk.exam.rehearsal.is_open


def go_on(desk: Desk, text: str = "") -> Outcome:
    """The question on screen once more. A letter typed answers it."""
    exam = desk.exam
    if exam is None or exam.rehearsal is None:
        return Outcome(reply=no_exam())
    rehearsal, letter = exam.rehearsal, text.strip().upper()
    if desk.now < rehearsal.ends_at and len(letter) == 1 and rehearsal.at < len(rehearsal.asked):
        return step(desk, Mark(rehearsal.id, rehearsal.at, ord(letter) - 65))
    if desk.now >= rehearsal.ends_at:
        return _handed_in(desk, exam, rehearsal, words.TIME_IS_UP)
    return _shown(desk, exam, rehearsal, words.PRESS_A_LETTER if text.strip() else "")


def redrawn(desk: Desk, toast: str) -> Outcome:
    """Where an open rehearsal is, with a sentence about what just did not happen; nothing changes."""
    exam = desk.exam
    if exam is None or exam.rehearsal is None:
        return Outcome(reply=no_exam())
    return _shown(desk, exam, exam.rehearsal, toast)


def _entered(desk: Desk, exam: ExamDesk, action: ShowRehearsal | Rehearse) -> Outcome:
    """The way in: an open one goes on, whatever track was named; else its offer, the last result, or a new one."""
    rehearsal, track = exam.rehearsal, exam.track
    if rehearsal is not None and rehearsal.is_open:
        return _shown(desk, exam, rehearsal)
    if track is None or track.exam is None:
        return Outcome(reply=no_exam())
    if isinstance(action, Rehearse):
        return _begun(desk, exam, track)
    last = rehearsal if rehearsal is not None and rehearsal.track == track.slug else None
    drawn = sample(exam.cards, track.exam, desk.chance)
    minutes = minutes_for(track.exam, len(drawn))
    return Outcome(reply=screens.offer(track, len(drawn), minutes, last, _last_time(desk, last)))


def _last_time(desk: Desk, last: Rehearsal | None) -> Line | None:
    if last is None:
        return None
    day = study_day(last.handed_in, desk.learner.zone, desk.learner.day_start)
    return Line(words.last_time(sum(last.right), len(last.asked), day))


def _begun(desk: Desk, exam: ExamDesk, track: Track) -> Outcome:
    drawn = sample(exam.cards, track.exam, desk.chance) if track.exam else ()
    if not drawn or track.exam is None:
        return Outcome(reply=screens.notice(words.NO_QUESTIONS, track.slug))
    rehearsal = Rehearsal(
        id=attempt_id(desk),
        track=track.slug,
        started_at=desk.now,
        ends_at=desk.now + minutes_for(track.exam, len(drawn)) * MINUTE,
        asked=tuple(Asked(card.id, card.revision, domain) for card, domain in drawn),
    )
    cards = tuple(card for card, _ in drawn)
    attempts, session = dropped(desk), desk.session
    ended = replace(session, closed=True, attempt="", touched_at=desk.now) if session and not session.closed else None
    change = Change(rehearsal=rehearsal, attempts=attempts, session=ended)
    return Outcome(reply=screens.question(rehearsal, cards[0], desk.now), change=change, cards=cards)


def _within(
    desk: Desk, exam: ExamDesk, rehearsal: Rehearsal, action: Ask | Mark | HandIn | ShowMiss | DrillMisses
) -> Outcome:
    match action:
        case ShowMiss(number=number):
            return _miss(desk, exam, rehearsal, number)
        case DrillMisses():
            return _drilled(desk, exam, rehearsal)
        case Ask() | Mark() | HandIn() if not rehearsal.is_open:
            return Outcome(reply=screens.result(rehearsal, exam.track, words.HANDED_IN))
        case Ask(number=number):
            at = min(max(0, number), len(rehearsal.asked))
            return _shown(desk, exam, replace(rehearsal, at=at))
        case Mark(number=number, option=option):
            return _marked(desk, exam, rehearsal, number, option)
        case HandIn(sure=sure) if sure or not rehearsal.left:
            return _handed_in(desk, exam, rehearsal, "")
        case HandIn():
            return _shown(desk, exam, replace(rehearsal, at=len(rehearsal.asked)))
        case _:
            assert_never(action)


def _marked(desk: Desk, exam: ExamDesk, rehearsal: Rehearsal, number: int, option: int) -> Outcome:
    """One answer more, and the next question; an old screen's answer leaves the question on screen where it is."""
    if not 0 <= number < len(rehearsal.asked):
        return _shown(desk, exam, rehearsal, words.NO_OPTION)
    asked = rehearsal.asked[number]
    if not 0 <= option < len(options_of(exam.shown[asked.revision], rehearsal.id)):
        return _shown(desk, exam, rehearsal, words.NO_OPTION)
    answered = (*rehearsal.asked[:number], replace(asked, picked=option), *rehearsal.asked[number + 1 :])
    at = number + 1 if number == rehearsal.at else rehearsal.at
    return _shown(desk, exam, replace(rehearsal, asked=answered, at=at))


def _shown(desk: Desk, exam: ExamDesk, rehearsal: Rehearsal, toast: str = "") -> Outcome:
    """Where the rehearsal is; saved if that is news."""
    change = Change(rehearsal=rehearsal) if rehearsal != exam.rehearsal else Change()
    if rehearsal.at >= len(rehearsal.asked):
        return Outcome(reply=screens.at_the_end(rehearsal, desk.now, toast), change=change)
    card = exam.shown[rehearsal.asked[rehearsal.at].revision]
    return Outcome(reply=screens.question(rehearsal, card, desk.now, toast), change=change)


def _handed_in(desk: Desk, exam: ExamDesk, rehearsal: Rehearsal, toast: str) -> Outcome:
    """Marked; every answer on a card that is being learnt is an entry of the log."""
    right = tuple(_is_right(asked, exam.shown[asked.revision], rehearsal) for asked in rehearsal.asked)
    done = replace(rehearsal, handed_in=desk.now, right=right)
    entries = [] if desk.learner.separate else list(_evidence(desk, exam, done))
    change = _appended(desk, entries)
    return Outcome(reply=screens.result(done, exam.track, toast), change=replace(change, rehearsal=done))


def _evidence(desk: Desk, exam: ExamDesk, done: Rehearsal) -> Iterator[Evidence]:
    for number, asked in enumerate(done.asked):
        card = _known_as(desk, asked.card)
        if asked.picked == OPEN or card not in desk.progress:
            continue
        yield Evidence(
            id=entry_id(desk, number),
            at=desk.now,
            study_day=desk.today,
            account=desk.account,
            card=card,
            attempt=f"{done.id}.{number}",
            mode=Mode.CHOICE,
            correct=done.right[number],
            took=0,  # a question may be looked at more than once: the time of the last look would say little
            policy=desk.learner.policy.digest,
            version=VERSION,
            given=options_of(exam.shown[asked.revision], done.id)[asked.picked].text[:GIVEN_LIMIT],
        )


def _appended(desk: Desk, entries: Sequence[Evidence | Wanted]) -> Change:
    """Entries of evidence with the progress their cards then have."""
    policies = {desk.learner.policy.digest: desk.learner.policy}
    changed: dict[str, Progress | None] = {}
    for entry in entries:
        before = changed.get(entry.card, desk.progress.get(entry.card))
        happened = event(entry, before, policies)
        if happened is not None:
            changed[entry.card] = advance(before, happened, entry.card)
    return Change(entries=tuple(entries), progress=tuple(changed.items()))


def _known_as(desk: Desk, card: str) -> str:
    """The id under which a card is known: the one it has now, or an earlier one that no sitting has carried over."""
    renamed = desk.catalogue.renamed
    now = renamed.get(card, card)
    earlier = (before for before, is_now in renamed.items() if is_now == now and before in desk.progress)
    return now if now in desk.progress else next(earlier, now)


def _is_right(asked: Asked, card: Card, rehearsal: Rehearsal) -> bool:
    return asked.picked != OPEN and options_of(card, rehearsal.id)[asked.picked].right


def _miss(desk: Desk, exam: ExamDesk, rehearsal: Rehearsal, number: int) -> Outcome:
    if rehearsal.is_open:
        return _shown(desk, exam, rehearsal)
    if number < 0 or not rehearsal.missed:
        return Outcome(reply=screens.result(rehearsal, exam.track))
    place = min(number, len(rehearsal.missed) - 1)
    card = exam.shown[rehearsal.asked[rehearsal.missed[place]].revision]
    return Outcome(reply=screens.miss(rehearsal, place, card, exam.known))


def _drilled(desk: Desk, exam: ExamDesk, rehearsal: Rehearsal) -> Outcome:
    """The misses join the drill, once, and a sitting of them begins, whatever the day's limit."""
    if rehearsal.is_open:
        return _shown(desk, exam, rehearsal)
    now = desk.catalogue.renamed
    cards = dict.fromkeys(now.get(card, card) for card in (rehearsal.asked[place].card for place in rehearsal.missed))
    held = {now.get(card, card) for card, hold in desk.holds.items() if is_held(hold, desk.today)}
    there = tuple(card for card in cards if card in desk.catalogue.cards and card not in held)
    if not there:
        sentence = words.GONE if rehearsal.missed else words.NOTHING_MISSED
        return Outcome(reply=screens.result(rehearsal, exam.track, sentence))
    moves, entries = _carried(desk, there)
    desk = replace(desk, progress={**desk.progress, **_there(moves)})
    wanted = [] if rehearsal.drilled else [_wanted(desk, *at) for at in enumerate(there, len(entries))]
    joined = _appended(desk, wanted)
    known = {**desk.progress, **_there(joined.progress)}
    scope = Scope(ScopeKind.TRACK, rehearsal.track)
    outcome = begin_with(replace(desk, progress=known), there, scope, words.in_drill(len(there)))
    change = replace(
        outcome.change,
        entries=(*entries, *joined.entries, *outcome.change.entries),
        progress=(*moves, *joined.progress, *outcome.change.progress),
        rehearsal=replace(rehearsal, drilled=True),
    )
    return replace(outcome, change=change)


def _carried(desk: Desk, cards: Sequence[str]) -> tuple[Moves, tuple[LogEntry, ...]]:
    """What is known of some cards under earlier ids goes on under those they have now."""
    known = ((card, _known_as(desk, card)) for card in cards)
    carried = tuple((card, before, desk.progress[before]) for card, before in known if before != card)
    return carry(replace(desk, supply=Supply(carried=carried)))


def _there(moves: Moves) -> dict[str, Progress]:
    return {card: progress for card, progress in moves if progress is not None}


def _wanted(desk: Desk, number: int, card: str) -> Wanted:
    policy = desk.learner.policy.digest
    return Wanted(id=entry_id(desk, number), at=desk.now, study_day=desk.today, card=card, policy=policy)


def _elsewhere(desk: Desk, exam: ExamDesk, sentence: str) -> Outcome:
    """A press on the screen of another rehearsal."""
    if exam.rehearsal is None:
        return Outcome(reply=screens.notice(sentence, exam.track.slug if exam.track else ""))
    if exam.rehearsal.is_open:
        return _shown(desk, exam, exam.rehearsal, sentence)
    return Outcome(reply=screens.result(exam.rehearsal, exam.track, sentence))
