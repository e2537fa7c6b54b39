"""Candidates of many documents -> one draft deck for each document: one fact one card, examples at home, all linted.

Pure. What the linter calls an error goes to the review sections at the deck's end, with its words as their heading.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, structs

from decks import rules
from decks.cards import cards
from decks.derive.candidates import Candidate, Fact, Reason, Verdict, folded
from decks.derive.extract import listings, noise, numbers, projects, questions, steps, tables, terms
from decks.derive.extract.glosses import glossed
from decks.derive.extract.spots import is_example
from decks.derive.model import Document, Listing, Section
from decks.derive.model import walk as walk_sections
from decks.model import Body, Deck, Matrix, Note, Source
from decks.parse import parse
from decks.rules import Severity
from decks.slugs import id_slug
from decks.text import plain
from decks.wording import stems
from decks.write import write

REVIEW = "Review"  # how the sections for doubtful notes begin
CLOSER = 1.5  # how much nearer another heading must be for an example to move there
TOPS = 200  # headings of a document among which examples are moved
SAME_MATTER = 0.5  # share of words two sayings have in common when they speak of the same matter
SAME_CLAIM = 0.8  # when they are the same claim but for a negation
NAME = 3  # words of a value that is a name
ALIKE = 0.1  # overlap of words under which two sayings of one fact are shown to the author
PROJECT_ROWS = 5  # a table of a project with more rows is a matrix of its own
SLUG = 40  # characters of a deck's slug

_NEGATIONS = frozenset(("no", "not"))
_EXTRACTORS: tuple[Callable[[Document], Iterator[Candidate]], ...] = (
    projects.candidates,
    tables.candidates,
    terms.candidates,
    questions.candidates,
    steps.candidates,
    numbers.candidates,
    listings.candidates,
)


class Said(Struct, frozen=True):
    """One side of a conflict: what a place says."""

    document: str
    section: str
    value: str


class Conflict(Struct, frozen=True):
    """One fact told in two ways."""

    subject: str
    attribute: str
    first: Said
    second: Said


class Draft(Struct, frozen=True):
    """A note ready for a deck file, and the candidate it came from."""

    note: Note
    candidate: Candidate


class DraftDeck(Struct, frozen=True):
    """All notes of one document, in its order, doubtful ones last."""

    document: Document
    slug: str
    source: Source
    drafts: tuple[Draft, ...]

    def deck(self) -> Deck:
        """The deck as a file holds it."""
        title = self.document.title
        return Deck(
            slug=self.slug,
            title=title,
            about=f"Drafted from {title}.",
            level=_level(title),
            notes=tuple(draft.note for draft in self.drafts),
            draft=True,
        )


class Assembly(Struct, frozen=True):
    """What a run made, and everything it looked at: `candidates` holds the dropped too."""

    decks: tuple[DraftDeck, ...]
    candidates: tuple[Candidate, ...]
    conflicts: tuple[Conflict, ...]


def assemble(
    documents: Sequence[Document],
    *,
    month: str,
    slugs: Mapping[str, str] = MappingProxyType({}),
    told: Callable[[int], None] = lambda _: None,
) -> Assembly:
    """Draft decks of some documents, whose keys must differ.

    `month` is the present one (YYYY-MM); `slugs` are those that documents had before, by key; `told` hears how many
    documents are done.
    """
    found: list[Candidate] = []
    for done, document in enumerate(documents, start=1):
        found += extract(document)
        told(done)
    unique, conflicts = _one_fact_one_card(found)
    decks: list[DraftDeck] = []
    judged: list[Candidate] = []
    for document, name in zip(documents, _slugs(documents, slugs), strict=True):
        mine = [one for one in unique if one.spot.document.key == document.key]
        deck, all_of_it = _deck(document, name, mine, month)
        judged += all_of_it
        if deck.drafts:
            decks.append(deck)
    return Assembly(tuple(decks), tuple(judged), conflicts)


def extract(document: Document) -> tuple[Candidate, ...]:
    """Every candidate of one document, kept and dropped."""
    clean, gone = noise.cleaned(document)
    found = [one for extractor in _EXTRACTORS for one in extractor(clean)]
    used = {one.spot.path for one in found if one.reason is Reason.PROJECT}
    return (*gone, *(one for one in found if one.spot.path not in used or _stands_alone(one)))


def _stands_alone(one: Candidate) -> bool:
    """Whether something in a project's section is more than a part of the project."""
    return one.kind == "project" or (isinstance(one.body, Matrix) and len(one.body.rows) > PROJECT_ROWS)


class Homes:
    """The top headings of a document, and under which of them a card belongs."""

    def __init__(self, document: Document) -> None:
        self._title = document.title
        self._tops = _tops(document)
        self._words = [stems(" ".join(_names(top))) for top in self._tops]
        self._rarity = Counter(word for group in self._words for word in group)
        self._places = {top.path: place for place, top in enumerate(self._tops)}
        self._depth = len(self._tops[0].path) if self._tops else 0
        self.order = {top.title: place for place, top in enumerate(self._tops)}

    def of(self, candidate: Candidate) -> str:
        """The heading its section stands under; for an example the one whose words it shares."""
        path = candidate.spot.path
        own = self._places.get(path[: self._depth])
        if own is None:
            return next(filter(None, candidate.spot.titles), self._title)
        stays = not candidate.spot.is_example or len(self._tops) > TOPS
        return self._tops[own if stays else self._kin(candidate, own)].title

    def _kin(self, candidate: Candidate, own: int) -> int:
        mine = stems(f"{candidate.spot.title} {candidate.text[:400]}")
        scores = [self._score(mine & group) for group in self._words]
        best = max(range(len(scores)), key=lambda place: (scores[place], place == own))
        return best if scores[best] > CLOSER * scores[own] else own

    def _score(self, shared: frozenset[str]) -> float:
        """Rare words say more about where something belongs."""
        return sum(math.log(1 + len(self._tops) / self._rarity[word]) for word in shared)


def _names(top: Section) -> Iterator[str]:
    """What a section speaks of: its headings and the terms it lists, its examples left out."""
    for section in walk_sections(top):
        if not is_example(section.title):
            yield section.title
            for block in section.blocks:
                items = block.items if isinstance(block, Listing) else ()
                yield from (pair[0] for item in items if (pair := glossed(item.text)))


def _tops(document: Document) -> tuple[Section, ...]:
    """The sections that part a document: below its single title."""
    sections = document.root.sections
    while len(sections) == 1 and sections[0].sections:
        sections = sections[0].sections
    return sections


def _one_fact_one_card(found: Sequence[Candidate]) -> tuple[list[Candidate], tuple[Conflict, ...]]:
    """Later sayings of a fact dropped, from a matrix cell by cell; those that differ are conflicts too."""
    first: dict[frozenset[str], tuple[Fact, Candidate]] = {}
    kept: list[Candidate] = []
    conflicts: list[Conflict] = []
    for one in sorted(found, key=lambda candidate: candidate.kind == "number"):
        if one.verdict is Verdict.DROP:
            kept.append(one)
            continue
        again = [fact for fact in one.facts if frozenset(fact.key) in first]
        told = [(*first[frozenset(fact.key)], fact) for fact in again]
        disputed = [(was, by, now) for was, by, now in told if by is not one and _differ(was, now)]
        conflicts += [_conflict(was, by, now, one) for was, by, now in disputed if _contradict(was, now)]
        fresh = [fact for fact in one.facts if frozenset(fact.key) not in first]
        first |= {frozenset(fact.key): (fact, one) for fact in fresh}
        kept.append(_without(one, again, differs=bool(disputed)))
    return kept, tuple(conflicts)


def _without(one: Candidate, again: Sequence[Fact], *, differs: bool) -> Candidate:
    """A candidate less the facts that have a card already; one that `differs` is for the author to judge."""
    if not again:
        return one
    left = len(one.facts) - len(again)
    if left and isinstance(one.body, Matrix) and left >= 2:
        keys = {(folded(fact.subject), fact.value) for fact in again}
        rows = tuple(
            (
                label,
                tuple("" if (folded(label), cell) in keys else cell for cell in cells),
            )
            for label, cells in one.body.rows
        )
        facts = tuple(fact for fact in one.facts if fact not in again)
        return structs.replace(one, body=_trimmed(structs.replace(one.body, rows=rows)), facts=facts)
    if left:
        return one
    if differs:
        return structs.replace(
            one, verdict=Verdict.REVIEW, reason=Reason.DOUBTFUL, why="it is told otherwise elsewhere"
        )
    return structs.replace(
        one, verdict=Verdict.DROP, reason=Reason.REPEAT, why="the fact has a card already", body=None
    )


def _trimmed(matrix: Matrix) -> Matrix:
    """A matrix without rows and columns that are empty now, and what was said of their cells."""
    columns = [at for at, _ in enumerate(matrix.columns) if any(cells[at] for _, cells in matrix.rows)]
    rows = tuple((label, tuple(cells[at] for at in columns)) for label, cells in matrix.rows if any(cells))
    names = tuple(matrix.columns[at] for at in columns)
    filled = {(label, name) for label, cells in rows for name, cell in zip(names, cells, strict=True) if cell}
    cells = tuple(cell for cell in matrix.cells if (cell.row, cell.column) in filled)
    return structs.replace(matrix, columns=names, rows=rows, cells=cells)


def _differ(one: Fact, other: Fact) -> bool:
    """Whether two sayings of a fact may contradict each other: hardly a word in common, or other figures."""
    mine, theirs = stems(one.value), stems(other.value)
    if not mine or not theirs or folded(one.value) == folded(other.value):
        return False
    figures = [frozenset(word for word in words if word[0].isdigit()) for words in (mine, theirs)]
    loose = len(mine & theirs) <= ALIKE * min(len(mine), len(theirs))
    return loose or (all(figures) and not figures[0] & figures[1]) or _contradict(one, other)


def _contradict(one: Fact, other: Fact) -> bool:
    """Whether two differing sayings cannot both be true: another figure, no instead of yes, or another name where one
    short name is the whole answer. Two explanations of a term differ in nearly all words and are both true."""
    mine, theirs = stems(one.value), stems(other.value)
    words = [frozenset(word for word in said if not word[0].isdigit()) - _NEGATIONS for said in (mine, theirs)]
    shared = len(words[0] & words[1]) / max(1, min(map(len, words)))
    if any(said[0].isdigit() for said in mine) and any(said[0].isdigit() for said in theirs):
        return shared >= SAME_MATTER and not any("`" in fact.value for fact in (one, other))  # code shows examples
    if shared >= SAME_CLAIM and bool(mine & _NEGATIONS) != bool(theirs & _NEGATIONS):
        return True
    is_named = (
        all(plain(fact.value)[:1].isalpha() for fact in (one, other))
        and max(len(plain(fact.value).split()) for fact in (one, other)) <= NAME
    )
    return is_named and folded(one.attribute) != "definition" and not shared


def _conflict(earlier: Fact, source: Candidate, later: Fact, other: Candidate) -> Conflict:
    sides = [
        Said(one.spot.document.title, one.spot.title, plain(fact.value))
        for fact, one in ((earlier, source), (later, other))
    ]
    return Conflict(plain(later.subject), plain(later.attribute), *sides)


def _deck(document: Document, name: str, found: Sequence[Candidate], month: str) -> tuple[DraftDeck, list[Candidate]]:
    """The deck of one document, and its candidates as they were judged in the end."""
    homes = Homes(document)
    judged: list[Candidate] = []
    drafts: list[Draft] = []
    cited: dict[str, None] = {}
    for one in found:
        if one.verdict is Verdict.DROP or one.body is None:
            judged.append(one)
            continue
        section = homes.of(one)
        draft, final = _draft(one, one.body, section, name, month)
        judged.append(final)
        if draft is not None:
            drafts.append(draft)
            cited[section] = None
    order = {title: place for place, title in enumerate(dict.fromkeys(draft.note.section for draft in drafts))}
    drafts.sort(
        key=lambda draft: (
            draft.note.section.startswith(REVIEW),
            homes.order.get(draft.note.section, len(homes.order)),
            order[draft.note.section],
            draft.candidate.span.first,
        )
    )
    source = Source(
        slug=name,
        title=document.title,
        author=document.author,
        address=document.address,
        date=document.date,
        sections=tuple(cited),
    )
    return DraftDeck(document, name, source, tuple(drafts)), judged


def _draft(one: Candidate, body: Body, section: str, name: str, month: str) -> tuple[Draft | None, Candidate]:
    """A candidate as a note, under review where a rule calls it an error; None where no file could hold it."""
    note = Note(id="", body=body, section=section, source=f"{name}, {section}", why=_line(one.note_why))
    broken = _unwritable(note)
    if broken:
        return None, structs.replace(one, verdict=Verdict.DROP, reason=Reason.SHAPE, why=broken, body=None)
    problem = _problem(note, month)
    final = one
    if problem:
        final = structs.replace(one, verdict=Verdict.REVIEW, reason=Reason.DOUBTFUL, why=problem)
    if final.verdict is Verdict.REVIEW:
        note = structs.replace(note, section=f"{REVIEW}: {(final.why or str(final.reason)).rstrip('.')}")
    return Draft(note, final), final


def _unwritable(note: Note) -> str:
    """What is wrong with a note as a deck file would hold it, "" when it comes back as it went."""
    deck = Deck(slug="a", title="a", about="a", level="beginner", notes=(note,))
    parsed = parse(write(deck), file="")
    if parsed.errors:
        return parsed.errors[0].problem
    return "" if parsed.deck == deck else "its text cannot stand in a deck file"


def _problem(note: Note, month: str) -> str:
    """The first error of the card rules, "" when there is none. What only wants a date or a cut is a warning."""
    deck = Deck(slug="a", title="a", about="a", level="beginner", notes=(structs.replace(note, id="a"),))
    found = [problem for problem in rules.judge_note(note, deck, {}) if problem.rule != "source"]
    for card in cards(deck, "a", {}):
        found += rules.judge_card(card, month)
    errors = [problem for problem in found if problem.severity is Severity.ERROR]
    return _general(errors[0].rule, errors[0].problem) if errors else ""


def _general(rule: str, problem: str) -> str:
    """A problem without the words of its card, so that cards with the same one stand together."""
    said = {
        "leak": "the front holds the answer",
        "context": "the front does not name its world",
        "yes-no": "it can be answered yes or no",
        "enumeration": "the answer is a list",
        "length": "the answer is too long",
        "options": "two of the options are the same",
        "points": "too few or too many key points",
        "steps": "too few or too many steps",
    }
    return said.get(rule, problem)


def _line(text: str) -> str:
    return " ".join(text.split())


def _level(title: str) -> str:
    words = plain(title).casefold()
    named = {
        "beginner": ("beginner", "introduction", "basics", "fundamentals", "101", "from scratch"),
        "advanced": ("advanced", "senior", "production", "deep dive"),
        "expert": ("expert", "architect", "internals"),
    }
    found = [level for level, marks in named.items() if any(mark in words for mark in marks)]
    return found[0] if len(found) == 1 else "intermediate"


def _slugs(documents: Iterable[Document], before: Mapping[str, str]) -> list[str]:
    """A slug for each document: the one it had, else of the part of its title before a colon where that says enough."""
    taken = set(before.values())
    names: list[str] = []
    for document in documents:
        name = before.get(document.key, "")
        if not name:
            head = document.title.split(":")[0]
            base = id_slug(head if len(head.split()) > 1 else document.title, SLUG) or "deck"
            name, number = base, 2
            while name in taken:
                name, number = f"{base}-{number}", number + 1
            taken.add(name)
        names.append(name)
    return names
