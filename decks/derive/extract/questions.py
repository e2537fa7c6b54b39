"""Questions a document asks: with its answer an interview note with key points or a short question. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from decks.derive.candidates import Candidate, Fact, Reason, Verdict
from decks.derive.extract.phrases import capital, clauses, is_about, words
from decks.derive.extract.spots import Spot, spots
from decks.derive.model import Document, Item, Listing, Paragraph, Section, Span
from decks.model import Body, Interview, Point, Question
from decks.rules import ANSWER_WORDS, POINTS
from decks.text import plain

MODEL_WORDS = 60  # of a model answer
POINT_WORDS = 14  # of a key point
LEAST_POINT = 3

_INTERVIEW = re.compile(r"\binterview\b|\bself[- ]?test\b|\breview questions\b|\bcheck your\b|\bquiz\b", re.IGNORECASE)
_MARK = re.compile(r"^(?:Q(?:uestion)?\s*\d*|\d+)\s*[.:)]\s*", re.IGNORECASE)
_ANSWER = re.compile(r"^(?:\*\*)?A(?:nswer)?\s*\d*\s*[.:](?:\*\*)?\s*", re.IGNORECASE)
_WORKED = re.compile(r"\*\*(?:input|output|code|step-by-step)\b", re.IGNORECASE)
_TRAILING = re.compile(
    r"(?:[\s,;:(]+(?:a|an|and|or|the|of|to|in|on|with|between|some|by|for|as|its|their|that|which))+$", re.I
)
_PHRASE = re.compile(
    r"^(?:(?:in|under|with|for|on) [^,]{2,40}, |(?:but|and|so|then|because|which|also|that is|however|in practice|"
    r"short answer)[,:]? )",
    re.IGNORECASE,
)


def candidates(document: Document) -> Iterator[Candidate]:
    """Questions in headings, in bold paragraphs, and in lists of interview questions."""
    yield from _headings(document, document.root, ())
    for spot in spots(document):
        match spot.block:
            case Listing(items=items) if _is_list_of_questions(spot, items):
                for item in items:
                    yield _unanswered(spot, item)
            case _:
                pass


def key_points(text: str) -> tuple[str, ...]:
    """The telling halves of an answer's sentences, at most as many as an interview note takes."""
    points: list[str] = []
    for clause in clauses(text):
        said = _PHRASE.sub("", clause).strip(" .;:")
        short = _shortened(said)
        if len(words(short)) >= LEAST_POINT and short not in points:
            points.append(short)
    if len(points) <= POINTS[1]:
        return tuple(points)
    telling = sorted(range(len(points)), key=lambda at: -_weight(points[at]))[: POINTS[1]]
    return tuple(points[at] for at in sorted(telling))


def _headings(document: Document, section: Section, above: tuple[str, ...]) -> Iterator[Candidate]:
    titles = (*above, section.title) if section.level else above
    if section.title.endswith("?") and section.level:
        yield _asked(document, section, titles)
    else:
        yield from _paragraphs(document, section, titles)
    for child in section.sections:
        yield from _headings(document, child, titles)


def _asked(document: Document, section: Section, titles: tuple[str, ...]) -> Candidate:
    """A heading that asks, answered by what stands under it."""
    texts = [text for block in section.blocks for text in _texts(block)]
    last = section.blocks[-1].span.last if section.blocks else section.line
    block = Paragraph(section.title, Span(section.line, last))
    spot = Spot(document=document, path=section.path, titles=titles, block=block)
    return _candidate(spot, section.title, texts)


def _paragraphs(document: Document, section: Section, titles: tuple[str, ...]) -> Iterator[Candidate]:
    """Bold questions ("**Q: ...?**") answered by the paragraphs up to the next one."""
    blocks = section.blocks
    for place, block in enumerate(blocks):
        if not isinstance(block, Paragraph) or not (question := _bold_question(block.text)):
            continue
        texts: list[str] = []
        last = block.span.last
        for after in blocks[place + 1 :]:
            if isinstance(after, Paragraph) and _bold_question(after.text):
                break
            texts += _texts(after)
            last = after.span.last
        rest = _behind_question(block.text)
        spot = Spot(
            document=document,
            path=section.path,
            titles=titles,
            block=Paragraph(block.text, Span(block.span.first, last)),
        )
        yield _candidate(spot, question, [rest, *texts] if rest else texts)


def _bold_question(text: str) -> str:
    found = re.match(r"\*\*([^*]{8,200}\?)\s*\*\*", text)
    if found:
        return _MARK.sub("", plain(found[1]))
    marked = re.match(r"(?:\*\*)?Q(?:uestion)?\s*\d*\s*[.:](?:\*\*)?\s*(.{8,200}?\?)", text)
    return plain(marked[1]) if marked else ""


def _behind_question(text: str) -> str:
    return text.partition("?")[2].strip(" *\n")


def _candidate(spot: Spot, question: str, texts: Sequence[str]) -> Candidate:
    answer = " ".join(_ANSWER.sub("", text) for text in texts).replace("\n", " ").strip()
    front = _front(question)
    body: Body | None = None
    if spot.is_example or any(_WORKED.match(text) for text in texts):
        verdict, reason, why = Verdict.DROP, Reason.WALKTHROUGH, "it sets up a worked example"
    elif is_about(question) or (is_about(" ".join(clauses(answer)[:1])) and len(words(answer)) < 30):
        verdict, reason, why = Verdict.DROP, Reason.ABOUT, "it asks about the document"
    elif not answer:
        verdict, reason, why = Verdict.DROP, Reason.UNANSWERED, "nothing stands under it"
    else:
        body = _body(front, answer)
        verdict, reason, why = Verdict.KEEP, Reason.QUESTION, ""
        if body is None:
            verdict, reason, why = Verdict.DROP, Reason.SHAPE, "its answer has no three points and is too long for one"
    facts = (Fact(front, "answer", answer),) if body else ()
    return Candidate(
        spot=spot,
        span=spot.block.span,
        kind="question",
        text=plain(f"{question} {answer}"),
        verdict=verdict,
        reason=reason,
        why=why,
        body=body,
        facts=facts,
    )


def _body(front: str, answer: str) -> Body | None:
    if len(words(answer)) <= ANSWER_WORDS:
        return Question(front=front, answer=answer)
    points = key_points(answer)
    if len(points) < POINTS[0]:
        first = clauses(answer)[0]
        return Question(front=front, answer=first) if len(words(first)) <= ANSWER_WORDS else None
    return Interview(front=front, answer=_model(answer), points=tuple(Point(point) for point in points))


def _model(answer: str) -> str:
    """The first sentences, as many as a model answer may be long."""
    said: list[str] = []
    for clause in clauses(answer):
        if said and len(words(" ".join((*said, clause)))) > MODEL_WORDS:
            break
        said.append(capital(clause if clause.endswith((".", "!", "?")) else f"{clause}."))
    return " ".join(said)


def _front(question: str) -> str:
    return plain(_MARK.sub("", question)).strip()


def _shortened(said: str) -> str:
    """The head of a sentence, cut at a comma, dash or bracket before it grows too long."""
    if len(words(said)) <= POINT_WORDS:
        return said
    for cut in (r"\s+[\u2014\u2013]\s+|; ", r", (?:so|which|because|while|and|but|with|then)\b", r" \(", r", "):
        head = re.split(cut, said)[0]
        if LEAST_POINT <= len(words(head)) <= POINT_WORDS:
            return _balanced(head)
    return _balanced(" ".join(said.split()[:POINT_WORDS]))


def _balanced(text: str) -> str:
    for mark in ("**", "`"):
        if text.count(mark) % 2:
            text = text.replace(mark, "")
    return _TRAILING.sub("", text).strip(" ,;:(")


def _weight(point: str) -> float:
    """Sentences that name things (code, capitals, bold) carry more than transitions."""
    return len(re.findall(r"`[^`]+`|\*\*[^*]+\*\*|\b[A-Z][A-Za-z]+\b", point)) + min(len(words(point)), 10) / 10


def _is_list_of_questions(spot: Spot, items: Sequence[Item]) -> bool:
    asking = sum(_asks(item.text) for item in items)
    named = _INTERVIEW.search(" ".join((spot.label, spot.title)))
    return len(items) > 1 and (
        asking == len(items) or (bool(named) and "question" in (spot.label + spot.title).casefold())
    )


def _asks(text: str) -> bool:
    return plain(text).rstrip(' "\u201d').endswith("?") and len(words(text)) >= 4


def _unanswered(spot: Spot, item: Item) -> Candidate:
    question, _, rest = item.text.partition("?")
    answer = " ".join((rest.strip(" \u2014\u2013-*"), *(one.text for one in item.items))).strip()
    asked = f"{question}?" if rest or item.text.endswith("?") else item.text
    return _candidate(spot, asked, [answer] if len(words(answer)) >= LEAST_POINT else [])


def _texts(block: object) -> list[str]:
    match block:
        case Paragraph(text=text):
            return [text]
        case Listing(items=items):
            return [item.text if item.text.endswith((".", "?", "!")) else f"{item.text}." for item in items]
        case _:
            return []
