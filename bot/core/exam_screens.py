"""The exam's screens: how ready a track is, and picking the date, by month, week and day. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from bot.core import exam_words as words
from bot.core import words as common
from bot.core.actions import DATING, Begin, Book, Browse, Set, ShowExam, ShowRehearsal, Start
from bot.core.exam_desk import ExamDesk, exam_tracks
from bot.core.exam_pace import MOST_NEW, Pace, is_beside, pace_to_exam
from bot.core.layout import rows_of, start_button
from bot.core.model import Learner, Scope, ScopeKind, Stage
from bot.core.reply import Aside, Block, Button, Line, Reply, Screen, Table
from decks.model import Card, Catalogue, Exam, Track
from scheduler.model import Policy, Progress
from scheduler.schedule import retrievability

MONTHS_SHOWN = 6
Rows = tuple[tuple[Button, ...], ...]
WEEK = 7
TABLE = 40  # columns of a phone in a fixed font
BETWEEN = 2  # columns between two of a table


class Domain(Struct, frozen=True, kw_only=True):
    """How far a learner is in one domain of an exam."""

    name: str
    weight: float  # 0-1
    cards: int
    met: int
    recalled: float  # cards of these that would be recalled now: the sum of their probabilities

    @property
    def recall(self) -> float | None:
        """Mean probability of recall of the cards met; None while none is."""
        return self.recalled / self.met if self.met else None

    @property
    def gain(self) -> float:
        """The share of the exam still to be had here, as far as these cards tell."""
        return self.weight * (1 - self.recalled / self.cards) if self.cards else 0.0


def domains(exam: Exam, cards: Iterable[Card], known: Mapping[str, Progress], day: int, policy: Policy) -> list[Domain]:
    """Every domain of the exam in the guide's order, then the cards of none."""
    weights = dict(exam.weights)
    named: dict[str, list[Card]] = {domain: [] for domain in (*weights, "")}
    for card in cards:
        named[card.domain if card.domain in weights else ""].append(card)
    found = []
    for name, members in named.items():
        recalls = [retrievability(known[card.id], day, policy) for card in members if card.id in known]
        counts = {"cards": len(members), "met": len(recalls), "recalled": sum(recalls)}
        found.append(Domain(name=name, weight=weights.get(name, 0.0), **counts))  # type: ignore[arg-type]
    return [domain for domain in found if domain.name or domain.cards]


def exam_view(learner: Learner, exam: ExamDesk, today: int, new_today: int, toast: str = "") -> Reply:
    """How ready a track is: expected recall by domain, the pace, where the weights come from."""
    track = exam.track
    if track is None or track.exam is None:
        return no_exam()
    day = _booked_day(learner, track)
    found = domains(track.exam, exam.cards, exam.known, today, learner.policy)
    body: list[Block] = [Line(words.day_title(track.title))]
    if day is not None and day < today:
        body.append(Line(words.passed(day, today)))
    elif day is not None:
        body.append(Line(words.until_exam(day, today)))
    body += _recalls(found, words.NO_DOMAIN if track.exam.weights else words.ALL_CARDS)
    gain = max(found, key=lambda domain: domain.gain, default=None)
    named = gain is not None and gain.gain > 0
    if gain is not None and named:
        body.append(Line(words.most_to_gain(gain.name)))
    body += _pace(learner, exam, today, new_today)
    told = words.weights if track.exam.weights else words.guided
    body.append(Aside(told(track.exam.guide, track.exam.date)))
    first = _drill_row(track, gain.name if gain is not None and named else "")
    date_label = words.PICK_DATE if day is None or day < today else words.CHANGE_DATE
    rows = (
        first,
        (Button(words.REHEARSAL, ShowRehearsal(track.slug)), Button(date_label, Book(track.slug))),
        *(((Button(common.MAKE_GOAL, Set("goal", track.slug)),),) if day is not None and is_beside(learner) else ()),
        (Button(common.BACK, Begin(), key=" "),),
    )
    return Reply(screen=Screen.EXAM, body=tuple(body), rows=rows, toast=toast)


def which_exam(catalogue: Catalogue) -> Reply:
    """Several tracks have an exam and none of them is the goal."""
    rows = tuple((Button(track.title, ShowExam(track.slug)),) for track in exam_tracks(catalogue))
    back = (Button(common.BACK, Begin(), key=" "),)
    return Reply(screen=Screen.EXAM, body=(Line(words.WHICH_EXAM),), rows=(*rows, back))


def no_exam() -> Reply:
    """There is nothing to prepare for."""
    rows = ((Button(common.DECKS, Browse()), Button(common.BACK, Begin(), key=" ")),)
    return Reply(screen=Screen.NOTICE, body=(Line(words.NO_EXAM),), rows=rows)


def is_it_booked(track: Track) -> Reply:
    """The introduction's last question."""
    rows = ((Button(words.PICK_DATE, Book(track.slug)), Button(words.NOT_YET, Book(track.slug, "not-yet"))),)
    return Reply(screen=Screen.SETUP, body=(Line(words.IS_BOOKED),), rows=rows, answers=True)


# --- picking the date --------------------------------------------------------------------------------------------


def pick_month(learner: Learner, track: Track, today: int, shift: int = 0, said: str = "") -> Reply:
    """Six months to pick from, `shift` months from now; or a day in words."""
    first = date.fromordinal(today)
    months = [_month_after(first.year, first.month, shift + step) for step in range(MONTHS_SHOWN)]
    buttons = [Button(words.month_label(*found), Book(track.slug, f"{found[0]}-{found[1]:02d}")) for found in months]
    later = (Button(words.LATER_MONTHS, Book(track.slug, f"+{(shift + MONTHS_SHOWN) % (4 * MONTHS_SHOWN)}")),)
    sentence = [Line(said)] if said else []
    return _asking(learner, track, (*sentence, Line(words.WHICH_MONTH)), (*rows_of(buttons), later), typed=True)


def pick_week(learner: Learner, track: Track, year: int, month: int, today: int) -> Reply:
    """The weeks of a month that are not over."""
    length, weeks = monthrange(year, month)[1], []
    for first in range(1, length + 1, WEEK):
        last = min(first + WEEK - 1, length)
        if date(year, month, last).toordinal() >= today:
            label = words.week_label(max(first, _first_open(year, month, today)), last, month)
            weeks.append(Button(label, Book(track.slug, f"{year}-{month:02d}-{first}w")))
    other = (Button(words.OTHER_MONTH, Book(track.slug)),)
    return _asking(learner, track, (Line(words.WHICH_WEEK),), (*rows_of(weeks), other))


def pick_day(learner: Learner, track: Track, year: int, month: int, first: int, today: int) -> Reply:
    """The days of a week that are not over."""
    length = monthrange(year, month)[1]
    found = [date(year, month, day).toordinal() for day in range(first, min(first + WEEK, length + 1))]
    days = [Button(words.day_label(day), Book(track.slug, f"{date.fromordinal(day)}")) for day in found if day >= today]
    other = (Button(words.OTHER_WEEK, Book(track.slug, f"{year}-{month:02d}")),)
    return _asking(learner, track, (Line(words.WHICH_DAY),), (*rows_of(days), other))


def _asking(learner: Learner, track: Track, body: tuple[Block, ...], rows: Rows, *, typed: bool = False) -> Reply:
    """One question about the date; in the introduction it can be put off, later the date can be forgotten."""
    if learner.stage is Stage.EXAM:
        way_out: tuple[Button, ...] = (Button(words.NOT_YET, Book(track.slug, "not-yet")),)
        return Reply(screen=Screen.SETUP, body=body, rows=(*rows, way_out), answers=True)
    forget = (Button(words.FORGET_DATE, Book(track.slug, "none")),) if _booked_day(learner, track) is not None else ()
    way_out = (*forget, Button(common.BACK, ShowExam(track.slug), key=" "))
    attempt = DATING if typed else ""
    return Reply(screen=Screen.EXAM, body=body, rows=(*rows, way_out), answers=typed, attempt=attempt)


# --- pieces ------------------------------------------------------------------------------------------------------


def _booked_day(learner: Learner, track: Track) -> int | None:
    booking = learner.booking
    return booking.day if booking is not None and booking.track == track.slug else None


def _recalls(found: list[Domain], rest: str) -> list[Block]:
    if not any(domain.met for domain in found):
        return [Line(words.NONE_MET)]
    counts = [(words.share(domain.recall), words.met(domain.met, domain.cards)) for domain in found]
    room = TABLE - max(len(share) + len(met) + 2 * BETWEEN for share, met in counts)
    names = (words.shortened(domain.name or rest, room) for domain in found)
    rows = tuple((name, *count) for name, count in zip(names, counts, strict=True))
    return [Line(words.IF_ASKED), Table(rows)]


def _pace(learner: Learner, exam: ExamDesk, today: int, new_today: int) -> list[Block]:
    """What the days until the exam bring; where they bring nothing of themselves, that."""
    pace = pace_to_exam(learner, exam, today, new_today)
    if pace is None:
        all_met = exam.cards and len(exam.known) + exam.aside == len(exam.cards)
        return [Line(words.all_met(exam.aside))] if all_met else []
    if exam.habit.per_day:
        return [Line(words.CATCHING_UP)]
    if is_beside(learner):
        return [Line(words.OTHER_GOAL)]
    return [Line(_pace_line(learner, pace, today, new_today))]


def _pace_line(learner: Learner, pace: Pace, today: int, new_today: int) -> str:
    own = learner.policy.new_per_day
    if pace.needed <= own and pace.days == pace.until - today + 1:
        days = -(-(pace.left + new_today) // own)
        return words.as_set(own, today + days - 1, today)
    if pace.needed <= own:
        return words.as_set_around(own, pace.until, today)
    if pace.fits:
        return words.faster(pace.needed, pace.until, own, today, later=pace.first > today)
    return words.too_many(MOST_NEW, pace.left + new_today - MOST_NEW * pace.days)


def _drill_row(track: Track, domain: str) -> tuple[Button, ...]:
    if not domain or track.exam is None:
        return (start_button(common.DRILL, Start(Scope(ScopeKind.TRACK, track.slug))),)
    place = [name for name, _ in track.exam.weights].index(domain) + 1
    return (start_button(words.drill_domain(domain), Start(Scope(ScopeKind.DOMAIN, f"{track.slug}/{place}"))),)


def _month_after(year: int, month: int, steps: int) -> tuple[int, int]:
    whole, place = divmod(month - 1 + steps, 12)
    return year + whole, place + 1


def _first_open(year: int, month: int, today: int) -> int:
    """The first day of the month that is not over."""
    now = date.fromordinal(today)
    return now.day if (now.year, now.month) == (year, month) else 1
