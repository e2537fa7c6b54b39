"""What an author writes (Note, Deck, Track) and what a learner is asked (Card). Pure values.

A text is written in the dialect of docs/deck-format.md: paragraphs, `**bold**`, `` `code` ``, fenced code blocks.
`decks.text` reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

import msgspec
from msgspec import Struct

# --- what an author writes ---------------------------------------------------------------------------------------


class Importance(StrEnum):
    """Tracks teach core cards first."""

    CORE = "core"
    EXTRA = "extra"


class Foreseen(Struct, frozen=True):
    """A wrong answer the author expects, and the sentence that answers it."""

    answer: str
    reply: str


class Waiver(Struct, frozen=True):
    """Leave given to break one linter rule, with the author's reason."""

    rule: str
    reason: str


class Point(Struct, frozen=True):
    """One thing a good interview answer mentions; `keywords` are other words that count as having said it."""

    text: str
    keywords: tuple[str, ...] = ()


class Cell(Struct, frozen=True, kw_only=True):
    """What one matrix cell says beyond its value. `row` and `column` are the labels as the table prints them."""

    row: str
    column: str
    why: str = ""
    hint: str = ""
    also: tuple[str, ...] = ()
    wrong: tuple[Foreseen, ...] = ()
    source: str = ""
    as_of: str = ""
    importance: Importance | None = None
    was: tuple[str, ...] = ()  # full ids of cards whose progress this one carries on
    relearn: str = ""  # YYYY-MM-DD, as of a note


class Term(Struct, frozen=True, tag=True):
    """A term and its definition. `reverse` is the front that asks for the term; empty: asked one way only."""

    term: str
    front: str  # what asks for the definition; empty: the parser's default sentence is used
    answer: str
    reverse: str = ""
    also: tuple[str, ...] = ()  # other names of the term, accepted when it is typed


class Question(Struct, frozen=True, tag=True):
    """A question and its answer. `items` is set instead of `answer` for an unordered set of at most four."""

    front: str
    answer: str = ""
    items: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    distractors: tuple[str, ...] = ()  # `not:` lines: wrong answers good enough to stand beside the right one
    scenario: bool = False  # written `Scenario:`: which tool, type or decision fits here


class Code(Struct, frozen=True, tag=True):
    """Code to read: what it returns, what breaks. `front` holds the fenced block."""

    front: str
    answer: str
    also: tuple[str, ...] = ()
    distractors: tuple[str, ...] = ()


class Matrix(Struct, frozen=True, tag=True):
    """Rows x columns, one card per filled cell; the other cells of its column are the distractors.

    `ask` and `back` hold (column label, template) pairs; templates may use {row}, {column} and, in `back`, {cell}.
    """

    template: str
    corner: str  # header of the first column
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]  # (row label, one value per column; "" is no card)
    ask: tuple[tuple[str, str], ...] = ()
    back: tuple[tuple[str, str], ...] = ()
    cells: tuple[Cell, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()  # (label now, label before), rows or columns
    also: tuple[tuple[str, str], ...] = ()  # (row label, another name of it), accepted where `back` asks for the row


class Comparison(Struct, frozen=True, tag=True):
    """X against Y: one card per dimension, whose answer names both sides."""

    left: str
    right: str
    template: str  # may use {left}, {right} and {dimension}
    corner: str
    rows: tuple[tuple[str, str, str], ...]  # (dimension, left value, right value)


class Cloze(Struct, frozen=True, tag=True):
    """A sentence with [blanks]; one card per blank. `\\[` is a literal bracket; brackets inside `code` stay."""

    text: str
    also: tuple[str, ...] = ()  # accepted instead of the blank's text; only where there is a single blank


class Number(Struct, frozen=True, tag=True):
    """A numeric fact. `answer` reads "7 days"; `tolerance` is in the answer's unit."""

    front: str
    answer: str
    also: tuple[str, ...] = ()  # the same quantity otherwise, "168 hours"
    tolerance: float = 0.0


class Choice(Struct, frozen=True, tag=True):
    """Multiple choice, one or several right. After learning it is asked without options: the front stands alone."""

    front: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    also: tuple[str, ...] = ()  # accepted instead of the right option's text; only where there is a single one


class Steps(Struct, frozen=True, tag=True):
    """Steps in their one right order."""

    front: str
    steps: tuple[str, ...]


class Interview(Struct, frozen=True, tag=True):
    """An interview question: a model answer and 3-6 key points the learner ticks."""

    front: str
    answer: str
    points: tuple[Point, ...]


class Project(Struct, frozen=True, tag=True):
    """A project worth building: one card asks for its tools, one for what it teaches."""

    name: str
    goal: str
    tools: tuple[str, ...]
    teaches: str


Body = Term | Question | Code | Matrix | Comparison | Cloze | Number | Choice | Steps | Interview | Project


class Note(Struct, frozen=True, kw_only=True):
    """One thing an author writes; it yields one card or several."""

    id: str  # "" until `backfill decks id` has written one
    body: Body
    section: str = ""
    source: str = ""  # "slug, section of the document"
    as_of: str = ""  # YYYY-MM, for facts that age
    why: str = ""
    hint: str = ""
    domain: str = ""  # exam domain
    importance: Importance = Importance.CORE
    wrong: tuple[Foreseen, ...] = ()
    was: tuple[str, ...] = ()  # earlier ids of this note
    relearn: str = ""  # YYYY-MM-DD: from then on the card is taught afresh
    waivers: tuple[Waiver, ...] = ()


class Deck(Struct, frozen=True, kw_only=True):
    """A named, ordered set of notes with provenance. `slug` is unique within a namespace."""

    slug: str
    title: str
    about: str
    level: str
    notes: tuple[Note, ...]
    requires: tuple[str, ...] = ()
    licence: str = "MIT"
    source: str = ""  # default for notes that name none
    as_of: str = ""  # default likewise
    draft: bool = False


class Exam(Struct, frozen=True, kw_only=True):
    """The exam a track prepares for. Weights are shares 0-1 by domain, in the guide's order."""

    guide: str
    date: str  # YYYY-MM of the guide
    weights: tuple[tuple[str, float], ...]
    questions: int
    minutes: int


class Module(Struct, frozen=True):
    """A stretch of a track: decks that belong together."""

    title: str
    decks: tuple[str, ...]


class Track(Struct, frozen=True, kw_only=True):
    """Decks in curriculum order with a goal. With modules, its decks are those of the modules, in order."""

    slug: str
    title: str
    goal: str
    decks: tuple[str, ...]
    modules: tuple[Module, ...] = ()
    exam: Exam | None = None


class Source(Struct, frozen=True, kw_only=True):
    """Where facts come from, as a learner may read it. `sections` are the headings a card may cite."""

    slug: str
    title: str
    author: str = ""
    address: str = ""
    date: str = ""
    sections: tuple[str, ...] = ()


# --- what a learner is asked -------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What sort of knowledge a card asks for; decides how it may be asked."""

    TERM = "term"
    QUESTION = "question"
    SCENARIO = "scenario"
    CODE = "code"
    MATRIX = "matrix"
    COMPARISON = "comparison"
    CLOZE = "cloze"
    NUMBER = "number"
    CHOICE = "choice"
    STEPS = "steps"
    INTERVIEW = "interview"
    PROJECT = "project"


class TextAnswer(Struct, frozen=True, tag=True):
    """An answer that is a phrase, a sentence or a piece of code; `also` lists other accepted wordings."""

    text: str
    also: tuple[str, ...] = ()


class NumberAnswer(Struct, frozen=True, tag=True):
    """A quantity. `also` holds equal quantities in other units, as the author wrote them."""

    text: str
    value: float
    unit: str
    tolerance: float = 0.0
    also: tuple[str, ...] = ()


class SetAnswer(Struct, frozen=True, tag=True):
    """Several items in any order."""

    items: tuple[str, ...]


class StepsAnswer(Struct, frozen=True, tag=True):
    """Items in their one right order."""

    steps: tuple[str, ...]


class PointsAnswer(Struct, frozen=True, tag=True):
    """A model answer and the key points a good answer makes."""

    model: str
    points: tuple[Point, ...]


Answer = TextAnswer | NumberAnswer | SetAnswer | StepsAnswer | PointsAnswer


class Distractor(Struct, frozen=True):
    """A wrong answer to show beside the right one; `card` is the card whose right answer it is, if any."""

    text: str
    card: str = ""
    label: str = ""  # what it would be right for ("addNewColumns"), shown once that card is known


class Citation(Struct, frozen=True):
    """A card's source as the learner reads it, never a slug."""

    title: str
    section: str = ""
    date: str = ""
    address: str = ""


class Place(Struct, frozen=True):
    """Where a matrix card stands: enough to draw its column as a grid of (row label, card id)."""

    row: str
    column: str
    neighbours: tuple[tuple[str, str], ...]  # the whole column, in table order, this card included


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing asked. Everything needed to show and grade it, so that a stored revision stands alone."""

    id: str  # namespace:note[/row/column]
    kind: Kind
    front: str
    answer: Answer
    note: str  # namespace:note; cards of one note in two directions, or clozes of one sentence, are siblings
    deck: str = ""  # slug
    topic: str = ""  # the deck's title, as the screen heads it
    section: str = ""
    why: str = ""
    hint: str = ""
    source: Citation | None = None
    as_of: str = ""
    domain: str = ""
    importance: Importance = Importance.CORE
    distractors: tuple[Distractor, ...] = ()
    foreseen: tuple[Foreseen, ...] = ()
    siblings: str = ""  # cards with the same non-empty value never share a study day
    related: tuple[str, ...] = ()  # cards that share one of these stand at least five cards apart
    place: Place | None = None
    relearn: str = ""  # YYYY-MM-DD: whoever met the card before that study day is taught it afresh from then on

    @property
    def revision(self) -> str:
        """Hash of all a learner could see (16 hex digits of BLAKE2b over the canonical JSON)."""
        return hashlib.blake2b(msgspec.json.encode(self), digest_size=8).hexdigest()


class Catalogue:
    """Everything that can be studied at this moment; immutable, replaced whole when a file changes."""

    def __init__(
        self,
        decks: Mapping[str, Deck],
        cards_by_deck: Mapping[str, tuple[Card, ...]],
        tracks: Mapping[str, Track],
        renamed: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`renamed` maps a card's earlier id to the id it has now (`was:`)."""
        self.decks = MappingProxyType(dict(decks))
        self.tracks = MappingProxyType(dict(tracks))
        self.cards_by_deck = MappingProxyType(dict(cards_by_deck))
        self.renamed = MappingProxyType(dict(renamed))
        self.cards = MappingProxyType({card.id: card for cards in cards_by_deck.values() for card in cards})

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Card id -> position in the whole catalogue."""
        return MappingProxyType({card: place for place, card in enumerate(self.cards)})

    @cached_property
    def former(self) -> Mapping[str, tuple[str, ...]]:
        """Card id -> its earlier ids, newest first, for cards that have such."""
        found: dict[str, list[str]] = {}
        for before, now in self.renamed.items():
            found.setdefault(now, []).append(before)
        return MappingProxyType({card: tuple(ids) for card, ids in found.items()})

    @cached_property
    def borrowed(self) -> Mapping[str, frozenset[str]]:
        """Deck -> its cards that belong to other decks, for decks that have such."""
        found = {
            slug: frozenset(card.id for card in cards if card.deck != slug)
            for slug, cards in self.cards_by_deck.items()
            if any(card.deck != slug for card in cards)
        }
        return MappingProxyType(found)

    @cached_property
    def siblings(self) -> Mapping[str, tuple[str, ...]]:
        """Sibling group -> its card ids, for cards that have siblings."""
        groups: dict[str, list[str]] = {}
        for card in self.cards.values():
            if card.siblings:
                groups.setdefault(card.siblings, []).append(card.id)
        return MappingProxyType({group: tuple(cards) for group, cards in groups.items()})

    @cached_property
    def sibling_of(self) -> Mapping[str, str]:
        """Card id -> its sibling group, for cards that have siblings."""
        return MappingProxyType({card.id: card.siblings for card in self.cards.values() if card.siblings})

    @cached_property
    def related_to(self) -> Mapping[str, tuple[str, ...]]:
        """Card id -> the keys it shares with cards it is easily confused with."""
        return MappingProxyType({card.id: card.related for card in self.cards.values() if card.related})
