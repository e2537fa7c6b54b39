"""Terms in bold (or before a dash) with what they mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.derive.candidates import Candidate, Fact, Reason, Verdict
from decks.derive.extract.glosses import glossed
from decks.derive.extract.parallel import members
from decks.derive.extract.phrases import acts, clauses, context, is_about, words
from decks.derive.extract.spots import Spot, spots
from decks.derive.model import Document, Item, Listing, Paragraph
from decks.model import Number, Term
from decks.quantity import read_quantity
from decks.text import plain
from decks.wording import listed

LONGEST_TERM = 6  # words
ADVICE = 4  # words from which a verb at the beginning makes advice of a term
LEAST_GLOSS, LONGEST_ANSWER = 4, 40  # words
LEAST_ANSWER = 3  # a shorter one takes the next clause along

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
    r"(?:sections?|steps?|rows?|signals?|weeks?|days?|months?|phases?|parts?) \d+|w\d+|code(?=\s*[.:(]|$)|"
    r"(?:failure mode|anti-?pattern|mistake|pattern|lesson|option|question|reason|example|case|strategy|pillar|"
    r"pitfall) \d+(?=\W*$))\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"definition|meaning|what it is|in one sentence", re.IGNORECASE)
_LEAD_IN = re.compile(
    r"(?:definition|meaning|what it is|in one sentence|why\b.*|watch out|note|syntax|variants?|examples?|trade-?offs?|"
    r"caveat|rule|result|"
    r"signal|gap|totals?|target|milestones?|outcome|answer|.*canonical answer|verdict|fix|catch|default|shape|use "
    r"cases?|when(?: to use)?|how|"
    r"benefits?|downsides?|pros|cons|anti-?pattern|bottom line|takeaway|summary|honest .*|senior .*|interview.*|cost|"
    r"goal|sanity check)",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\b(?:current status|implementation strategy|expansion|change ?log|to[- ]?do|next steps|release notes|what to "
    r"add)\b|\blines?\b.*\d"
    r"|\d lines",
    re.IGNORECASE,
)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|will|can|should|must|does|do|don't|doesn't|isn't|you|your|we|I)\b")


def candidates(document: Document) -> Iterator[Candidate]:
    """Every glossed term of a document."""
    told = members(document)
    for spot in spots(document):
        match spot.block:
            case Listing(items=items):
                if (spot.path, spot.place) not in told:
                    for item in items:
                        yield from _entry(spot, item)
            case Paragraph(text=text) if text.startswith("**"):
                if pair := glossed(text):
                    yield judge(spot, *pair, text)
            case _:
                pass


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
    bare = None if pair or "**" in item.text else _BARE.match(item.text)
    if bare and "`" not in bare["term"] and _says_something(bare["gloss"]):
        pair = (plain(bare["term"]), bare["gloss"])
    if pair is not None:
        yield judge(spot, *pair, item.text)
    for below in item.items:
        yield from _entry(spot, below)


def _says_something(gloss: str) -> bool:
    """Whether a gloss behind a plain dash defines: outlines write topics so, one after the other."""
    return not listed(gloss) and not re.match(r"[A-Z]?\w+ing\b", gloss) and len(words(gloss)) >= 6


def _objection(spot: Spot, term: str, gloss: str) -> tuple[Reason | None, str]:
    """Why not, None when nothing speaks against it."""
    if is_about(f"{spot.label} {spot.lead}") or is_about(gloss) or is_about(" ".join(spot.titles[-1:])):
        return Reason.ABOUT, "it speaks of the document"
    if any(_STATES.match(label) for label in (spot.label, term)) or spot.is_example:
        return Reason.WALKTHROUGH, f"under '{spot.label or spot.title}'"
    if _ARGUES.match(spot.label) or _ARGUES.match(spot.title):
        return Reason.ARGUMENT, f"under '{spot.label or spot.title}'"
    if len(term.split()) > LONGEST_TERM or _FINITE.search(term) or term.endswith("?") or _advises(term):
        return Reason.SHAPE, "the bold words are a statement, not a term"
    if _LEAD_IN.fullmatch(term) and not (_DEFINES.fullmatch(term) and spot.label):
        return Reason.SHAPE, "the bold words lead in and name nothing"
    if _PLANS.search(" ".join(spot.titles[-2:])):
        return Reason.ABOUT, "it plans the document"
    if len(words(gloss)) < LEAST_GLOSS and read_quantity(plain(gloss).strip(" .")) is None:
        return Reason.SHAPE, "it says too little"
    return None, ""


def _advises(term: str) -> bool:
    """Whether bold words tell what to do: "add dims as use cases emerge", "consider it when"."""
    return (len(term.split()) >= ADVICE and acts(term)) or bool(re.search(r"\b(?:when|if|for|to|of)$", term))


def _kept(spot: Spot, term: str, gloss: str, text: str) -> Candidate:
    world = context(spot)
    parts = clauses(gloss)
    if _DEFINES.fullmatch(term):
        term = spot.label
    if len(parts) > 1 and len(words(parts[0])) < LEAST_ANSWER and len(words(f"{parts[0]} {parts[1]}")) <= 30:
        parts[:2] = [f"{parts[0].rstrip('.')}; {parts[1]}"]
    amount = plain(parts[0]).strip(" .") if parts else ""
    answer, rest = (parts[0] if parts else ""), tuple(parts[1:2])
    doubtful = len(words(answer)) > LONGEST_ANSWER
    if read_quantity(amount) is not None:
        body: Number | Term = Number(front=f"{world}: what is the figure for {term}?", answer=amount)
        reason, kind = Reason.NUMBER, "number"
    else:
        body, reason, kind = (
            Term(term=term, front=f"{world}: {_asked(term)}?", answer=answer),
            Reason.TERM,
            "term",
        )
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


def _asked(term: str) -> str:
    """The question for a term: a name or a command is something, other words mean something."""
    if re.search(r"[_=(){}<>`]|\w\.\w", term):
        return f"what is `{term.strip('`')}`"
    named = all(word[:1].isupper() or not word[:1].isalpha() for word in term.split())
    return f"what is {term}" if named else f"what is meant by {_lowered(term)}"


def _lowered(term: str) -> str:
    """A term in the middle of a sentence; names and abbreviations keep their capitals."""
    first = term.split(" ")[0]
    return (
        term[:1].lower() + term[1:]
        if first[1:].islower() or ("-" in first and first[1:] == first[1:].lower())
        else term
    )
