"""Bytes of any curriculum -> Documents: what it is, is decided by what it holds, never by its name. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct, structs

from decks.derive.encoding import decode, repair
from decks.derive.limits import MAX_BYTES, MAX_LINE, MAX_TEXT, DeriveError, megabytes
from decks.derive.model import Document, Section, walk
from decks.derive.readers import feed, html, markdown, outline, rows
from decks.slugs import slug

_FEED = re.compile(r"<(?:rss|feed|rdf:RDF|channel)[\s>]")
_PAGE = re.compile(r"<!doctype html|<html[\s>]|<body[\s>]", re.IGNORECASE)
_ELEMENT = re.compile(
    r"</?(?:p|div|h[1-6]|ul|ol|li|table|tr|td|pre|article|section|br|span|strong|blockquote)[\s>/]", re.I
)
_MARKDOWN = re.compile(
    r"^#{1,6} \S|^(?:```|~~~)|^\|.*\|\s*$|^\s*(?:[-*+]|\d+\.) \S|\*\*\S.*?\*\*|^> "
    r"|\[[^\[\]\n]+\]\([^()\n]+\)|^={3,}\s*$",
    re.MULTILINE,
)
_STRONG_MARKDOWN = re.compile(r"^#{1,6} \S|^```|^\|[ :-]+\|[ :|-]*$|^\s*- \[[ xX]\] ", re.MULTILINE)


class Blob(Struct, frozen=True):
    """Bytes as they came: a name for people, a key that stays, and the encoding their transport declared."""

    name: str
    key: str
    data: bytes
    encoding: str = ""
    address: str = ""


def read(blob: Blob) -> tuple[Document, ...]:
    """The documents in a file or response. Raises DeriveError, a sentence, for what cannot be used."""
    if len(blob.data) > MAX_BYTES:
        raise DeriveError(blob.name, f"It is larger than {megabytes(MAX_BYTES)}", "Split it into smaller files.")
    text = decode(blob.name, blob.data, blob.encoding).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    mended = repair(text)
    text = mended.text
    if not text.strip():
        raise DeriveError(blob.name, "It is empty", "Give a file with text in it.")
    head = text[:4096].lstrip()
    is_xml = head.startswith(("<?xml", "<!DOCTYPE rss", "<!DOCTYPE rdf"))
    if head.startswith("<") and _FEED.search(text if is_xml and not _PAGE.search(head) else head):
        documents = feed.read(blob.name, text)
        return tuple(_remarked(document, mended.remark) for document in documents)
    if head.startswith("<?xml") and not _PAGE.search(head):
        raise DeriveError(blob.name, "This XML is neither a feed nor a page", "Give RSS, Atom, HTML or Markdown.")
    if len(text) > MAX_TEXT:
        raise DeriveError(blob.name, f"It has more than {MAX_TEXT:,} characters", "Split it into smaller files.")
    return (_single(blob, text, mended.remark),)


def kind_of(text: str) -> str:
    """What a text is written in: html, rows, markdown or outline."""
    head = text[:4096]
    if _PAGE.search(head) or (text.lstrip().startswith("<") and len(_ELEMENT.findall(text)) > 3):
        return "html"
    if not _STRONG_MARKDOWN.search(text) and rows.delimiter(text):
        return "rows"
    lines = sum(bool(line.strip()) for line in text.split("\n"))
    marks = len(_MARKDOWN.findall(text))
    return "markdown" if _STRONG_MARKDOWN.search(text) or marks > max(1, lines // 10) else "outline"


def _single(blob: Blob, text: str, remark: str) -> Document:
    kind = kind_of(text)
    title = ""
    if kind == "html":
        title, root = html.read(blob.name, text)
    else:
        _refuse_long_lines(blob.name, text)
        readers: dict[str, Callable[[str], Section]] = {"markdown": markdown.read, "outline": outline.read}
        root = rows.read(blob.name, text, rows.delimiter(text)) if kind == "rows" else readers[kind](text)
    title = _title(root, title, kind) or _named(blob.name)
    remarks = (remark,) if remark else ()
    return Document(key=blob.key, title=title, root=root, address=blob.address, kind=kind, remarks=remarks)


def _title(root: Section, declared: str, kind: str) -> str:
    """The one top heading, else what the page calls itself, else the first heading; an outline has only its name."""
    tops = [section for section in root.sections if section.level == 1 and section.title]
    if len(tops) == 1 or (tops and not declared and kind != "outline"):
        return tops[0].title
    return declared or next((section.title for section in walk(root) if section.title and kind != "outline"), "")


def _named(name: str) -> str:
    stem = name.rstrip("/").rpartition("/")[2].rpartition(".")[0] or name
    return slug(stem).replace("-", " ").capitalize() or "Untitled"


def _remarked(document: Document, remark: str) -> Document:
    return structs.replace(document, remarks=(remark,)) if remark else document


def _refuse_long_lines(name: str, text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise DeriveError(name, f"Line {number} has more than {MAX_LINE:,} characters", "Break it into lines.")
