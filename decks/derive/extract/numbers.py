"""Weights of a whole, and sentences that state a default, limit or other figure worth knowing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from decks.derive.candidates import Candidate, Fact, Reason, Verdict
from decks.derive.extract.phrases import clauses, context, is_about
from decks.derive.extract.spots import Spot, spots
from decks.derive.model import Document, Item, Listing, Paragraph
from decks.model import Cloze, Matrix
from decks.slugs import slug
from decks.text import plain

LONGEST = 180  # characters of a sentence that becomes a cloze

_WEIGHT = re.compile(r"^(.{3,80}?)[\s:\u2014\u2013(|-]+~?(\d{1,2}(?:\.\d)?)\s?%\)?")
_CUE = re.compile(
    r"\b(?:defaults? (?:is|to|of|retention|value)?|by default|limit(?:ed)? (?:is|to|of)|maximum|minimum|at most|at "
    r"least|up to|"
    r"retention (?:is|of)|retained for|expires? after|every)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"(?<![\w.$\u20ac-])\d[\d,]*(?:\.\d+)?\s?(?:%|percent|ms|milliseconds|seconds?|minutes?|hours?|days?|weeks?|"
    r"months?|years?|KB|MB|GB|TB|"
    r"commits?|bytes|columns|rows|characters|partitions|replicas|retries|versions|files)\b"
)
_BRACKETS = re.compile(r"[\[\]]")


def candidates(document: Document) -> Iterator[Candidate]:
    """Lists of shares that add up to a whole, and sentences with one figure and a word that says it is a rule."""
    for spot in spots(document):
        match spot.block:
            case Listing(items=items):
                weights = _weights(items)
                if weights:
                    yield _shares(spot, weights)
                else:
                    for item in items:
                        yield from _sentences(spot, item.text)
            case Paragraph(text=text):
                yield from _sentences(spot, text)
            case _:
                pass


def _weights(items: Sequence[Item]) -> tuple[tuple[str, str], ...]:
    found = [_WEIGHT.match(plain(item.text)) for item in items]
    pairs = tuple((match[1].strip(" *`"), f"{match[2]} %") for match in found if match)
    whole = sum(float(match[2]) for match in found if match)
    return pairs if len(pairs) >= 3 and len(pairs) == len(items) and 95 <= whole <= 105 else ()


def _shares(spot: Spot, weights: tuple[tuple[str, str], ...]) -> Candidate:
    labels = [slug(name) for name, _ in weights]
    told = len(set(labels)) == len(labels) and all(labels)
    body = Matrix(
        template=f"{context(spot)}: what is the share of {{row}}?",
        corner="part",
        columns=("share",),
        rows=tuple((_label(name), (share,)) for name, share in weights),
    )
    return Candidate(
        spot=spot,
        span=spot.block.span,
        kind="number",
        text="\n".join(f"{name} {share}" for name, share in weights),
        verdict=Verdict.KEEP if told else Verdict.DROP,
        reason=Reason.NUMBER if told else Reason.SHAPE,
        why="shares that add up to a whole",
        body=body if told else None,
        facts=tuple(Fact(name, "share", share) for name, share in weights) if told else (),
    )


def _sentences(spot: Spot, text: str) -> Iterator[Candidate]:
    if is_about(text):
        return
    for clause in clauses(text):
        figures = _FIGURE.findall(clause)
        if len(figures) != 1 or not _CUE.search(plain(clause)) or len(clause) > LONGEST or _BRACKETS.search(clause):
            continue
        figure = figures[0]
        sample = spot.is_example
        world = context(spot)
        sentence = f"{world}: {clause.replace(figure, f'[{figure}]', 1)}"
        in_code = clause.count("`", 0, clause.index(figure)) % 2 == 1
        keep = not sample and not in_code
        yield Candidate(
            spot=spot,
            span=spot.block.span,
            kind="number",
            text=plain(clause),
            verdict=Verdict.REVIEW if keep else Verdict.DROP,
            reason=Reason.NUMBER if keep else Reason.SAMPLE,
            why="check that the figure is a rule and still holds" if keep else "a figure of an example",
            body=Cloze(text=sentence) if keep else None,
            facts=(Fact(plain(clause).replace(figure, ""), "figure", figure),) if keep else (),
        )


def _label(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[\[\]|{}/]", " ", text)).strip()
