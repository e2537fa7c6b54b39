"""Terms in bold (or before a dash) with what they mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.derive.candidates import Candidate, Fact, Reason, Verdict
from decks.derive.extract.phrases import clauses, context, is_about, words
from decks.derive.extract.spots import Spot, spots, styled
from decks.derive.model import Document, Item, Listing, Paragraph
from decks.model import Number, Term
from decks.quantity import read_quantity
from decks.text import Style, plain

LONGEST_TERM = 6  # words
LEAST_GLOSS, LONGEST_ANSWER = 4, 40  # words

_DASH = re.compile(r"^\s*(?:[:\u2014\u2013=]|-(?=\s)|->|\u2192)\s*")
_BARE = re.compile(r"^(?P<term>[^:\u2014\u2013.?!]{2,60}?)\s+[-\u2014\u2013]\s+(?P<gloss>\S.*)$")
_ARGUES = re.compile(
    r"^(?:why\b|how (?:is|does|do) (?:this|it|your)|what interviewers|what (?:recruiters|reviewers|we)|who should|the "
    r"(?:senior|market|"
    r"honest)|common (?:beginner )?mistakes|where (?:this|it) (?:breaks|fits)|reasons?\b|benefits?\b|advantages?\b)",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"^(?:why this works|concept by concept|step-by-step|trace|detailed explanation|input|output|task|goal|tip|note|"
    r"warning|cost|"
    r"section \d|step \d|row \d|rows \d|signal \d|week \d|day \d|phase \d|part \d)\b",
    re.IGNORECASE,
)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|will|can|should|must|does|do|don't|doesn't|isn't|you|your|we|I)\b")


def candidates(document: Document) -> Iterator[Candidate]:
    """Every glossed term of a document."""
    for spot in spots(document):
        match spot.block:
            case Listing(items=items):
                for item in items:
                    yield from _entry(spot, item)
            case Paragraph(text=text) if text.startswith("**"):
                if pair := glossed(text):
                    yield judge(spot, *pair, text)
            case _:
                pass


def glossed(text: str) -> tuple[str, str] | None:
    """Term and gloss of "**term** - gloss", None for other texts. The dash must follow the bold words at once."""
    runs = styled(text)
    if not runs or not text.startswith(("**", "`")):
        return None
    term = ""
    for place, run in enumerate(runs):
        if run.style is Style.BOLD or (run.style is Style.CODE and (place == 0 or term)):
            term += run.text
            continue
        rest = _after(text, runs[:place])
        bold_colon = term.rstrip().endswith(":")
        dash = _DASH.match(rest)
        if (dash or bold_colon) and term.strip(" :"):
            return term.strip(" :."), rest[dash.end() if dash else 0 :].strip()
        return None
    return None


def judge(spot: Spot, term: str, gloss: str, text: str) -> Candidate:
    """Whether a glossed term is worth a card."""
    reason, why = _objection(spot, term, gloss)
    if reason is None:
        return _kept(spot, term, gloss, text)
    return Candidate(
        spot=spot,
        span=spot.block.span,
        kind="term",
        text=plain(text),
        verdict=Verdict.DROP,
        reason=reason,
        why=why,
    )


def _entry(spot: Spot, item: Item) -> Iterator[Candidate]:
    pair = glossed(item.text)
    if pair is None and (bare := _BARE.match(item.text)) and "`" not in bare["term"]:
        pair = (plain(bare["term"]), bare["gloss"])
    if pair is not None:
        yield judge(spot, *pair, item.text)
    for below in item.items:
        yield from _entry(spot, below)


def _objection(spot: Spot, term: str, gloss: str) -> tuple[Reason | None, str]:
    """Why not, None when nothing speaks against it."""
    if is_about(f"{spot.label} {spot.lead}") or is_about(gloss) or is_about(" ".join(spot.titles[-1:])):
        return Reason.ABOUT, "it speaks of the document"
    if any(_STATES.match(label) for label in (spot.label, term)) or spot.is_example:
        return Reason.WALKTHROUGH, f"under '{spot.label or spot.title}'"
    if _ARGUES.match(spot.label) or _ARGUES.match(spot.title):
        return Reason.ARGUMENT, f"under '{spot.label or spot.title}'"
    if len(term.split()) > LONGEST_TERM or _FINITE.search(term) or term.endswith("?"):
        return Reason.SHAPE, "the bold words are a statement, not a term"
    if len(words(gloss)) < LEAST_GLOSS and read_quantity(plain(gloss).strip(" .")) is None:
        return Reason.SHAPE, "it says too little"
    return None, ""


def _kept(spot: Spot, term: str, gloss: str, text: str) -> Candidate:
    world = context(spot)
    parts = clauses(gloss)
    amount = plain(parts[0]).strip(" .") if parts else ""
    answer, rest = (parts[0] if parts else ""), tuple(parts[1:2])
    doubtful = len(words(answer)) > LONGEST_ANSWER
    if read_quantity(amount) is not None:
        body: Number | Term = Number(front=f"{world}: what is the figure for {term}?", answer=amount)
        reason, kind = Reason.NUMBER, "number"
    else:
        body, reason, kind = Term(term=term, front=f"{world}: what is {term}?", answer=answer), Reason.TERM, "term"
    return Candidate(
        spot=spot,
        span=spot.block.span,
        kind=kind,
        text=plain(text),
        verdict=Verdict.REVIEW if doubtful else Verdict.KEEP,
        reason=Reason.LENGTH if doubtful else reason,
        why="one definition of over 40 words" if doubtful else "",
        body=body,
        facts=(Fact(term, "definition" if kind == "term" else "figure", answer),),
        note_why=rest[0] if rest and len(words(rest[0])) <= 30 else "",
    )


def _after(text: str, runs: tuple[object, ...]) -> str:
    """What follows the first styled runs, markup kept."""
    at = 0
    for _ in runs:
        mark = "**" if text.startswith("**", at) else "`"
        end = text.find(mark, at + len(mark))
        while mark == "**" and end != -1 and text.count("`", at, end) % 2:
            end = text.find(mark, end + 2)
        if end == -1:
            return ""
        at = end + len(mark)
        if mark == "**":
            break
    return text[at:]
