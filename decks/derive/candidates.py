"""What an extractor hands on: something that could be a card, kept or dropped, with the reason. Pure values."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

from msgspec import Struct

from decks.derive.extract.spots import Spot
from decks.derive.model import Span
from decks.model import Body
from decks.text import plain


class Verdict(StrEnum):
    """Kept, kept in the review section, or dropped."""

    KEEP = "keep"
    REVIEW = "review"
    DROP = "drop"


class Reason(StrEnum):
    """Why something was kept or dropped; the summary counts by these."""

    MATRIX = "vocabulary or comparison matrix"
    CHEAT_SHEET = "cheat sheet"
    TERM = "term with its definition"
    QUESTION = "question with its answer"
    STEPS = "steps in order"
    NUMBER = "numeric fact"
    PROJECT = "project"
    CODE = "code with a stated output"
    DOUBTFUL = "speaks for and against"
    SAMPLE = "sample data"
    REPEAT = "repeats what stands elsewhere"
    SHAPE = "does not fit the form of a card"
    CHROME = "site furniture or promotion"
    CONTENTS = "table of contents"
    ABOUT = "about the document, not its subject"
    ARGUMENT = "argues rather than defines"
    UNANSWERED = "question without an answer"
    WALKTHROUGH = "walks through an example"
    NO_OUTPUT = "code without a stated output"
    LENGTH = "too long for a card"


class Fact(Struct, frozen=True):
    """One thing said: of a subject, what its attribute is. Facts with the same subject and attribute are one card."""

    subject: str
    attribute: str
    value: str

    @property
    def key(self) -> tuple[str, str]:
        """Subject and attribute as they are compared."""
        return folded(self.subject), folded(self.attribute)


class Candidate(Struct, frozen=True, kw_only=True):
    """Something found at a place of a document; `body` is None for what was dropped before it took shape."""

    spot: Spot
    span: Span
    kind: str
    text: str  # the words of the source it rests on, markup gone
    verdict: Verdict
    reason: Reason
    why: str = ""  # the reason in more words
    body: Body | None = None
    facts: tuple[Fact, ...] = ()
    note_why: str = ""  # a sentence for the card's `why:`

    @property
    def fingerprint(self) -> str:
        """Hash of the words it rests on (16 hex digits); spacing, case and markup do not enter."""
        return fingerprint(self.text)


def fingerprint(text: str) -> str:
    """Hash of a text as it reads (16 hex digits of BLAKE2b)."""
    return hashlib.blake2b(" ".join(text.casefold().split()).encode(), digest_size=8).hexdigest()


def folded(text: str) -> str:
    """A name as names are compared: lower case, articles, punctuation and plural endings gone."""
    words = re.findall(r"[^\W_]+", plain(text).casefold())
    return " ".join(_singular(word) for word in words if word not in ("a", "an", "the"))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
