"""The blocks of a document with what an extractor needs to know about their place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from decks.derive.model import Block, Code, Document, Listing, Paragraph, Section, Table
from decks.text import Span as Run
from decks.text import Style, plain, spans

_EXAMPLE = re.compile(
    r"\b(?:worked|example|solution using|solution|walk-?through|case study|exercise|demo|sample run)\b", re.IGNORECASE
)
_LONGEST_LABEL = 160


class Spot(Struct, frozen=True, kw_only=True):
    """A block, the headings above it, and the words that announce it."""

    document: Document
    path: tuple[str, ...]  # of the section: slugs
    titles: tuple[str, ...]  # of the section: headings from the top
    label: str = ""  # the nearest line above that only announces: bold, or ending in a colon
    lead: str = ""  # the paragraph right above, if one is
    labels: tuple[str, ...] = ()  # every label of the section up to here
    code: str = ""  # the code right above, if no table stands between
    block: Block
    place: int = 0  # among the blocks of its section

    @property
    def title(self) -> str:
        """The nearest heading."""
        return self.titles[-1] if self.titles else ""

    @property
    def is_example(self) -> bool:
        """Whether a heading above says that this shows rather than tells."""
        return any(is_example(title) for title in self.titles)


def is_example(title: str) -> bool:
    """Whether a heading announces an example or a solution."""
    return bool(_EXAMPLE.search(title))


def spots(document: Document) -> Iterator[Spot]:
    """Every block of a document in reading order."""
    yield from _section(document, document.root, ())


def label_of(text: str) -> str:
    """The words of a paragraph that announces what follows, "" where it says something itself."""
    if len(text) > _LONGEST_LABEL * 2 or "\n" in text:
        return ""
    runs = [run for run in spans(text) if run.text.strip(" :.*\u2014\u2013-")]
    read = plain(text).strip()
    if runs and all(run.style is Style.BOLD or (run.style is Style.CODE and "**" in text) for run in runs):
        return read.rstrip(":. ") if len(read) <= _LONGEST_LABEL else ""
    if runs and runs[0].style is Style.BOLD and (text.startswith("**") and read.endswith(":")):
        return read.rstrip(":. ") if len(read) <= _LONGEST_LABEL else ""
    return read.rstrip(":") if read.endswith(":") and len(read) <= 100 else ""


def styled(text: str) -> tuple[Run, ...]:
    """The styled runs of a text that say anything."""
    return tuple(run for run in spans(text) if run.text)


def opening_label(text: str) -> str:
    """The bold words a paragraph begins with, as in "**Input.** Two rows": they label what follows as well."""
    runs = styled(text)
    first = runs[0] if runs and text.startswith("**") else None
    return first.text.strip(" :.") if first is not None and len(first.text) <= 80 else ""


def _section(document: Document, section: Section, above: tuple[str, ...]) -> Iterator[Spot]:
    titles = (*above, section.title) if section.level else above
    label, lead, code = "", "", ""
    labels: list[str] = []
    for place, block in enumerate(section.blocks):
        yield Spot(
            document=document,
            path=section.path,
            titles=titles,
            label=label,
            lead=lead,
            labels=tuple(labels),
            code=code,
            block=block,
            place=place,
        )
        match block:
            case Paragraph(text=text):
                lead = text
                if found := label_of(text) or opening_label(text):
                    label = found
                    labels.append(found)
            case Listing():
                lead = ""
            case Table():
                lead, code = "", ""
            case Code(text=text):
                lead, code = "", text
    for child in section.sections:
        yield from _section(document, child, titles)
