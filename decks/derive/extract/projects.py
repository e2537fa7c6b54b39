"""Sections that describe something to build: goal, tools, what it teaches. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.derive.candidates import Candidate, Fact, Reason, Verdict
from decks.derive.extract.spots import Spot, label_of, opening_label
from decks.derive.model import Document, Listing, Paragraph, Section, Span, Table, walk
from decks.model import Project
from decks.text import plain

TOOLS = 4  # a card's answer lists no more (deck standard)

_GOAL = re.compile(
    r"^(?:what you(?:'ll| will)? build|goal|objective|what to build|project (?:goal|brief)|brief|summary)\b", re.I
)
_TOOLS = re.compile(r"\b(?:tools?|stack|technolog(?:y|ies)|skills)\b", re.IGNORECASE)
_TASKS = re.compile(r"^(?:tasks?|steps|requirements|deliverables|what you(?:'ll| will)? do)\b", re.IGNORECASE)
_TEACHES = re.compile(
    r"^(?:concepts?|what you(?:'ll| will)? learn|teaches|learning (?:goals|outcomes)|why it matters|patterns?)\b", re.I
)
_NO_TOOL = re.compile(r"^(?:concepts?|patterns?|compliance|use cases?|topics?)\b", re.IGNORECASE)


def candidates(document: Document) -> Iterator[Candidate]:
    """A project for each section that states a goal and names tools or what is learnt."""
    for section in walk(document.root):
        yield from _section(document, section)


def is_project(section: Section) -> bool:
    """Whether a section describes a project; its tools table then belongs to it."""
    return bool(_parts(section)[0]) and any(isinstance(block, Table | Listing) for block in section.blocks)


def _section(document: Document, section: Section) -> Iterator[Candidate]:
    goal, tools, teaches, tasks = _parts(section)
    if not goal or not is_project(section):
        return
    learnt = teaches or "; ".join(tasks[:3])
    block = Paragraph(goal, Span(section.line, section.blocks[-1].span.last))
    spot = Spot(document=document, path=section.path, titles=(section.title,), block=block)
    whole = bool(tools) and bool(learnt)
    yield Candidate(
        spot=spot,
        span=block.span,
        kind="project",
        text="\n".join((section.title, goal, ", ".join(tools), teaches, *tasks)),
        verdict=Verdict.KEEP if whole else Verdict.DROP,
        reason=Reason.PROJECT if whole else Reason.SHAPE,
        why="" if whole else "it names no tools" if learnt else "it does not say what it teaches",
        body=Project(name=section.title, goal=goal, tools=tools[:TOOLS], teaches=learnt) if whole else None,
        facts=(Fact(section.title, "project", goal),) if whole else (),
    )


def _parts(section: Section) -> tuple[str, tuple[str, ...], str, tuple[str, ...]]:
    """Goal, tools, what it teaches, tasks: whichever the section states."""
    goal, teaches, label = "", "", ""
    tools: list[str] = []
    tasks: list[str] = []
    for block in section.blocks:
        match block:
            case Paragraph(text=text):
                label = label_of(text) or opening_label(text) or label
                rest = _behind_label(text)
                if _GOAL.match(label) and rest and not goal:
                    goal = rest
                elif _TEACHES.match(label) and rest and not teaches:
                    teaches = rest
                elif _TOOLS.search(label) and rest:
                    tools += _split(rest)
            case Table(header=header, rows=rows) if len(header) == 2 and (_TOOLS.search(label) or not tools):
                for name, value in rows:
                    if _TEACHES.match(plain(name)) or _NO_TOOL.match(plain(name)):
                        teaches = teaches or plain(value)
                    else:
                        tools += _split(value)
            case Listing(items=items):
                if _TOOLS.search(label):
                    tools += [plain(item.text) for item in items]
                elif _TASKS.match(label):
                    tasks += [plain(item.text).strip(" .") for item in items]
            case _:
                pass
    return goal, tuple(dict.fromkeys(tools)), teaches, tuple(tasks)


def _behind_label(text: str) -> str:
    found = re.match(r"\*\*[^*]+\*\*:?\s*(.+)$|[^:]{3,40}:\s+(.+)$", text.replace("\n", " "))
    return plain(found[1] or found[2]).strip(" .:") if found else ""


def _split(text: str) -> list[str]:
    """The tools of a list; alternatives and bracketed examples stay together."""
    parts = re.split(r",\s*(?![^()]*\))|\s+\+\s+|\s*;\s*", plain(text))
    return [part.strip(" .").replace(",", " /") for part in parts if part.strip(" .")]
