"""Small curricula of our own, one for each shape a reader knows."""

from __future__ import annotations

from html import escape

from decks.derive.model import Document
from decks.derive.readers import Blob, read

OUTLINE = """\
-------=======-------
\U0001f3af LEVEL 1: POTTERY BASICS
1.1 Clay Preparation
    Wedging (removing air)
    Storing leftover clay
Drying stages:
    Leather-hard stage
    Bone-dry stage
1.2 First Pieces
Pinch pots
    Coil building
Interview Questions at this level:
How would you repair a cracked handle?
What is the difference between glaze and slip?
-------=======-------
\U0001f680 LEVEL 2: FIRING
2.1 Kilns
    Electric kilns
    Cone ratings
Studio Habits
keeping a firing log
sharing shelf space
"""

MARKDOWN = """\
---
author: somebody
---
# Bread for beginners

Everything here was baked at home.

## 1. Doughs

**Autolyse** \u2014 flour and water rest together before the salt goes in.

| Dough | Water | Rises for |
|-------|-------|-----------|
| Plain white | firm, 60 % of the flour | about two hours in a warm room |
| Ciabatta | very wet, 80 % of the flour | most of a night in the cold |

- [x] weigh the flour
- [ ] feed the starter
  - with rye
  - with wheat

```python
print(2 + 3)
```

## 2. Ovens

1. Heat the stone
2. Load the loaf
3. Add the steam
"""

ARTICLE = """\
<h2> Knots that hold </h2>
<p>When you want <strong>hands-on reps</strong>, join our course \u2192</p>
<p><strong>On this page</strong></p>
<ul><li>Knots that hold</li><li>Ropes that last</li><li>Practice with us</li></ul>
<p><strong>Three knots to know.</strong></p>
<ul>
<li><strong>Bowline</strong> \u2014 a loop that does not slip when it is loaded.</li>
<li><strong><strong>Clove hitch</strong></strong> \u2014 a quick turn around a post that slips under changing load.</li>
<li><strong>Sheet bend</strong> \u2014 joins two ropes of different thickness.</li>
</ul>
<h4>Worked example \u2014 tie up a boat</h4>
<p><strong>Input.</strong></p>
<table><thead><tr><th>boat_id</th><th>length</th><th>tied_at</th></tr></thead>
<tbody><tr><td>B-001</td><td>7</td><td>2026-05-01 10:00</td></tr>
<tr><td>B-002</td><td>9</td><td>2026-05-01 10:05</td></tr></tbody></table>
<div class="highlight"><pre class="highlight sql"><code><span class="k">SELECT</span> <span class="o">*</span>
<span class="k">FROM</span> boats;</code></pre></div>
<h2>Ropes that last</h2>
<table><tr><th>You want to \u2026</th><th>Rope</th><th>Why</th></tr>
<tr><td>Lower a climber</td><td>dynamic nylon</td><td>it stretches and softens the fall</td></tr>
<tr><td>Hoist a sail</td><td>pre-stretched polyester</td><td>it keeps its length under load</td></tr>
<tr><td>Moor in salt water</td><td>braided nylon</td><td>it gives with the waves</td></tr></table>
<h2>Practice with us</h2>
<p>Buy now!</p>
"""


def feed(*articles: tuple[str, str, str]) -> str:
    """An RSS feed of (title, guid, HTML) items, escaped as feeds do."""
    items = "".join(
        f"<item><title>{escape(title)}</title><pubDate>Fri, 29 May 2026 08:00:00 +0000</pubDate>"
        f"<link>https://knots.example/{guid}</link>{f'<guid>{guid}</guid>' if guid else ''}"
        f"<description>{escape(html)}</description></item>"
        for title, guid, html in articles
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Knots</title>{items}</channel></rss>'
    )


FEED = feed(("Knots & ropes", "knots-1", ARTICLE))

ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Tea</title>
<entry><title>Green tea</title><id>urn:tea:1</id><updated>2026-03-04T10:00:00Z</updated>
<link rel="alternate" href="https://tea.example/green"/><author><name>Mei</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<h2>Brewing</h2><p>Use <b>cool</b> water.</p></div></content>
</entry></feed>"""

CDATA = """<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>Tea</title>
<description>short</description>
<content:encoded><![CDATA[<h2>Steeping</h2><p>Two minutes &amp; no more.</p>]]></content:encoded>
</item></channel></rss>"""

ROWS = "term\tdefinition\nwarp\tthreads that run along the loom\nweft\tthreads that run across the loom\n"

PAGE = """<!doctype html><html><head><title>Weaving | Site</title><style>p{}</style></head><body>
<nav><a href="/">Home</a></nav><main><h1>Weaving</h1><p>Cloth from <em>two</em> threads.<dl><dt>Warp</dt>
<dd>the threads held under tension on the loom</dd></dl>
<ul><li>shuttle<ul><li>boat shuttle</li></ul></li></ul><p>No end"""


def document(text: str, name: str = "notes.txt") -> Document:
    """The one document a text holds."""
    (found,) = read(Blob(name, name, text.encode()))
    return found
