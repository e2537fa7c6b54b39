"""`decks diff`: deck files against what learners have now, and how many learners each difference touches.

A folder that was published is compared with its publication; any other with its cards as learners last answered them.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from decks.library import Library
from decks.lint import Sheet
from decks.meaning import is_corrected, right, same, wording
from decks.mixed import MIXED
from decks.model import Card, Deck
from decks.text import plain
from decks.wording import answer_text
from storage.audience import Audience

WIDTH = 100  # columns


class Touched(Struct, frozen=True):
    """A card that reads otherwise, where it stands."""

    card: str
    front: str
    line: int
    learners: int


class Answered(Struct, frozen=True):
    """A card whose answer is another: how many learners know the old one."""

    card: str
    front: str
    line: int
    learners: int
    was: str
    now: str
    relearn: str  # the day from which it is taught afresh, or empty


class Renamed(Struct, frozen=True):
    """Cards whose ids changed: with `recorded` their progress goes along, else that line would have to be written."""

    what: str  # "row", "column" or "note"
    cards: int
    learners: int
    before: str
    now: str
    line: str  # as the deck says it, or should
    recorded: bool


class DeckDiff(Struct, frozen=True, kw_only=True):
    """How one deck differs from what learners have."""

    deck: str
    file: str
    published: bool  # compared with a publication; else with what learners have answered
    before: int  # cards learners have
    cards: int  # cards in the file
    learners: int
    reworded: tuple[Touched, ...] = ()
    answers: tuple[Answered, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    new: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: int = 0  # learners who know a removed card

    @property
    def is_same(self) -> bool:
        """Whether learners have all of it already, or meet it as it is."""
        differs = self.reworded or self.answers or self.renamed or self.removed
        return not differs and not (self.published and self.new)


class Baseline(Struct, frozen=True):
    """What learners have: the versions of each card with their learners, and which folders were published."""

    versions: Mapping[str, tuple[tuple[Card, int], ...]]
    published: frozenset[str]  # namespaces


def baseline(files: Library, live: Library, published: frozenset[str], audience: Audience) -> Baseline:
    """What learners have of the folders of `files`; `live` reads the publications of those that have one."""
    counts = audience.counts()
    known = {folder.namespace for folder in files.folders} - published
    versions = {
        card: told for card, told in audience.shown().items() if _space(card) in known and counts.get(card, 0) > 0
    }
    for card in live.current.cards.values():
        if _space(card.id) in published:
            versions[card.id] = ((card, counts.get(card.id, 0)),)
    return Baseline(versions, published)


def diff(files: Library, base: Baseline, audience: Audience) -> tuple[DeckDiff, ...]:
    """Every deck that learners have or could have, in catalogue order; decks that are gone come last."""
    sheets = {sheet.parsed.deck.slug: sheet for sheet in files.sheets if isinstance(sheet.parsed.deck, Deck)}
    here = [slug for slug in files.current.cards_by_deck if slug != MIXED]
    owners: dict[str, list[str]] = {}
    for card, versions in base.versions.items():
        now = files.current.renamed.get(card, card)
        owner = files.current.cards[now].deck if now in files.current.cards else versions[0][0].deck
        owners.setdefault(owner, []).append(card)
    slugs = dict.fromkeys((*here, *sorted(owners)))
    return tuple(_diff(slug, sheets.get(slug), sorted(owners.get(slug, [])), files, base, audience) for slug in slugs)


def report(told: Sequence[DeckDiff], *, whole: bool) -> list[str]:
    """The differences as lines of text; with `whole` decks without any are named too."""
    lines: list[str] = []
    for one in told:
        if whole or not one.is_same:
            lines += [*([""] if lines else []), *_told(one)]
    same = sum(one.is_same for one in told)
    if not whole and same:
        rest = f"{_plural(same, 'deck')}: learners have {'it' if same == 1 else 'them'} as the files say."
        lines += [*([""] if lines else []), rest]
    return lines


# --- comparing ---------------------------------------------------------------------------------------------------


def _diff(
    slug: str, sheet: Sheet | None, owned: list[str], files: Library, base: Baseline, audience: Audience
) -> DeckDiff:
    here = {card.id: card for card in files.current.cards_by_deck.get(slug, ())}
    moved = {files.current.renamed[old]: old for old in owned if old not in here and old in files.current.renamed}
    removed = [card for card in owned if card not in here and card not in moved.values()]
    new = [card for card in here if card not in base.versions and card not in moved]
    guessed = _guessed(removed, new, here, base)
    removed = [card for card in removed if card not in guessed]
    new = [card for card in new if card not in guessed.values()]
    pairs = [
        (here[card], base.versions[old])
        for card, old in ((card, moved.get(card, card)) for card in here)
        if old in base.versions
    ]
    return DeckDiff(
        deck=slug,
        file=sheet.file if sheet else "",
        published=any(_space(card) in base.published for card in (*here, *owned)),
        before=len(owned),
        cards=len(here),
        learners=audience.learners({*here, *owned}),
        reworded=tuple(_reworded([pair for pair in pairs if pair[0].id not in moved], sheet)),
        answers=tuple(_answers(pairs, sheet)),
        renamed=(
            *_renames({old: now for now, old in moved.items()}, here, base, audience, recorded=True),
            *_renames(guessed, here, base, audience, recorded=False),
        ),
        new=tuple(new),
        removed=tuple(removed),
        left=audience.learners(removed),
    )


_Pairs = Sequence[tuple[Card, tuple[tuple[Card, int], ...]]]


def _reworded(pairs: _Pairs, sheet: Sheet | None) -> Iterator[Touched]:
    for card, versions in pairs:
        if any(is_corrected(old, card) for old, _ in versions):
            continue
        learners = sum(count for old, count in versions if wording(old) != wording(card))
        if any(wording(old) != wording(card) for old, _ in versions):
            yield Touched(card.id, _line(card.front), _place(card, sheet), learners)


def _answers(pairs: _Pairs, sheet: Sheet | None) -> Iterator[Answered]:
    for card, versions in pairs:
        others = [(old, count) for old, count in versions if is_corrected(old, card)]
        if others:
            old, learners = others[0][0], sum(count for _, count in others)
            relearn = card.relearn if card.relearn != old.relearn else ""
            told = _line(answer_text(old.answer)), _line(answer_text(card.answer))
            yield Answered(card.id, _line(card.front), _place(card, sheet), learners, *told, relearn)


def _guessed(removed: list[str], new: list[str], here: Mapping[str, Card], base: Baseline) -> dict[str, str]:
    """Removed card -> the new one that looks like it under another name: the same cell of a renamed row or column, or
    the same front and answer. Only where one card alone answers that description."""
    found: dict[str, list[str]] = {}
    for old in removed:
        was = base.versions[old][0][0]
        found[old] = [card for card in new if right(here[card]) == right(was) and _is_like(here[card], was)]
    taken = Counter(card for cards in found.values() for card in cards)
    return {old: cards[0] for old, cards in found.items() if len(cards) == 1 and taken[cards[0]] == 1}


def _is_like(now: Card, was: Card) -> bool:
    if now.place and was.place and now.note == was.note:
        return (now.place.row == was.place.row) != (now.place.column == was.place.column)
    return now.note != was.note and same(now.front) == same(was.front)


def _renames(
    moved: Mapping[str, str], here: Mapping[str, Card], base: Baseline, audience: Audience, *, recorded: bool
) -> Iterator[Renamed]:
    """Ids that changed, by what of them changed."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for old, now in moved.items():
        was, card = base.versions[old][0][0], here[now]
        if card.note == was.note and card.place and was.place:
            is_row = card.place.row != was.place.row
            labels = (was.place.row, card.place.row) if is_row else (was.place.column, card.place.column)
            key = ("row" if is_row else "column", *labels, f"renamed: {labels[1]} | {labels[0]}")
        else:
            before, after = was.note.partition(":")[2], card.note.partition(":")[2]
            key = ("note", before, after, f"was: {before}")
        groups.setdefault(key, []).append(old)
    for (what, before, after, line), cards in groups.items():
        yield Renamed(what, len(cards), audience.learners(cards), before, after, line, recorded)


def _place(card: Card, sheet: Sheet | None) -> int:
    """The line of a card's row or note."""
    key = card.id.partition(":")[2].split("/")
    lines = sheet.parsed.lines if sheet else {}
    return lines.get("/".join(key[:2]), lines.get(key[0], 0))


def _space(card: str) -> str:
    return card.partition(":")[0]


# --- telling -----------------------------------------------------------------------------------------------------


def _told(one: DeckDiff) -> Iterator[str]:
    yield f"{one.deck}   {_size(one)}, {_plural(one.learners, 'learner')}"
    if one.is_same:
        yield "Learners have it as the file says."
        return
    yield ""
    yield from _rows(one)


def _size(one: DeckDiff) -> str:
    """Cards then and now; of a folder that was never published, those anybody has answered and those there are."""
    if not one.cards:
        return f"gone, {_plural(one.before, 'card')}" + ("" if one.published else " answered")
    now = _plural(one.cards, "card")
    if not one.published:
        return f"{now}, {one.before:,} answered"
    return now if one.before == one.cards else f"{one.before:,} -> {now}"


def _rows(one: DeckDiff) -> Iterator[str]:
    if one.reworded:
        yield f"{'reworded':14}  {len(one.reworded):>3}   memory kept"
        for card in one.reworded:
            yield f'  "{textwrap.shorten(card.front, 80, placeholder="…")}" (line {card.line})'
    if one.answers:
        yield f"{'answer changed':14}  {len(one.answers):>3}   {_know(sum(c.learners for c in one.answers))}"
        for answer in one.answers:
            yield from _answer(answer, alone=len(one.answers) == 1)
    for name in one.renamed:
        yield from _renamed(name)
    if one.new:
        yield f"{'new' if one.published else 'not met yet':14}  {len(one.new):>3}"
    if one.removed:
        theirs = "" if not one.left else f"   {_plural(one.left, 'learner')}; their log stays"
        yield f"{'removed':14}  {len(one.removed):>3}{theirs}"


def _answer(answer: Answered, *, alone: bool) -> Iterator[str]:
    known = "" if alone else f", {_plural(answer.learners, 'learner')}"
    yield f"  {textwrap.shorten(answer.front, 80, placeholder='…')} (line {answer.line}{known})"
    yield from _hanging("    was  ", answer.was)
    yield from _hanging("    now  ", answer.now)
    if answer.relearn:
        yield f"    Taught afresh from {answer.relearn}."
    else:
        yield "    Memory is kept."
        tomorrow = datetime.now().astimezone().date() + timedelta(days=1)
        yield f"    To teach it afresh, add:  relearn: {tomorrow}"


def _renamed(name: Renamed) -> Iterator[str]:
    what = f"{name.what} renamed"
    kept = "memory kept" if name.recorded else f"memory lost for {_plural(name.learners, 'learner')}"
    yield f"{what:14}  {name.cards:>3}   {kept}"
    recorded = "recorded as" if name.recorded else "to keep it, add"
    yield f'    "{name.before}" -> "{name.now}"   {recorded}  {name.line}'


def _hanging(mark: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark)) or [mark]


def _know(learners: int) -> str:
    return f"{_plural(learners, 'learner')} {'knows' if learners == 1 else 'know'} the old one"


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
