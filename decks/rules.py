"""The card rules, one small function each: a card or note in, Problems out. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from decks import wording
from decks.blanks import GAP
from decks.lines import closest
from decks.meaning import accepted, same
from decks.model import (
    Card,
    Choice,
    Code,
    Deck,
    Interview,
    Kind,
    Matrix,
    Note,
    PointsAnswer,
    Question,
    SetAnswer,
    Steps,
    StepsAnswer,
    TextAnswer,
    Waiver,
)
from decks.sources import GENERAL, Sources
from decks.text import CodeBlock, blocks
from decks.traces import RUN, Trace, is_answered, quotation

# Limits of a phone screen and of one breath (deck standard, rules 1 and 9).
FRONT, BACK, OPTION, INTERVIEW = 200, 350, 80, 700  # characters
CODE_LINES, CODE_COLUMNS = 12, 40
ANSWER_WORDS, BREATH_WORDS = 40, 12
SET_ITEMS, STEPS, POINTS = 4, (3, 7), (3, 6)
_ARTICLE_BEFORE_GAP = re.compile(rf"\ban? {re.escape(GAP)}", re.IGNORECASE)
_SHORT = (Kind.CLOZE, Kind.SCENARIO, Kind.NUMBER, Kind.CHOICE)


class Severity(StrEnum):
    """An error stops publishing; a warning wants an edit or a waiver."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Struct, frozen=True):
    """A broken rule, without its place."""

    severity: Severity
    rule: str
    problem: str
    remedy: str


def judge_card(card: Card, month: str) -> Iterator[Problem]:
    """What is wrong with one card; `month` (YYYY-MM) is what a missing `as_of:` might say."""
    for rule in _CARD_RULES:
        yield from rule(card)
    yield from _as_of(card, month)


def judge_note(note: Note, deck: Deck, sources: Sources) -> Iterator[Problem]:
    """What is wrong with a note as a whole."""
    yield from _source(note, deck, sources)
    yield from _counts(note)
    yield from _twice(note)


def judge_derived(note: Note, trace: Trace, deck: Deck) -> Iterator[Problem]:
    """What is wrong with a note that was drafted from a document; a draft may still use its words."""
    if not deck.draft and (words := quotation(note, trace)):
        remedy = "Say it in your own words."
        yield _error("quote", f'{RUN} words in a row are its source\'s: "{words}".', remedy)
    if not is_answered(note, trace):
        remedy = "Compare the note with it; edit the note, or add:  waive: stale | checked"
        yield _warning("stale", f"The note may be out of date: {trace.stale}.", remedy)


def missing_id() -> Problem:
    return _error("id", "The note has no id.", "Run:  backfill decks id")


def taken_id(id: str, first: str) -> Problem:
    return _error("id", f"The id '{id}' is taken by {first}.", "Delete this line and run:  backfill decks id")


def taken_slug(slug: str, first: str) -> Problem:
    return _error("slug", f"The slug '{slug}' is taken by {first}.", "Give this file a slug of its own.")


def unknown_deck(slug: str, known: Iterable[str]) -> Problem:
    near = closest(slug, tuple(known))
    remedy = f"Did you mean '{near}'?" if near else "Remove it, or add the deck."
    return _error("requires", f"The header names a deck '{slug}' that is not there.", remedy)


def taught_too_early(slug: str, required: str) -> Problem:
    problem = f"The track teaches '{slug}' before '{required}', which it requires."
    return _error("requires", problem, f"Name '{required}' first.")


def idle_waiver(waiver: Waiver) -> Problem:
    if waiver.rule not in RULES:
        near = closest(waiver.rule, RULES)
        remedy = f"Did you mean '{near}'?" if near else f"The rules are {', '.join(RULES)}."
        return _warning("waiver", f"There is no rule '{waiver.rule}' to waive.", remedy)
    return _warning("waiver", f"The waiver of '{waiver.rule}' excuses nothing.", "Remove the line.")


# --- one card -----------------------------------------------------------------------------------------------------


def _length(card: Card) -> Iterator[Problem]:
    front = len(wording.prose(card.front))
    if front > FRONT:
        remedy = f"Cut it to {FRONT}: leave only what the question needs."
        yield _warning("length", f"The front has {front} characters.", remedy)
    answer = wording.answer_text(card.answer)
    words, longest = len(wording.prose(answer).split()), BREATH_WORDS if card.kind in _SHORT else ANSWER_WORDS
    if isinstance(card.answer, TextAnswer) and words > longest:
        how = _error if words > ANSWER_WORDS else _warning
        remedy = f"Say it in {longest}; move the reason to 'why:' or split the note."
        yield how("length", f"The answer has {words} words.", remedy)
    back, limit = len(wording.prose(answer)) + len(wording.prose(card.why)), BACK
    if card.kind is Kind.INTERVIEW:
        limit = INTERVIEW
    if back > limit:
        yield _warning("length", f"Answer and why have {back} characters together.", f"Cut them to {limit}.")


def _option(card: Card) -> Iterator[Problem]:
    if len(card.distractors) < 3 or not isinstance(card.answer, TextAnswer):
        return
    size = len(wording.prose(card.answer.text))
    if size > OPTION:
        yield _warning("length", f"The answer is a button of {size} characters.", f"Cut it to {OPTION}.")
    for wrong in card.distractors:
        if not wrong.card and len(wording.prose(wrong.text)) > OPTION:
            yield _warning("length", f"The option '{wrong.text[:30]}...' is over {OPTION} characters.", "Cut it.")


def _code(card: Card) -> Iterator[Problem]:
    for block in (*blocks(card.front), *blocks(wording.answer_text(card.answer))):
        if isinstance(block, CodeBlock):
            lines = block.text.split("\n")
            widest = max(len(line) for line in lines)
            if widest > CODE_COLUMNS:
                remedy = f"Break the line; a phone shows {CODE_COLUMNS}."
                yield _warning("code", f"The code is {widest} columns wide.", remedy)
            if len(lines) > CODE_LINES:
                yield _warning("code", f"The code has {len(lines)} lines.", f"Leave the {CODE_LINES} that matter.")


def _context(card: Card) -> Iterator[Problem]:
    if dangling := wording.dangling(card.front):
        yield _error("context", f'"{dangling}" points at something the card does not show.', "Name what is meant.")
    if card.kind is not Kind.INTERVIEW and (found := wording.worldless(card.front)):
        word, worlds = found
        problem = f'"{word}" has two published meanings and the front names neither.'
        yield _error("context", problem, f"Say whose: {worlds}")


def _ambiguous(card: Card) -> Iterator[Problem]:
    if card.kind is not Kind.INTERVIEW and (word := wording.vague(card.front)):
        remedy = "Ask by a criterion, or for a fact only one answer fits."
        yield _warning("ambiguous", f'"{word}" leaves open which answer is right.', remedy)


def _yes_no(card: Card) -> Iterator[Problem]:
    if card.kind is Kind.INTERVIEW:
        return
    answer = same(wording.answer_text(card.answer))
    if wording.asks_yes_no(card.front) or answer in ("yes", "no", "true", "false"):
        remedy = "Ask which, what, why or when, so that the answer carries the fact."
        yield _error("yes-no", "The front can be answered yes or no.", remedy)


def _leak(card: Card) -> Iterator[Problem]:
    if isinstance(card.answer, PointsAnswer | StepsAnswer) or card.kind in (Kind.COMPARISON, Kind.CODE):
        return
    for text in wording.answer_parts(card.answer):
        if wording.gives_away(card.front, text):
            how = _error if wording.says(card.front, text) else _warning
            remedy = "Reword the front without it."
            yield how("leak", f'The front holds the answer "{_short(text)}".', remedy)


def _cloze(card: Card) -> Iterator[Problem]:
    if card.kind is Kind.CLOZE and (found := _ARTICLE_BEFORE_GAP.search(card.front)):
        problem = f'"{found[0]}" tells by its grammar how the answer begins.'
        yield _warning("cloze", problem, "Put the article into the blank, or reword the sentence.")


def _hint(card: Card) -> Iterator[Problem]:
    if isinstance(card.answer, PointsAnswer | StepsAnswer):
        return
    for text in wording.answer_parts(card.answer):
        if card.hint and wording.says(card.hint, text):
            yield _error("hint", f'The hint holds the answer "{_short(text)}".', "Point at the way, not at the place.")


def _enumeration(card: Card) -> Iterator[Problem]:
    size = len(card.answer.items) if isinstance(card.answer, SetAnswer) else 0
    if isinstance(card.answer, TextAnswer):
        size = wording.listed(card.answer.text)
    if size > SET_ITEMS:
        remedy = "Make it a matrix, ordered steps or an interview note with key points."
        yield _error("enumeration", f"The answer lists {size} items.", remedy)


def _options(card: Card) -> Iterator[Problem]:
    right = set(accepted(card.answer))
    for wrong in card.distractors:
        if same(wrong.text) in right:
            problem = f'The wrong answer "{_short(wrong.text)}" is accepted as right.'
            yield _error("options", problem, "Remove one of them.")
    for foreseen in card.foreseen:
        if same(foreseen.answer) in right:
            problem = f'"{_short(foreseen.answer)}" is foreseen as wrong and accepted as right.'
            yield _error("options", problem, "Remove one of them.")


def _as_of(card: Card, month: str) -> Iterator[Problem]:
    if card.as_of:
        return
    texts = (card.front, wording.answer_text(card.answer), card.why)
    found = next((word for text in texts if (word := wording.ages(text))), None)
    if found:
        yield _warning("as-of", f"names {found} without a date.", f"Add:  as_of: {month}")


_CARD_RULES: tuple[Callable[[Card], Iterator[Problem]], ...] = (
    *(_length, _option, _code, _context, _ambiguous, _yes_no, _leak, _hint),
    *(_enumeration, _options, _cloze),
)

RULES = (
    *("id", "length", "code", "context", "ambiguous", "yes-no", "leak", "hint", "enumeration", "options"),
    *("as-of", "source", "points", "steps", "duplicate", "quote", "stale", "sitting", "cloze"),
)


# --- one note -----------------------------------------------------------------------------------------------------


def _source(note: Note, deck: Deck, sources: Sources) -> Iterator[Problem]:
    cells = note.body.cells if isinstance(note.body, Matrix) else ()
    for reference in (note.source or deck.source, *(cell.source for cell in cells if cell.source)):
        name, _, section = reference.partition(", ")
        source = sources.get(name)
        if not reference:
            yield _error("source", "The note names no source.", "Add:  source: slug, section of the document")
        elif source is None:
            near = closest(name, tuple(sources))
            remedy = f"Did you mean '{near}'?" if near else "Describe it in sources.toml."
            yield _error("source", f"The source '{name}' is not in sources.toml.", remedy)
        elif section and section not in source.sections:
            near = closest(section, source.sections)
            remedy = f"Did you mean '{near}'?" if near else "Cite a heading listed in sources.toml, or list it there."
            yield _error("source", f"The source '{name}' has no section '{section}'.", remedy)
        elif not section and source.sections and name != GENERAL:
            yield _warning(
                "source", f"The source '{name}' is cited without a section.", f"Write  source: {name}, section"
            )


def _counts(note: Note) -> Iterator[Problem]:
    body = note.body
    if isinstance(body, Steps) and not STEPS[0] <= len(body.steps) <= STEPS[1]:
        remedy = f"Keep {STEPS[0]} to {STEPS[1]}; split a longer procedure."
        yield _error("steps", f"The note has {len(body.steps)} steps.", remedy)
    if isinstance(body, Interview) and not POINTS[0] <= len(body.points) <= POINTS[1]:
        remedy = f"Name the {POINTS[0]} to {POINTS[1]} that decide."
        yield _error("points", f"The answer has {len(body.points)} key points.", remedy)
    if isinstance(body, Choice) and len(body.right) == 1 and len(body.wrong) < 2:
        yield _warning("options", "There is a single wrong answer to choose from.", "Add some, or make it a 'Q:' note.")


def _twice(note: Note) -> Iterator[Problem]:
    """Options or list items that are the same once markup and case are gone."""
    body = note.body
    texts: tuple[str, ...] = ()
    if isinstance(body, Question | Code):
        texts = (*body.distractors, *(body.items if isinstance(body, Question) else ()))
    if isinstance(body, Choice):
        texts = (*body.right, *body.wrong)
    seen: set[str] = set()
    for text in texts:
        if same(text) in seen:
            yield _error("options", f'"{_short(text)}" is there twice.', "Remove one of them.")
        seen.add(same(text))


def _short(text: str) -> str:
    return text if len(text) <= 40 else re.sub(r"\s+\S*$", "", text[:40]) + "..."


def _error(rule: str, problem: str, remedy: str) -> Problem:
    return Problem(Severity.ERROR, rule, problem, remedy)


def _warning(rule: str, problem: str, remedy: str) -> Problem:
    return Problem(Severity.WARNING, rule, problem, remedy)
