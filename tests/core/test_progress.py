"""What a learner's figures say."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.core.fold import fold_progress
from bot.core.model import Account, Carried, Day, LogEntry, Mode, Reset, Reviewed, Undone
from bot.core.progress import (
    HISTORY_ROWS,
    Leech,
    Phases,
    Retention,
    Topic,
    confusion,
    forecast,
    heatmap,
    history,
    leeches,
    phases,
    retention,
    weakest,
)
from decks.model import Card, Catalogue, Deck, Kind, TextAnswer
from scheduler import schedule
from scheduler.model import Memory, Phase, Policy, Progress, Rating

TODAY = date(2026, 11, 24).toordinal()  # a Tuesday
POLICY = Policy(fuzz=False)
HOUR = 3_600_000


def progress(*, phase: Phase = Phase.REVIEW, interval: int = 5, lapses: int = 0) -> Progress:
    return Progress(
        phase=phase,
        memory=Memory(5.0, 5.0),
        step=None if phase is Phase.REVIEW else 0,
        due_at=None if phase is Phase.REVIEW else 0,
        due_day=TODAY if phase is Phase.REVIEW else None,
        reviewed_at=0,
        reviewed_day=TODAY - 5,
        interval=interval,
        reps=3,
        lapses=lapses,
    )


def rated(
    number: int, rating: Rating = Rating.GOOD, *, day: int = TODAY, card: str = "b:a", wrong: str = ""
) -> Reviewed:
    return Reviewed(
        id=f"{number:04}",
        at=day * 24 * HOUR + number,
        study_day=day,
        account=Account("web", "1"),
        card=card,
        attempt=f"attempt-{number}",
        rating=rating,
        took=5000,
        mode=Mode.TYPED,
        policy="p",
        phase="review",
        wrong=wrong,
    )


def catalogue() -> Catalogue:
    def deck(slug: str, title: str) -> Deck:
        return Deck(slug=slug, title=title, about="", level="beginner", notes=())

    def card(id: str, slug: str) -> Card:
        return Card(id=id, kind=Kind.TERM, front="?", answer=TextAnswer("x"), note=id, deck=slug, topic=slug)

    return Catalogue(
        decks={"scd": deck("scd", "Slowly changing dimensions"), "joins": deck("joins", "Joins")},
        cards_by_deck={
            "scd": (card("b:one", "scd"), card("b:two", "scd")),
            "joins": (card("b:hash", "joins"),),
        },
        tracks={},
        renamed={"b:old": "b:two"},
    )


days = st.lists(
    st.builds(
        lambda back, reviews, due, kept: Day(
            study_day=TODAY - back,
            reviews=reviews,
            due=min(due, reviews),
            kept=min(kept, due, reviews),
            took=reviews * 9,
        ),
        st.integers(0, 400),
        st.integers(0, 500),
        st.integers(0, 500),
        st.integers(0, 500),
    ),
    unique_by=lambda day: day.study_day,
)


# --- retention, runs -----------------------------------------------------------------------------------------------


def test_retention_counts_the_days_of_the_span_with_today() -> None:
    shown = [
        Day(study_day=TODAY, reviews=10, due=8, kept=6, new=2, took=90_000),
        Day(study_day=TODAY - 6, reviews=5, due=2, kept=2, took=60_000),
        Day(study_day=TODAY - 7, reviews=100, due=100, kept=0, took=1_000_000),
    ]
    week = retention(shown, TODAY, 7)
    assert week == Retention(due=10, kept=8, reviews=15, new=2, studied=2, took=150_000)
    assert (week.share, week.minutes) == (0.8, 2)
    assert retention(shown, TODAY).due == 110


def test_without_due_cards_there_is_no_retention_to_speak_of() -> None:
    assert retention([], TODAY, 30).share is None
    assert retention([], TODAY, 30).minutes == 0
    assert retention([Day(study_day=TODAY, reviews=1, took=2000)], TODAY, 30).minutes == 1


@given(days, st.integers(1, 400), st.integers(0, 400))
def test_a_longer_span_never_counts_less(shown: list[Day], span: int, more: int) -> None:
    short, long, whole = (retention(shown, TODAY, days) for days in (span, span + more, None))
    assert short.reviews <= long.reviews <= whole.reviews == sum(day.reviews for day in shown)
    assert short.studied <= span
    assert short.share is None or 0 <= short.share <= 1


# --- topics, leeches, phases ---------------------------------------------------------------------------------------


def test_topics_are_decks_weakest_first_and_carry_renamed_cards() -> None:
    recall = [("b:one", 6, 3), ("b:old", 4, 4), ("b:hash", 10, 5), ("b:gone", 50, 0)]
    assert weakest(recall, catalogue()) == (
        Topic("Joins", 10, 5),
        Topic("Slowly changing dimensions", 10, 7),
    )
    assert weakest(recall, catalogue(), at_least=11) == ()
    assert weakest([("b:one", 0, 0)], catalogue(), at_least=0) == ()


def test_leeches_lapsed_as_often_as_the_policy_says() -> None:
    hardest = [("b:a", progress(lapses=8)), ("b:b", progress(lapses=7)), ("b:c", progress(lapses=12))]
    assert leeches(hardest, POLICY) == (Leech("b:c", 12), Leech("b:a", 8))
    assert leeches(hardest, Policy(leech_after=0)) == ()


def test_cards_are_counted_by_where_they_stand() -> None:
    known = {
        "b:a": progress(phase=Phase.LEARNING),
        "b:b": progress(phase=Phase.RELEARNING, interval=40),
        "b:c": progress(interval=20),
        "b:d": progress(interval=21),
    }
    assert phases([*known, "b:e", "b:f"], known) == Phases(new=2, learning=2, young=1, mature=1)


# --- confusion, history ----------------------------------------------------------------------------------------------


def test_the_commonest_wrong_answer_names_the_confusion() -> None:
    log = [
        rated(1, Rating.AGAIN, wrong="history table"),
        rated(2, Rating.AGAIN, wrong="b:type-3"),
        rated(3, Rating.AGAIN, wrong="history table"),
        rated(4, Rating.GOOD, wrong="b:type-3"),
        rated(5, Rating.AGAIN),
    ]
    assert confusion(log) == ("history table", 2)
    assert confusion([]) is None
    assert confusion([rated(1, Rating.AGAIN)]) is None


def test_of_equal_confusions_the_latest_is_named_and_undone_ones_are_not() -> None:
    log: list[LogEntry] = [rated(1, Rating.AGAIN, wrong="first"), rated(2, Rating.AGAIN, wrong="second")]
    assert confusion(log) == ("second", 1)
    undone = Undone(id="0003", at=(TODAY + 1) * 24 * HOUR, study_day=TODAY, card="b:a", entry="0002")
    assert confusion([*log, undone]) == ("first", 1)


def test_a_history_says_what_each_rating_did() -> None:
    log = [rated(1, Rating.EASY, day=TODAY - 20), rated(2, Rating.GOOD, day=TODAY - 10), rated(3, Rating.AGAIN)]
    table = history(log, {"p": POLICY}, "b:a")
    assert table[0] == ("date", "rating", "wait", "lasts", "recall")
    assert [row[:2] for row in table[1:]] == [("4 Nov 26", "Easy"), ("14 Nov 26", "Good"), ("24 Nov 26", "Again")]
    assert [row[4] for row in table[1:2]] == ["new"]
    assert table[3][2] == "10m"


def test_a_history_starts_afresh_after_a_reset_and_goes_on_after_a_rename() -> None:
    reset = Reset(id="0002", at=TODAY * 24 * HOUR + 2, study_day=TODAY, card="b:a")
    carried = Carried(id="0004", at=TODAY * 24 * HOUR + 4, study_day=TODAY, card="b:a", was="b:z", progress=progress())
    table = history([rated(1), reset, rated(3), carried, rated(5)], {"p": POLICY}, "b:a")
    assert [row[4] for row in table[1:]] == ["new", "new", "90%"]


@given(st.lists(st.tuples(st.sampled_from(list(Rating)), st.integers(0, 3000)), max_size=2 * HISTORY_ROWS))
def test_a_history_agrees_with_progress_and_fits_forty_columns(ratings: list[tuple[Rating, int]]) -> None:
    log: list[Reviewed] = []
    day = TODAY
    for number, (rating, later) in enumerate(ratings):
        day += later
        log.append(rated(number, rating, day=day))
    table = history([*log, rated(99, card="b:other")], {"p": POLICY}, "b:a")
    assert len(table) == 1 + min(len(log), HISTORY_ROWS)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    assert sum(widths) + 2 * (len(widths) - 1) <= 40
    if log:
        now = fold_progress(log, {"p": POLICY}, "b:a")
        assert now is not None
        wait = schedule.wait(now, schedule.Moment(log[-1].at, log[-1].study_day))
        assert table[-1][2][-1] in "mhdoy"
        assert isinstance(wait, schedule.Minutes) == (table[-1][2][-1] in "mh")


# --- grids of days ---------------------------------------------------------------------------------------------------


def test_the_heatmap_shades_days_by_quarters_of_the_busiest() -> None:
    shown = [
        Day(study_day=TODAY, reviews=40),
        Day(study_day=TODAY - 1, reviews=10),
        Day(study_day=TODAY - 7, reviews=9),
    ]
    lines = heatmap(shown, TODAY, weeks=3)
    assert lines == (
        "    Nov",
        "Mon · · ▒",
        "Tue · ░ █",
        "Wed · ·",
        "Thu · ·",
        "Fri · ·",
        "Sat · ·",
        "Sun · ·",
        "· none  ░ 1+  ▒ 10+  ▓ 20+  █ 30+",
    )


@given(days, st.integers(0, 800))
def test_a_heatmap_is_narrow_and_shows_every_studied_day(shown: list[Day], later: int) -> None:
    today = TODAY + later
    lines = heatmap(shown, today)
    assert len(lines) == 9
    assert max(map(len, lines)) <= 40
    grid = "".join(line[4:] for line in lines[1:8])
    first = today - (today - 1) % 7 - 15 * 7
    recent = [day for day in shown if first <= day.study_day <= today]
    assert sum(grid.count(shade) for shade in "░▒▓█") == sum(day.reviews > 0 for day in recent)
    assert sum(grid.count(shade) for shade in "·░▒▓█") == today - first + 1


def test_a_forecast_counts_overdue_cards_today() -> None:
    lines = forecast(
        {TODAY - 40: 3, TODAY - 1: 1, TODAY: 10, TODAY + 1: 7, TODAY + 6: 2, TODAY + 7: 1200}, TODAY, ahead=7
    )
    assert lines == (
        "       Mon Tue Wed Thu Fri Sat Sun",
        "23 Nov      14   7   ·   ·   ·   ·",
        "30 Nov   2  1k",
        "7 days: 23   8 days: 1,223",
    )


@given(st.dictionaries(st.integers(TODAY - 100, TODAY + 60), st.integers(0, 99_999)), st.integers(0, 6))
def test_a_forecast_is_narrow_and_adds_up(due: dict[int, int], later: int) -> None:
    today = TODAY + later
    lines = forecast(due, today)
    assert max(map(len, lines)) <= 40
    total = sum(count for day, count in due.items() if day <= today + 30)
    assert lines[-1].endswith(f" {total:,}")
