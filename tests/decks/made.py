"""Decks of every kind, made by Hypothesis: what the format can hold."""

from __future__ import annotations

from hypothesis import strategies as st

from decks.model import (
    Body,
    Cell,
    Choice,
    Cloze,
    Code,
    Comparison,
    Deck,
    Exam,
    Foreseen,
    Importance,
    Interview,
    Matrix,
    Note,
    Number,
    Point,
    Project,
    Question,
    Steps,
    Term,
    Track,
    Waiver,
)

_WORDS = st.text("abcXYZ019 -_:|*`\\[]{}#+.,'é€?=/", min_size=1, max_size=30)
_PLAIN = st.text("abcdefg hxyz019", min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
_SLUGS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
_MONTHS = st.sampled_from(("2025-01", "2026-12"))
_STRUCTURAL = ("A: no", "why: no", "- x", "1. x", "# x", "| x |", "[a / b]", "\\why: x", "odd: x", "```x y", "\\\\- x")


def _is_text(text: str) -> bool:
    return bool(text) and text == text.strip() and not text.startswith("```")


# One line of text; also lines that look like something else, which may only trouble a line that is not the first.
lines = st.one_of(_WORDS.map(str.strip).filter(_is_text), st.sampled_from(_STRUCTURAL).filter(_is_text))
_code = st.lists(st.text("ab:|-#[] \t", max_size=8).filter(lambda line: line != "```"), max_size=3).map(
    lambda code: "\n".join(("```sql", *code, "```"))
)
texts = st.one_of(
    lines,
    st.tuples(lines, _code).map("\n".join),
    st.tuples(_code, lines).map("\n".join),
    st.tuples(lines, _code, st.one_of(lines, st.sampled_from(_STRUCTURAL[:-2]))).map("\n".join),
    st.tuples(_code, _code).map("\n".join),
)
_several = st.lists(lines, max_size=2).map(tuple)
_foreseen = st.lists(st.builds(Foreseen, lines, lines), max_size=2).map(tuple)


def _lists(least: int, most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(lines, min_size=least, max_size=most).map(tuple)


def _labels(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(_SLUGS, min_size=least, max_size=most, unique=True)


_questions = st.builds(
    Question, texts, answer=texts, also=_several, distractors=_several, scenario=st.booleans()
) | st.builds(Question, texts, items=_lists(1, 4))
_clozes = st.builds(
    lambda before, blank, after, also: Cloze(f"{before} [{blank}] {after}", also), _PLAIN, _PLAIN, _PLAIN, _several
)
_points = st.builds(Point, lines, st.lists(_PLAIN, max_size=2).map(tuple))
_numbers = st.builds(
    Number,
    texts,
    st.sampled_from(("7 days", "24 %", "1,000", "1 GB", "$0.05 per GB", "-3.5")),
    st.lists(st.sampled_from(("168 hours", "1 week")), max_size=1).map(tuple),
    st.floats(0, 1e6),
)


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    """A matrix with asks, backs, renames and cells that name what its table has."""
    columns, rows = tuple(draw(_labels(1, 3))), draw(_labels(1, 4))
    cell = st.one_of(st.just(""), lines.filter(lambda text: text != "-"))
    filled = tuple((row, tuple(draw(cell) for _ in columns)) for row in rows)
    places = [(row, column) for row, cells in filled for column, value in zip(columns, cells, strict=True) if value]
    some = draw(st.lists(st.sampled_from(places), max_size=2, unique=True)) if places else []
    column = st.sampled_from(columns)
    back = tuple(draw(st.lists(st.tuples(column, st.just("Which has {cell}?")), max_size=1)))
    return Matrix(
        template=draw(st.just("In {row}, {column}?") | _PLAIN),
        corner=draw(_PLAIN),
        columns=columns,
        rows=filled,
        ask=tuple(draw(st.lists(st.tuples(column, st.just("What of {row} | {column}?")), max_size=2))),
        back=back,
        also=tuple(draw(st.lists(st.tuples(st.sampled_from(rows), lines), max_size=2))) if back else (),
        renamed=tuple(draw(st.lists(st.tuples(st.sampled_from(rows), _PLAIN), max_size=2))),
        cells=tuple(draw(cells(row, column)) for row, column in some),
    )


def cells(row: str, column: str) -> st.SearchStrategy[Cell]:
    """What a cell block may say."""
    return st.builds(
        Cell,
        row=st.just(row),
        column=st.just(column),
        why=st.just("") | texts,
        also=_several,
        wrong=_foreseen,
        as_of=st.just("") | _MONTHS,
        importance=st.none() | st.sampled_from(Importance),
        was=st.lists(_SLUGS.map("backfill:{}".format), max_size=2).map(tuple),
        relearn=st.sampled_from(("", "2026-11-24")),
    )


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """A comparison whose every row says something of both sides."""
    value = lines.filter(lambda text: text != "-")
    rows = tuple((label, draw(value), draw(value)) for label in draw(_labels(1, 3)))
    return Comparison(draw(lines), draw(lines), draw(st.sampled_from(("", "{left}, {right}: {dimension}?"))), "x", rows)


bodies: st.SearchStrategy[Body] = st.one_of(
    st.builds(Term, _PLAIN, st.just("") | texts, texts, st.just("") | texts, _several),
    _questions,
    st.builds(Code, st.tuples(lines, _code).map("\n".join), texts, _several, _several),
    matrices(),
    comparisons(),
    _clozes,
    _numbers,
    st.builds(Choice, texts, _lists(1, 2), _lists(1, 4)),
    st.builds(Choice, texts, _lists(1, 1), _lists(1, 4), _several),
    st.builds(Steps, texts, _lists(2, 6)),
    st.builds(Interview, texts, texts, st.lists(_points, min_size=1, max_size=5).map(tuple)),
    st.builds(Project, lines, lines, st.lists(_PLAIN, min_size=1, max_size=4).map(tuple), lines),
)


def notes(ids: st.SearchStrategy[str], section: str = "") -> st.SearchStrategy[Note]:
    """Notes of every kind with every attribute."""
    return st.builds(
        Note,
        id=ids,
        body=bodies,
        section=st.just(section),
        source=st.sampled_from(("", "guide", "guide, Grain, and more")),
        as_of=st.just("") | _MONTHS,
        why=st.just("") | texts,
        hint=st.just("") | texts,
        domain=st.just("") | _PLAIN,
        importance=st.sampled_from(Importance),
        wrong=_foreseen,
        was=st.lists(_SLUGS, max_size=2).map(tuple),
        relearn=st.sampled_from(("", "2026-11-24")),
        waivers=st.lists(st.builds(Waiver, _SLUGS, lines), max_size=1).map(tuple),
    )


@st.composite
def decks(draw: st.DrawFn) -> Deck:
    """Decks whose notes have ids, in up to two sections."""
    ids = draw(st.lists(_SLUGS, max_size=4, unique=True))
    sections = sorted(draw(st.sampled_from(("", "Type 2", "b"))) for _ in ids)
    return Deck(
        slug=draw(_SLUGS),
        title=draw(_PLAIN),
        about=draw(_PLAIN),
        level=draw(st.sampled_from(("beginner", "expert"))),
        notes=tuple(draw(notes(st.just(id), section)) for id, section in zip(ids, sections, strict=True)),
        requires=tuple(draw(st.lists(_SLUGS, max_size=2))),
        licence=draw(st.sampled_from(("MIT", "CC BY 4.0"))),
        source=draw(st.sampled_from(("", "guide"))),
        as_of=draw(st.just("") | _MONTHS),
        draft=draw(st.booleans()),
    )


_exams = st.builds(
    Exam,
    guide=_PLAIN,
    date=_MONTHS,
    weights=st.sampled_from(((("Ingestion", 0.24), ("Governance", 0.76)), (("all of it", 1.0),))),
    questions=st.integers(1, 999),
    minutes=st.integers(1, 999),
)
tracks = st.builds(
    Track,
    slug=_SLUGS,
    title=_PLAIN,
    goal=_PLAIN,
    decks=st.lists(_SLUGS, min_size=1, max_size=3).map(tuple),
    exam=st.none() | _exams,
)
