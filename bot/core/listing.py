"""Check a typed list: items in any order, steps in order, key points in running text. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from bot.core import compare, numbered
from bot.core.lexicon import NEGATIONS
from bot.core.model import Fit, Verdict
from bot.core.numbered import Series
from bot.core.wording import (
    BREAK,
    LONGEST,
    content,
    key,
    normalised,
    phrases,
    stems,
    without_lead_in,
    words,
)
from decks.model import Point, PointsAnswer
from decks.text import escape, plain
from scheduler.model import Rating

_RECOGNISED = 0.6  # share of an item's content stems that one fragment must have
_NAMED = 60  # characters of an item inside a reason
_GLUE = frozenset(
    {"and", "then", "next", "finally", "first", "firstly", "second", "lastly", "plus", "or", "+", "→", ">"}
)
_NUMBERING = re.compile(r"(?m)^[ \t]*(?:[-*•·–—]|\(?\d{1,2}[.):]|\(?[a-h][.)])[ \t]+")
_NUMBERED_INLINE = re.compile(r"(?<=\s)\(?\d{1,2}[.)]\s+")  # "1. this 2. that"
_SENTENCE = re.compile(r"[\n;.!?•]+")
_SEPARATORS = (", ", "\n", "; ", " ")


def is_verbatim(items: tuple[str, ...], typed: str) -> bool:
    """Whether the text is the items themselves in their order, case and white space aside."""
    said = compare.loose(typed)
    plainly = tuple(map(plain, items))
    return any(said == compare.loose(mark.join(texts)) for mark in _SEPARATORS for texts in (items, plainly))


def check_set(items: tuple[str, ...], typed: str, asked: frozenset[str] = frozenset()) -> Verdict:
    """Items in any order; says which are missing. `asked` are words of the question, which items may leave out."""
    if is_verbatim(items, typed):
        return _RIGHT
    if verdict := _check_numbered_set(items, typed, asked):
        return verdict
    found = recognise(items, typed)
    if len(found.order) < len(items):
        return _incomplete(items, found, typed)
    if found.extra:
        reason = f"All of them, and one that is not: {_named(found.extra[0])}."
        return Verdict(fit=Fit.PARTLY, reason=reason, suggested=Rating.HARD)
    return _complete(found)


def _check_numbered_set(items: tuple[str, ...], typed: str, asked: frozenset[str]) -> Verdict | None:
    """A set of numbered things ("Type 4", "Type 5") may be typed by its numbers alone."""
    plainly = tuple(map(plain, items))
    right = numbered.together(plainly)
    texts = (typed, _without_numbers(typed)) if right else ()
    said = [one for text in texts if (one := numbered.series(plain(text)))]
    fitting = [one for one in said if right and numbered.same_things(one, right, asked)]
    if not right or not fitting:
        return None
    found = (check_numbers(right, one, plainly) for one in fitting)
    return max((verdict for verdict in found if verdict), key=lambda verdict: verdict.fit is Fit.RIGHT, default=None)


def check_numbers(right: Series, said: Series, names: tuple[str, ...]) -> Verdict | None:
    """Which of the right numbers are said, by their names; None where other numbers are said in their place."""
    missing, extra = right.counts - said.counts, said.counts - right.counts
    if not missing and not extra:
        in_order = right.unordered or said.unordered or said.numbers == right.numbers
        reason = "The same numbers, in another order."
        return _RIGHT if in_order else Verdict(fit=Fit.PARTLY, reason=reason, suggested=Rating.HARD)
    if not missing:
        reason = f"All of them, and one that is not: {next(iter(extra))}."
        return Verdict(fit=Fit.PARTLY, reason=reason, suggested=Rating.HARD)
    if missing.total() == len(right.numbers) or (extra and not right.unordered):
        return None
    absent = [name for number, name in zip(right.numbers, names, strict=True) if number in missing]
    return _some(len(names), absent)


def check_steps(steps: tuple[str, ...], typed: str) -> Verdict:
    """Items in their one order; says which step should have come earlier."""
    if is_verbatim(steps, typed):
        return _RIGHT
    found = recognise(steps, typed)
    if len(found.order) < len(steps):
        return _incomplete(steps, found, typed)
    misplaced = next((place for place, item in enumerate(found.order) if item != place), None)
    if misplaced is None:
        return _complete(found)
    reason = f"All the steps, in another order: number {misplaced + 1} is {_named(plain(steps[misplaced]))}."
    return Verdict(fit=Fit.PARTLY, reason=reason, suggested=Rating.HARD)


def check_points(answer: PointsAnswer, typed: str) -> Verdict:
    """Which key points the text makes: all suggest Good, half or more Hard, fewer Again."""
    total = len(answer.points)
    verbatim = is_verbatim((answer.model,), typed) or key(typed) == key(plain(answer.model)) != ""
    ticks = tuple(place for place, point in enumerate(answer.points) if verbatim or makes(point, typed))
    reason = f"{len(ticks)} of {total} key points found in your words."
    if len(ticks) == total:
        return Verdict(fit=Fit.RIGHT, reason=reason, suggested=Rating.GOOD, ticks=ticks)
    suggested = Rating.HARD if 2 * len(ticks) >= total else Rating.AGAIN
    # No WRONG here: a checker that finds no point cannot know that none was made, so every rating stays open.
    return Verdict(fit=Fit.PARTLY, reason=reason, suggested=suggested, ticks=ticks)


def makes(point: Point, typed: str) -> bool:
    """Whether running text makes a key point: says a keyword, or most of its words in one sentence or clause."""
    sentences = _SENTENCE.split(typed[:LONGEST])
    clauses = [clause for sentence in sentences for clause in sentence.split(",")]
    pieces = [said for part in dict.fromkeys((*sentences, *clauses)) if (said := words(part))]
    keywords = [words(plain(keyword)) for keyword in point.keywords]
    wanted = words(plain(point.text))
    return any(any(compare.mentions(said, keyword) for keyword in keywords) or _covers(said, wanted) for said in pieces)


def _covers(said: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    found = compare.overlap(said, wanted)
    return found.recall >= _RECOGNISED and not found.reversed


_RIGHT = Verdict(fit=Fit.RIGHT, suggested=Rating.GOOD)


def _complete(found: Recognised) -> Verdict:
    if found.part:
        return Verdict(fit=Fit.CLOSE, reason="All of them, in part; compare the wording.", suggested=Rating.HARD)
    if found.misspelt:
        return Verdict(fit=Fit.CLOSE, reason="All of them, but for the spelling.", suggested=Rating.GOOD)
    if found.beside or found.extra:
        return Verdict(fit=Fit.CLOSE, reason="All of them; the rest was not checked.", suggested=Rating.GOOD)
    return _RIGHT


def _incomplete(items: tuple[str, ...], found: Recognised, typed: str) -> Verdict:
    if not found.order:
        return Verdict(fit=Fit.WRONG, suggested=Rating.AGAIN, wrong=normalised(typed))
    return _some(len(items), [plain(item) for place, item in enumerate(items) if place not in found.order])


def _some(size: int, missing: Sequence[str]) -> Verdict:
    """Some of `size` items; half of them or more were hard rather than forgotten."""
    there = size - len(missing)
    return Verdict(
        fit=Fit.PARTLY,
        reason=f"{there} of {size}; missing: {'; '.join(map(_named, missing))}.",
        suggested=Rating.HARD if 2 * there >= size else Rating.AGAIN,
    )


def _named(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    return escape(text if len(text) <= _NAMED else text[: _NAMED - 1].rstrip() + "…")


# --- recognising items ---------------------------------------------------------------------------------------------


class Recognised(Struct, frozen=True):
    """What a typed list has. `order` holds the items recognised, as they were typed."""

    order: tuple[int, ...]
    misspelt: bool  # an item was known in spite of a slip
    part: bool  # an item was known by some of its content words only
    beside: bool  # an item has words beside it that are not its own
    extra: tuple[str, ...]  # fragments that belong to no item


def recognise(items: tuple[str, ...], typed: str) -> Recognised:
    """Find every item: first as a run of words, longest item first, then by slip or content words in a fragment."""
    wanted = {place: words(plain(item)) for place, item in enumerate(items)}
    names = frozenset(place for place, item in enumerate(items) if compare.is_identifier(plain(item)))
    text = _Text(typed)
    at = _by_runs(wanted, text)
    misspelt = part = False
    for fragment in text.fragments():
        left = {place: item for place, item in wanted.items() if place not in at}
        said = without_lead_in(tuple(text.words[i] for i in fragment if not text.used[i]))
        known, slipped = _known(said, left, names)
        if known is not None:
            at[known] = fragment[0]
            text.use(fragment)
            misspelt, part = misspelt or slipped, part or not slipped
    extra, beside = text.leftovers()
    order = tuple(sorted(at, key=lambda place: at[place]))
    return Recognised(order, misspelt, part, beside, extra)


class _Text:
    """A typed list as words, which of them are taken, and the fragments that punctuation and "and" cut it into."""

    def __init__(self, typed: str) -> None:
        found = phrases(_without_numbers(typed[:LONGEST]))
        self.words: list[str] = [word for word in found if word != BREAK]
        self.used = [False] * len(self.words)
        self.touched: set[int] = set()  # fragments in which an item was found
        self._coarse: list[list[int]] = [[]]
        for word in found:
            if word == BREAK:
                self._coarse.append([])
            else:
                self._coarse[-1].append(sum(map(len, self._coarse)))
        self._fine = [piece for part in self._coarse for piece in _cut(part, self.words)]

    def fragments(self) -> list[list[int]]:
        """Word positions: the finest pieces first, then those that only punctuation cuts."""
        return [piece for piece in (*self._fine, *self._coarse) if piece]

    def use(self, positions: list[int]) -> None:
        for position in positions:
            self.used[position] = True
        self.touched |= {i for i, piece in enumerate(self._fine) if set(piece) & set(positions)}

    def leftovers(self) -> tuple[tuple[str, ...], bool]:
        """(pieces in which no item was found, whether words are left beside an item)."""
        extra: list[str] = []
        beside = False
        for i, piece in enumerate(self._fine):
            left = content(tuple(self.words[position] for position in piece if not self.used[position]))
            beside = beside or bool(left and i in self.touched)
            if left and i not in self.touched:
                extra.append(" ".join(self.words[position] for position in piece))
        return tuple(extra), beside


def _without_numbers(text: str) -> str:
    """A list without its bullets or numbers; numbers inside a line count only if the list starts with one."""
    bare = _NUMBERING.sub("\n", text)
    return _NUMBERED_INLINE.sub("\n", bare) if text.lstrip("( ").startswith("1") else bare


def _cut(part: list[int], found: list[str]) -> list[list[int]]:
    pieces: list[list[int]] = [[]]
    for position in part:
        if found[position] in _GLUE:
            pieces.append([])
        else:
            pieces[-1].append(position)
    return [piece for piece in pieces if piece]


def _by_runs(wanted: dict[int, tuple[str, ...]], text: _Text) -> dict[int, int]:
    at: dict[int, int] = {}
    for place in sorted(wanted, key=lambda place: (-len(wanted[place]), place)):
        item = wanted[place]
        for start in compare.runs(item, tuple(text.words)) if item else ():
            span = list(range(start, start + len(item)))
            denied = start > 0 and text.words[start - 1] in NEGATIONS
            if not denied and not any(text.used[position] for position in span):
                at[place] = start
                text.use(span)
                break
    return at


def _known(said: tuple[str, ...], left: dict[int, tuple[str, ...]], names: frozenset[int]) -> tuple[int | None, bool]:
    """(item, whether by a slip) that a fragment is, of those not yet found; `names` are identifiers."""
    for place, item in left.items():
        if compare.slips(said, item, frozenset()) is not None and said:
            return place, True
    best, score = None, 0.0
    for place, item in left.items():
        found = compare.overlap(said, item)
        enough = found.recall >= _RECOGNISED if found.size > 2 else stems(said) == stems(item) != frozenset()
        if place not in names and enough and not found.reversed and found.recall > score:
            best, score = place, found.recall
    return (_only(said, left, names) if best is None else best), False


def _only(said: tuple[str, ...], left: dict[int, tuple[str, ...]], names: frozenset[int]) -> int | None:
    """The one item that all these words belong to: "grain" for "Declare the grain"."""
    if not content(said):
        return None
    having = [place for place, item in left.items() if _belongs(said, item, place in names)]
    return having[0] if len(having) == 1 else None


def _belongs(said: tuple[str, ...], item: tuple[str, ...], is_name: bool) -> bool:
    """Of an identifier every word counts: valid_from is no part of valid_to."""
    return set(said) <= set(item) if is_name else stems(said) <= stems(item)
