"""RSS, Atom or RDF -> one Document per item. Entities are never expanded: defusedxml refuses them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from decks.derive.limits import MAX_ITEMS, MAX_TEXT, DeriveError
from decks.derive.model import Document
from decks.derive.readers import html
from decks.slugs import slug

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_RSS1 = "{http://purl.org/rss/1.0/}"
_ENCODING = re.compile(r"^(\s*<\?xml[^>]*?)\s+encoding=[\"'][^\"']*[\"']")


def read(name: str, text: str) -> tuple[Document, ...]:
    """The items of a feed, oldest limit first: at most MAX_ITEMS. Raises DeriveError for what is no sound feed."""
    root = _root(name, text)
    items = [*root.iter("item"), *root.iter(f"{_RSS1}item"), *root.iter(f"{_ATOM}entry")]
    if not items:
        raise DeriveError(name, "This XML holds no feed items", "Give an RSS or Atom feed, HTML or Markdown.")
    documents = tuple(_document(name, item, place) for place, item in enumerate(items[:MAX_ITEMS], start=1))
    found = tuple(document for document in documents if document is not None)
    if not found:
        raise DeriveError(name, "None of the feed's items holds any text", "Look for a feed with whole articles.")
    return _unique(found)


def _root(name: str, text: str) -> Element:
    try:
        root: Element = fromstring(_ENCODING.sub(r"\1", text), forbid_dtd=False)
    except DefusedXmlException as error:
        problem = "It declares XML entities, which could expand without end"
        raise DeriveError(name, problem, "Remove the <!ENTITY ...> lines.") from error
    except ParseError as error:
        line, column = error.position
        problem = f"Its XML is broken at line {line}, column {column + 1}"
        raise DeriveError(name, problem, "Repair the feed there, or save the page as HTML.") from error
    return root


def _document(name: str, item: Element, place: int) -> Document | None:
    title = _first(item, "title", f"{_RSS1}title", f"{_ATOM}title") or f"Item {place}"
    body = _body(item)
    if len(body) > MAX_TEXT:
        raise DeriveError(name, f"The item '{title}' holds more than {MAX_TEXT:,} characters", "Split it.")
    if not body.strip():
        return None
    _, root = html.read(f"{name}, '{title}'", body)
    link = _first(item, "link", f"{_RSS1}link") or _atom_link(item)
    key = _first(item, "guid", f"{_ATOM}id") or link or slug(title) or f"item-{place}"
    author = _first(item, f"{_DC}creator", "author", f"{_ATOM}author/{_ATOM}name")
    return Document(
        key=key,
        title=" ".join(title.split()),
        root=root,
        address=link if link.startswith(("http://", "https://")) else "",
        author=author,
        date=_date(_first(item, "pubDate", f"{_DC}date", f"{_ATOM}updated", f"{_ATOM}published")),
        kind="feed item",
    )


def _body(item: Element) -> str:
    """The whole article where the item has it, else its summary."""
    texts = [_inner(item, tag) for tag in (_CONTENT, f"{_ATOM}content", "description", f"{_RSS1}description")]
    return max((*texts, _inner(item, f"{_ATOM}summary")), key=len)


def _inner(item: Element, tag: str) -> str:
    """An element's text; of XHTML content the markup too."""
    found = item.find(tag)
    if found is None:
        return ""
    if len(found):
        return "".join((found.text or "", *(_markup(child, 0) for child in found)))
    text = found.text or ""
    return text if "<" in text or found.get("type") not in (None, "text") else f"<p>{_quoted(text)}</p>"


def _markup(element: Element, depth: int) -> str:
    """XHTML back to the HTML it is."""
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "span"
    if depth > html.DEEPEST:
        return _quoted(" ".join(element.itertext()))
    inner = "".join((_quoted(element.text or ""), *(_markup(child, depth + 1) for child in element)))
    language = element.get("class")
    attributes = f' class="{_quoted(language)}"' if language else ""
    return f"<{tag}{attributes}>{inner}</{tag}>{_quoted(element.tail or '')}"


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _first(item: Element, *tags: str) -> str:
    found = (item.findtext(tag) for tag in tags)
    return next((text.strip() for text in found if text and text.strip()), "")


def _atom_link(item: Element) -> str:
    links = [link for link in item.iter(f"{_ATOM}link") if link.get("rel", "alternate") == "alternate"]
    return links[0].get("href", "") if links else ""


def _date(text: str) -> str:
    """YYYY-MM-DD of an RFC 822 or ISO 8601 date, "" for anything else."""
    if not text:
        return ""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return _in_utc(parse(text)).date().isoformat()
        except (ValueError, TypeError, OverflowError):
            continue
    return ""


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _unique(documents: tuple[Document, ...]) -> tuple[Document, ...]:
    """The first of several items with one key; feeds repeat an article they moved."""
    return tuple(_by_key(documents))


def _by_key(documents: tuple[Document, ...]) -> Iterator[Document]:
    seen: set[str] = set()
    for document in documents:
        if document.key not in seen:
            seen.add(document.key)
            yield document
