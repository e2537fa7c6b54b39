"""Numbered lists that are procedures. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from decks.derive.candidates import Candidate, Fact, Reason, Verdict
from decks.derive.extract.phrases import acts, clauses, context, is_about, words
from decks.derive.extract.spots import Spot, spots
from decks.derive.model import Document, Item, Listing
from decks.model import Steps
from decks.rules import STEPS
from decks.text import plain

LONGEST = 14  # words of a step
ACTING = 0.5  # share of entries with a verb first that makes a list a procedure, whatever its heading

_WALK = re.compile(
    r"\b(?:step-by-step (?:explanation|trace)|explanation|trace|output|walkthrough|what (?:happens|happened)|why this "
    r"works)\b",
    re.I,
)
_RESTATES = re.compile(r"^(?:rows?|lines?|columns?|cells?|step \d+ and) [\d\u2013-]+", re.IGNORECASE)
_ORDER = re.compile(
    r"\b(?:steps?|process|procedure|order|sequence|workflow|lifecycle|life cycle|phases?|stages?|playbook|runbook|"
    r"recipe|how to|"
    r"pipeline|path|flow|checklist|decision tree|algorithm|plan)\b",
    re.IGNORECASE,
)


def candidates(document: Document) -> Iterator[Candidate]:
    """Every numbered list, as steps or with the reason why not."""
    for spot in spots(document):
        match spot.block:
            case Listing(items=items, ordered=True):
                yield _judge(spot, items)
            case _:
                pass


def _judge(spot: Spot, items: Sequence[Item]) -> Candidate:
    steps = tuple(_step(item.text) for item in items)
    objection = _objection(spot, items)
    front = _front(spot)
    doubtful = not _ORDER.search(f"{spot.label} {spot.title}") and _acting(items) < ACTING
    return Candidate(
        spot=spot,
        span=spot.block.span,
        kind="steps",
        text="\n".join(plain(item.text) for item in items),
        verdict=Verdict.DROP if objection else Verdict.REVIEW if doubtful else Verdict.KEEP,
        reason=objection[0] if objection else Reason.DOUBTFUL if doubtful else Reason.STEPS,
        why=objection[1] if objection else "no heading says that the order matters" if doubtful else "",
        body=None if objection else Steps(front=front, steps=steps),
        facts=() if objection else (Fact(front, "steps", " / ".join(steps)),),
    )


def _objection(spot: Spot, items: Sequence[Item]) -> tuple[Reason, str] | None:
    if _WALK.search(spot.label) or spot.is_example:
        return Reason.WALKTHROUGH, f"under '{spot.label or spot.title}'"
    if sum(bool(_RESTATES.match(plain(item.text))) for item in items) > 1:
        return Reason.REPEAT, "it restates the rows above it"
    if is_about(spot.label) or any(item.text.endswith("?") for item in items):
        return Reason.SHAPE, "it is a list of questions or sections"
    if not STEPS[0] <= len(items) <= STEPS[1]:
        return Reason.LENGTH if len(items) > STEPS[1] else Reason.SHAPE, f"it has {len(items)} entries"
    if _acting(items) < ACTING and not _ORDER.search(f"{spot.label} {spot.title}"):
        return Reason.SHAPE, "numbered, but no procedure"
    return None


def _acting(items: Sequence[Item]) -> float:
    """The share of entries that begin with a verb."""
    return sum(acts(item.text) for item in items) / len(items)


def _front(spot: Spot) -> str:
    named = plain(spot.label) if _ORDER.search(spot.label) and len(spot.label) <= 90 else ""
    world = context(spot)
    return (
        f"{world}: {named}"
        if named and named.casefold() not in world.casefold()
        else f"{world}: put the steps in order"
    )


def _step(text: str) -> str:
    """The head of an entry: its bold words where they say enough, else its first clause."""
    bold = re.match(r"\*\*(.+?)\*\*", text)
    if bold and 2 <= len(words(bold[1])) <= LONGEST:
        return plain(bold[1]).strip(" .:")
    head = re.split(r"\s+[\u2014\u2013]\s+|: |; ", (clauses(text) or [text])[0])[0]
    kept = head if len(words(head)) <= LONGEST else " ".join(head.split()[:LONGEST])
    return plain(kept).strip(" .:,")
