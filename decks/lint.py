"""Judge decks by the card rules a program can decide: findings, waivers, order. Pure; the rules are in `rules`."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, structs

from decks import rules, similar, sitting
from decks.cards import cards
from decks.model import Card, Deck, Note, Track
from decks.parse import Parsed, note_key
from decks.rules import Problem, Severity
from decks.sources import Sources
from decks.traces import Trace
from decks.tracks import before_their_time, is_pattern

SYNTAX = "syntax"  # what the parser already refused; cannot be waived


class Sheet(Struct, frozen=True):
    """A file as it was parsed, and the namespace its cards live in."""

    file: str
    parsed: Parsed
    namespace: str = "backfill"


class Finding(Struct, frozen=True):
    """One broken rule at one line of one file, and what to do about it."""

    file: str
    line: int
    severity: Severity
    rule: str
    problem: str
    remedy: str


class _Laid(Struct, frozen=True):
    """A card where its file says it, with the note it comes from."""

    sheet: Sheet
    note: Note
    start: int
    card: Card
    line: int


def lint(
    sheets: Sequence[Sheet],
    sources: Sources,
    *,
    month: str,
    traces: Mapping[str, Trace] = MappingProxyType({}),
    files: Container[str] | None = None,
) -> tuple[Finding, ...]:
    """All findings, or those in some files, by file and line. Rules that compare decks see every sheet given.

    `month` is the present one as YYYY-MM, which a remedy may propose. `traces` are those of derived notes, by
    "namespace:note".
    """
    laid = [entry for sheet in sheets for entry in _lay(sheet, sources)]
    judged = [sheet for sheet in sheets if files is None or sheet.file in files]
    order = {sheet.file: place for place, sheet in enumerate(judged)}
    found = [*_syntax(judged), *_headers(sheets), *_ids(sheets)]
    found += _waived(laid, judged, sources, month, traces)
    told = (finding for finding in dict.fromkeys(found) if finding.file in order)
    return tuple(sorted(told, key=lambda finding: (order[finding.file], finding.line, finding.rule)))


def _waived(
    laid: list[_Laid], sheets: Sequence[Sheet], sources: Sources, month: str, traces: Mapping[str, Trace]
) -> Iterator[Finding]:
    """What the rules find in notes and cards, less what a waiver excuses; waivers that excuse nothing."""
    used: set[tuple[str, int, str]] = set()
    told = (*_problems(laid, sheets, sources, month), *_traced(sheets, traces))
    for sheet, note, start, line, problem in told:
        if problem.rule in {waiver.rule for waiver in note.waivers}:
            used.add((sheet.file, start, problem.rule))
        else:
            yield _finding(sheet, line, problem)
    for sheet, note, start in _notes(sheets):
        for waiver in note.waivers:
            if (sheet.file, start, waiver.rule) not in used:
                yield _finding(sheet, start, rules.idle_waiver(waiver))


def _problems(
    laid: list[_Laid], sheets: Sequence[Sheet], sources: Sources, month: str
) -> Iterator[tuple[Sheet, Note, int, int, Problem]]:
    """Each problem of a note or card of these sheets with the note that may waive it and the line it stands at.

    `laid` are the cards of all sheets.
    """
    by_deck = {sheet.file: sheet.parsed.deck for sheet in sheets}
    for sheet, note, start in _notes(sheets):
        deck = by_deck[sheet.file]
        if isinstance(deck, Deck):
            for problem in rules.judge_note(note, deck, sources):
                yield sheet, note, start, start, problem
        for tail, problem in sitting.judge(note):
            row = f"{note_key(note, start)}/{tail.split('/')[1]}"
            yield sheet, note, start, sheet.parsed.lines.get(row, start), problem
    for entry in laid:
        for problem in rules.judge_card(entry.card, month) if entry.sheet.file in by_deck else ():
            yield entry.sheet, entry.note, entry.start, entry.line, problem
    names = {id(entry.card): f"{entry.sheet.file}:{entry.line}" for entry in laid}
    by_card = {id(entry.card): entry for entry in laid}
    for card, problem in similar.judge([entry.card for entry in laid], lambda card: names[id(card)]):
        entry = by_card[id(card)]
        if entry.sheet.file in by_deck:
            yield entry.sheet, entry.note, entry.start, entry.line, problem


def _traced(sheets: Sequence[Sheet], traces: Mapping[str, Trace]) -> Iterator[tuple[Sheet, Note, int, int, Problem]]:
    """What derived notes still owe: words of their own before they are published, a look when their source changed."""
    for sheet, note, start in _notes(sheets):
        trace = traces.get(f"{sheet.namespace}:{note.id}")
        deck = sheet.parsed.deck
        if trace is not None and isinstance(deck, Deck):
            for problem in rules.judge_derived(note, trace, deck):
                yield sheet, note, start, start, problem


def _lay(sheet: Sheet, sources: Sources) -> Iterator[_Laid]:
    """Every card of a deck with its line; notes without an id get their line as one, so they are judged too."""
    deck = sheet.parsed.deck
    if not isinstance(deck, Deck):
        return
    for note, start in zip(deck.notes, sheet.parsed.starts, strict=True):
        key = note_key(note, start)
        single = structs.replace(deck, notes=(structs.replace(note, id=key),))
        for card in cards(single, sheet.namespace, sources):
            row = "/".join(card.id.partition(":")[2].split("/")[:2])
            yield _Laid(sheet, note, start, card, sheet.parsed.lines.get(row, start))


def _notes(sheets: Iterable[Sheet]) -> Iterator[tuple[Sheet, Note, int]]:
    for sheet in sheets:
        if isinstance(sheet.parsed.deck, Deck):
            for note, start in zip(sheet.parsed.deck.notes, sheet.parsed.starts, strict=True):
                yield sheet, note, start


def _syntax(sheets: Iterable[Sheet]) -> Iterator[Finding]:
    for sheet in sheets:
        for error in sheet.parsed.errors:
            yield Finding(sheet.file, error.line, Severity.ERROR, SYNTAX, f"{error.problem}.", error.remedy)


def _headers(sheets: Sequence[Sheet]) -> Iterator[Finding]:
    """Decks and tracks name each other; every name must exist, and once."""
    decks: dict[tuple[str, str], str] = {}
    for sheet in sheets:
        deck = sheet.parsed.deck
        if deck is not None:
            first = decks.setdefault((type(deck).__name__, deck.slug), sheet.file)
            if first != sheet.file:
                yield _finding(sheet, 1, rules.taken_slug(deck.slug, first))
    known = {slug for kind, slug in decks if kind == Deck.__name__}
    for sheet in sheets:
        deck = sheet.parsed.deck
        named = deck.requires if isinstance(deck, Deck) else deck.decks if isinstance(deck, Track) else ()
        for slug in named:
            if slug not in known and not (isinstance(deck, Track) and is_pattern(slug)):
                yield _finding(sheet, 1, rules.unknown_deck(slug, known))
        if isinstance(deck, Track):
            taught = {found.slug: found for found in (s.parsed.deck for s in sheets) if isinstance(found, Deck)}
            for slug, required in before_their_time(deck, taught):
                yield _finding(sheet, 1, rules.taught_too_early(slug, required))


def _ids(sheets: Sequence[Sheet]) -> Iterator[Finding]:
    """Ids exist and are unique in their namespace."""
    taken: dict[tuple[str, str], str] = {}
    for sheet, note, start in _notes(sheets):
        if not note.id:
            yield _finding(sheet, start, rules.missing_id())
            continue
        here = f"{sheet.file}:{start}"
        first = taken.setdefault((sheet.namespace, note.id), here)
        if first != here:
            yield _finding(sheet, start, rules.taken_id(note.id, first))


def _finding(sheet: Sheet, line: int, problem: Problem) -> Finding:
    return Finding(sheet.file, line, problem.severity, problem.rule, problem.problem, problem.remedy)
