"""How an exam's date sets the pace of new cards."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.exam_desk import ExamDesk
from bot.core.exam_pace import LAST_DAYS, MOST_NEW, met_by, needed_new, pace_to_exam
from bot.core.model import Booking, Day, Learner, Scope, ScopeKind
from decks.model import Card, Exam, Kind, TextAnswer, Track
from scheduler.model import Memory, Phase, Progress

TODAY = 739_000
EXAM = Exam(guide="g", date="2026-05", weights=(), questions=5, minutes=5)
TRACK = Track(slug="pipes", title="Pipes", goal="g", decks=("pipes",), exam=EXAM)
MET = Progress(
    phase=Phase.REVIEW,
    memory=Memory(5, 5),
    step=None,
    due_at=None,
    due_day=TODAY,
    reviewed_at=0,
    reviewed_day=TODAY - 5,
    interval=5,
    reps=1,
    lapses=0,
)


def desk(cards: int, met: int) -> ExamDesk:
    made = tuple(
        Card(id=f"own:{n}", kind=Kind.QUESTION, front="?", answer=TextAnswer("!"), note=f"own:{n}")
        for n in range(cards)
    )
    return ExamDesk(track=TRACK, cards=made, known={card.id: MET for card in made[:met]})


def learner(ahead: int, goal: str = "pipes") -> Learner:
    return Learner(id="x", created_at=0, goal=goal, booking=Booking("pipes", TODAY + ahead))


def test_what_is_left_is_spread_over_the_days_that_are_left() -> None:
    pace = pace_to_exam(learner(53), desk(150, 50), TODAY, 0)
    assert pace is not None
    assert (pace.needed, pace.until, pace.left) == (2, TODAY + 49, 100)


@given(st.integers(1, 800), st.integers(1, 3000), st.data())
def test_the_pace_met_every_day_meets_every_card_in_time(ahead: int, left: int, data: st.DataObject) -> None:
    new_today = data.draw(st.integers(0, left - 1))
    pace = pace_to_exam(learner(ahead), desk(left, new_today), TODAY, new_today)
    assert pace is not None
    days = pace.until - TODAY + 1
    assert TODAY <= pace.until < TODAY + ahead, "not on the exam's day"
    assert pace.needed * days >= left > (pace.needed - 1) * days, "enough, and no more than needed"
    roomy = ahead > LAST_DAYS and left <= MOST_NEW * (ahead - LAST_DAYS)
    assert pace.until == TODAY + ahead - 1 - (LAST_DAYS if roomy else 0)


def test_a_pace_that_is_kept_stays_the_same_until_its_last_day() -> None:
    left, said = 111, set()
    for ahead in range(10, 3, -1):
        pace = pace_to_exam(learner(ahead), desk(left, 0), TODAY, 0)
        assert pace is not None
        said.add(pace.needed)
        left -= pace.needed
    assert left <= 0
    assert max(said) - min(said) <= 1


def test_no_pace_without_an_exam_ahead() -> None:
    everything, here = Scope(), desk(10, 0)
    for nobody in (learner(0), learner(-3), Learner(id="x", created_at=0, goal="pipes")):
        assert pace_to_exam(nobody, here, TODAY, 0) is None
        assert needed_new(nobody, here, everything, TODAY, 0) == 0
    assert pace_to_exam(learner(5), desk(10, 10), TODAY, 0) is None
    assert pace_to_exam(learner(5), None, TODAY, 0) is None


def test_only_sittings_that_draw_from_the_track_are_paced_and_within_reason() -> None:
    here = desk(1000, 0)
    assert needed_new(learner(9), here, Scope(), TODAY, 0) == MOST_NEW
    assert needed_new(learner(9, goal="other"), here, Scope(), TODAY, 0) == 0
    assert needed_new(learner(9, goal="other"), here, Scope(ScopeKind.TRACK, "pipes"), TODAY, 0) == MOST_NEW
    assert needed_new(learner(9), here, Scope(ScopeKind.DOMAIN, "pipes/2"), TODAY, 0) == MOST_NEW
    assert needed_new(learner(9), here, Scope(ScopeKind.DECK, "elsewhere"), TODAY, 0) == 0


def test_the_day_all_are_met_follows_the_days_behind() -> None:
    days = [Day(study_day=TODAY - n, reviews=5, new=5) for n in range(4)]
    assert met_by(50, days, TODAY) == TODAY + 10
    assert met_by(50, [Day(study_day=TODAY - 9, reviews=10, new=10)], TODAY) == TODAY + 50, "days off count"
    assert met_by(50, [Day(study_day=TODAY - 40, reviews=10, new=10)], TODAY) is None, "long ago does not"
    assert met_by(50, [Day(study_day=TODAY, reviews=3)], TODAY) is None
