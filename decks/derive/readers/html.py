"""HTML -> Document, through lexbor: the readable part of a page, site furniture left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from decks.derive.limits import MAX_DEPTH, DeriveError
from decks.derive.model import Block, Builder, Code, Item, Listing, Paragraph, Section, Span, Table
from decks.text import escape

DEEPEST = 100  # levels of nested elements read one by one; what is deeper is taken as text

_OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEVER_DEEP = frozenset(  # void elements, and those that close themselves
    re.findall(
        r"\S+",
        "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr thead tbody tfoot "
        "option "
        "optgroup rp rt colgroup",
    )
)
_FURNITURE = frozenset(
    re.findall(
        r"\S+",
        "head nav header footer aside script style form noscript svg iframe button template select textarea canvas",
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    re.findall(
        r"\S+",
        "p div section article main ul ol dl table pre blockquote figure details summary center address body html "
        "tbody "
        "h1 h2 h3 h4 h5 h6 hr",
    )
)
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source)-([\w+#-]+)|highlight ([\w+#-]+)|sourceCode ([\w+#-]+)")


def read(name: str, text: str) -> tuple[str, Section]:
    """Title and tree of a page. Raises DeriveError for nesting no page needs."""
    refuse_depth(name, text)
    page = LexborHTMLParser(text)
    title = page.css_first("title")
    held = "\n".join(script.text() for script in page.css("script[type*=template], script[type='text/html']"))
    page.strip_tags(["script"])
    if held:
        template = LexborHTMLParser(held)
        if _length(template) > _length(page):  # put together by a script, the page keeps its words in a template
            page = template
    root = _rendered(page.css_first("article") or page.css_first("main") or page.body)
    return (" ".join(title.text().split()) if title else ""), root


def fragment(text: str, line: int) -> tuple[Block, ...]:
    """The blocks of HTML inside another document, beginning at a line of it; headings become paragraphs."""
    refuse_depth("The document", text)
    root = _rendered(LexborHTMLParser(text).body, line)
    return (*root.blocks, *(block for section in root.sections for block in section.blocks))


def refuse_depth(name: str, text: str) -> None:
    """Raise DeriveError where more than MAX_DEPTH elements are open at once."""
    depth = 0
    for closing, tag in _OPENING.findall(text):
        if tag.lower() not in _NEVER_DEEP:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > MAX_DEPTH:
                raise DeriveError(
                    name, f"Its HTML opens more than {MAX_DEPTH} elements inside one another", "Repair the page."
                )


def inline(node: LexborNode) -> str:
    """What an element says, in the dialect; bold does not nest, images go."""
    return _tidy("".join(_inline(node, 0, False)))


def _length(page: LexborHTMLParser) -> int:
    return len(page.body.text()) if page.body is not None else 0


def _rendered(body: LexborNode | None, line: int = 1) -> Section:
    rendering = _Rendering(line)
    if body is not None:
        rendering.block(body, 0)
        rendering.flush()
    return rendering.builder.build()


class _Rendering:
    """Blocks in reading order; a line number for each line they take when written out."""

    def __init__(self, line: int = 1) -> None:
        self.builder = Builder()
        self._line = line
        self._loose: list[str] = []  # inline content that stands between blocks

    def block(self, node: LexborNode, depth: int) -> None:
        """Render what an element holds."""
        self._children(node.iter(include_text=True), depth)

    def _children(self, children: Iterable[LexborNode], depth: int) -> None:
        for child in children:
            tag = child.tag or ""
            if tag == "-text" or (tag not in _BLOCKS and not _holds_block(child)):
                if tag not in _FURNITURE:
                    self._loose.extend(
                        _inline(child, 0, False) if tag != "-text" else [escape(child.text_content or "")]
                    )
                continue
            self.flush()
            if depth > DEEPEST:
                self._paragraph(" ".join(escape(child.text()).split()))
            elif tag not in _FURNITURE:
                self._element(child, tag, depth)

    def flush(self) -> None:
        """Make a paragraph of loose inline content."""
        if self._loose:
            self._paragraph(_tidy("".join(self._loose)))
            self._loose.clear()

    def _element(self, node: LexborNode, tag: str, depth: int) -> None:
        if tag in _HEADINGS:
            self._heading(node, tag, depth)
        elif tag == "p" and not _holds_block(node):  # a page without a doctype may keep a table in a paragraph
            self._paragraph(inline(node))
        elif tag in ("ul", "ol"):
            self._listing(node, tag == "ol")
        elif tag == "dl":
            self._definitions(node)
        elif tag == "table":
            self._table(node, depth)
        elif tag == "pre":
            self._pre(node)
        else:
            self.block(node, depth + 1)
            self.flush()

    def _heading(self, node: LexborNode, tag: str, depth: int) -> None:
        """Open a section; where the heading was never closed, what it swallowed follows it."""
        parts = list(node.iter(include_text=True))
        ends = next((at for at, part in enumerate(parts) if part.tag in _BLOCKS), len(parts))
        text = _tidy("".join("".join(_said(part)) for part in parts[:ends]))
        self.builder.open(_HEADINGS[tag], text or inline(node), self._span(1).first)
        if text:
            self._children(parts[ends:], depth + 1)
            self.flush()

    def _paragraph(self, text: str) -> None:
        if text:
            self.builder.add(Paragraph(text, self._span(text.count("\n") + 1)))

    def _listing(self, node: LexborNode, ordered: bool) -> None:
        items, after = _items(node, 0)
        if items:
            self.builder.add(Listing(items, ordered, self._span(len(items))))
        for code in after:
            self._pre(code)

    def _definitions(self, node: LexborNode) -> None:
        """A definition list, as a list of **term** - definition."""
        items: list[Item] = []
        term = ""
        for child in node.iter():
            if child.tag == "dt":
                term = inline(child)
            elif child.tag == "dd" and term:
                items.append(Item(f"**{term.replace('**', '')}** \u2014 {inline(child)}"))
        if items:
            self.builder.add(Listing(tuple(items), False, self._span(len(items))))

    def _table(self, node: LexborNode, depth: int) -> None:
        cells = [[cell for cell in row.iter() if cell.tag in ("td", "th")] for row in node.css("tr")]
        rows = [row for row in ([_cell(cell) for cell in row] for row in cells) if any(row)]
        if node.css_first("table table") is not None or (rows and max(map(len, rows)) == 1):
            self.block(node, depth + 1)  # a table that only lays out the page
            self.flush()
        elif len(rows) > 1:
            wide = len(rows[0])
            body = tuple((*row[:wide], *[""] * (wide - len(row))) for row in rows[1:])
            links = sum(_is_link(cell) for row in cells[1:] for cell in row[1:])
            self.builder.add(Table(tuple(rows[0]), body, self._span(len(rows) + 1), links))

    def _pre(self, node: LexborNode) -> None:
        text = node.text().strip("\n")
        if text.strip():
            inner = node.css_first("code")
            classes = " ".join((one.attributes.get("class") or "") for one in (node, inner) if one is not None)
            found = _LANGUAGE.search(classes)
            language = next((group for group in found.groups() if group), "") if found else ""
            self.builder.add(Code(text.rstrip(), language.lower(), self._span(text.count("\n") + 3)))

    def _span(self, lines: int) -> Span:
        """The next lines of the rendering; an empty one follows each block."""
        span = Span(self._line, self._line + lines - 1)
        self._line += lines + 1
        return span


def _holds_block(node: LexborNode) -> bool:
    """Whether an inline element wraps blocks, as <span><p> does."""
    return any((child.tag or "") in _BLOCKS for child in node.iter())


def _items(node: LexborNode, depth: int) -> tuple[tuple[Item, ...], list[LexborNode]]:
    """The entries of a list, and the code blocks in them, which follow it."""
    items: list[Item] = []
    after: list[LexborNode] = []
    for child in node.iter():
        if child.tag in ("ul", "ol") and depth < DEEPEST:  # a list directly inside a list belongs to the entry above
            below, codes = _items(child, depth + 1)
            after += codes
            if items:
                items[-1] = Item(items[-1].text, (*items[-1].items, *below), items[-1].done)
        elif child.tag == "li":
            item, codes = _item(child, depth)
            after += codes
            if item.text or item.items:
                items.append(item)
    return tuple(items), after


def _item(node: LexborNode, depth: int) -> tuple[Item, list[LexborNode]]:
    parts: list[str] = []
    below: tuple[Item, ...] = ()
    after: list[LexborNode] = []
    for child in node.iter(include_text=True):
        if child.tag in ("ul", "ol") and depth < DEEPEST:
            nested, codes = _items(child, depth + 1)
            below += nested
            after += codes
        elif child.tag == "pre":
            after.append(child)
        else:
            if child.tag != "-text" and (codes := child.css("pre")):
                after += codes
                continue
            parts.append(
                _text(child) if child.tag == "-text" else " " * (child.tag == "p") + "".join(_inline(child, 0, False))
            )
    return Item(_tidy("".join(parts)).replace("\n", " "), below), after


def _cell(node: LexborNode) -> str:
    return inline(node).replace("\n", " ")


def _is_link(cell: LexborNode) -> bool:
    """Whether a cell holds links and not a word besides."""
    linked = "".join(link.text() for link in cell.css("a[href]"))
    return bool(linked) and re.sub(r"[\W_]", "", linked) == re.sub(r"[\W_]", "", cell.text())


def _inline(node: LexborNode, depth: int, bold: bool) -> Iterator[str]:
    tag = node.tag or ""
    if tag in _FURNITURE or tag == "img":
        return
    if tag == "br":
        yield "\n"
    elif tag in ("code", "kbd", "tt", "samp"):
        yield _code(node.text())
    elif depth > DEEPEST:
        yield escape(node.text())
    else:
        opens = tag in ("strong", "b") and not bold
        if opens:
            yield "**"
        for child in node.iter(include_text=True):
            if child.tag == "-text":
                yield _text(child)
            else:
                yield from _inline(child, depth + 1, bold or opens)
        if opens:
            yield "**"


def _said(node: LexborNode) -> Iterable[str]:
    return (_text(node),) if node.tag == "-text" else _inline(node, 0, False)


def _text(node: LexborNode) -> str:
    """A text node in the dialect; its line breaks are only spaces."""
    return escape(re.sub(r"\s+", " ", node.text_content or ""))


def _code(text: str) -> str:
    text = " ".join(text.split())
    return f"`{text}`" if text and "`" not in text else escape(text)


def _tidy(text: str) -> str:
    text = re.sub(r"\*\*(\s*)\*\*", r"\1", text)
    return "\n".join(line for line in (" ".join(line.split()) for line in text.split("\n")) if line)
