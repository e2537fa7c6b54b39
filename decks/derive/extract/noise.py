"""What is no curriculum: site furniture, promotion, tables of contents, talk about the document. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import structs

from decks.derive.candidates import Candidate, Reason, Verdict
from decks.derive.extract.phrases import clauses, is_about
from decks.derive.extract.spots import Spot
from decks.derive.model import Block, Code, Document, Listing, Paragraph, Section, Span, Table
from decks.text import plain

_PROMOTION = re.compile(
    r"^(?:practice on|practice with|get started|sign up|subscribe|newsletter|about (?:the )?author|about us|related "
    r"(?:posts|articles)"
    r"|further reading|references|share this|comments?|leave a (?:reply|comment)|acknowledge?ments?|stay (?:in touch|"
    r"connected))\b",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"[\u2192\u2197\u00bb>]\s*$|\b(?:subscribe|sign up|join (?:us|our)|follow (?:me|us)|buy now|free trial|use code|"
    r"discount|"
    r"our (?:course|newsletter|platform|community)|hands-on reps|clap|like and share)\b",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"^(?:on this page|(?:table of )?contents|in this (?:article|guide|post)|jump to|overview of sections)\b", re.I
)


def cleaned(document: Document) -> tuple[Document, tuple[Candidate, ...]]:
    """The document without noise, and a dropped candidate for each piece that went."""
    gone: list[Candidate] = []
    headings = {_told(section.title) for section in _all(document.root)}
    root = _section(document, document.root, (), headings, gone)
    return structs.replace(document, root=root), tuple(gone)


def _section(
    document: Document, section: Section, above: tuple[str, ...], headings: set[str], gone: list[Candidate]
) -> Section:
    titles = (*above, section.title) if section.level else above
    blocks: list[Block] = []
    before: Block | None = None
    for place, block in enumerate(section.blocks):
        after = section.blocks[place + 1] if place + 1 < len(section.blocks) else None
        found = _noise(block, before, after, headings)
        if found:
            spot = Spot(document=document, path=section.path, titles=titles, block=block, place=place)
            gone.append(_dropped(spot, found))
        else:
            blocks.append(block)
        before = block
    kept: list[Section] = []
    for child in section.sections:
        if _PROMOTION.match(child.title):
            block = Paragraph(child.title, Span(child.line, child.line))
            spot = Spot(document=document, path=child.path, titles=(*titles, child.title), block=block)
            gone.append(_dropped(spot, Reason.CHROME))
        else:
            kept.append(_section(document, child, titles, headings, gone))
    return structs.replace(section, blocks=tuple(blocks), sections=tuple(kept))


def _noise(block: Block, before: Block | None, after: Block | None, headings: set[str]) -> Reason | None:
    """What kind of noise a block is, None for what is none."""
    match block:
        case Paragraph(text=text):
            return _loose(text, after)
        case Listing(items=items):
            named = isinstance(before, Paragraph) and _CONTENTS.match(plain(before.text))
            known = sum(_told(item.text) in headings for item in items)
            return Reason.CONTENTS if named or (len(items) > 2 and known > len(items) / 2) else None
        case Table() | Code():
            return None


def _loose(text: str, after: Block | None) -> Reason | None:
    read = plain(text)
    if _CONTENTS.match(read) and len(read) < 60:
        return Reason.CONTENTS
    if _CALL.search(read) and len(read) < 400:
        return Reason.CHROME
    if "\n" in text and isinstance(after, Paragraph) and len(read) < 200 and _CALL.search(plain(after.text)):
        return Reason.CHROME  # a teaser whose lines were broken on purpose, before its call to action
    about = not text.startswith("**") and len(read) < 600 and is_about((clauses(text) or [""])[0])
    return Reason.ABOUT if about else None


def _dropped(spot: Spot, reason: Reason) -> Candidate:
    texts = {
        Paragraph: lambda block: plain(block.text),
        Listing: lambda block: "\n".join(item.text for item in block.items),
    }
    text = texts[type(spot.block)](spot.block)
    return Candidate(spot=spot, span=spot.block.span, kind="noise", text=text, verdict=Verdict.DROP, reason=reason)


def _all(section: Section) -> Iterator[Section]:
    yield section
    for child in section.sections:
        yield from _all(child)


def _told(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", plain(text).casefold()))
