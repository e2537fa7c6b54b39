"""What speaks for and against a grid teaching something: each signal a share 0-1 with a weight. Pure.

Sample rows, traces and outputs are made of identifiers, numbers and moments; what is worth a card is made of words
about things that have names. No single sign decides: authors put good matrices under "Output" and sample rows under
"Rules".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from decks.derive.extract.grids import Grid
from decks.text import plain

PRINTED = 3.0  # times what other tables under a query weigh
MOSTLY, NEARLY = 0.5, 0.9  # shares
FEW = 0.1  # share of worded cells up to which numbered rows are only counted

Signal = Callable[[Grid], float]

_DATA = (
    re.compile(
        r"[-+~<>\u2248\u2265\u2264$\u20ac\u00a3]*\d[\d,._:/\u2013-]*\s?(?:%|x|X|[kKMGTP]?i?[bB]|[kKMB]|ms|s|us|min|h|"
        r"hours?|days?|rows?|USD)?(?:[ /].{0,12})?"
    ),
    re.compile(r"\d{4}-\d\d-\d\d.*|\d\d?:\d\d.*|\d{4}/\d\d.*"),
    re.compile(
        r"(?:true|false|null|none|n/?a|ok|yes|no|y|n|done|met|-+|\u2014|\u2713|\u2717|\u2705|\u274c|\u2026|\.\.\.)",
        re.IGNORECASE,
    ),
    re.compile(r"[A-Za-z]{1,3}[-_]?\d[\w-]*"),
    re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+"),
    re.compile(r"[A-Z]"),
    re.compile(r"\S*[/\\]\S*\.\w+|s3://\S+|\w+://\S+"),
    re.compile(r"\{.*\}|\[.*\]|[\w.]+=\S+"),
    re.compile(r":[\w+-]+:|[^\w\s]{1,3}"),
)
_TO_FILL = re.compile(
    r"(?:please )?(?:specify|indicate|fill in|enter (?:the|a|an|your)|provide (?:the|a|an|your|details))\b", re.I
)
_FILLING = re.compile(
    r"\b(?:fill (?:in|out)|complete the|to be (?:filled|completed)|collect (?:the )?(?:\w+ )?information|template|"
    r"worksheet|questionnaire|form)\b",
    re.I,
)
_ORGANISES = re.compile(
    r"^\W*(?:module|lesson|lecture|chapter|session|lab|homework|assignment|week|status|duration|difficulty|deadline|due|"
    r"complete|completed|partial|missing|progress|files?|points|grade|download|version|changes|date|release)\b"
    r"|% ?complete|\b(?:lab|download) (?:file|link)\b",
    re.I,
)
_OWN = re.compile(
    r"[\w./-]*\w\.(?:py|sql|md|sh|ya?ml|json|toml|csv|txt|tf|ipynb|dax|[jt]sx?|go|rs|java|scala|html|xml|cfg|ini|lock)|"
    r"(?:[\w.-]+/)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
)
_FIGURES = re.compile(r"\d[\d,._:]*\d|\b\d\b")
_SHOWN = re.compile(
    r"^(?:sample |expected |example |query )?(?:input|output|result|before|after|data|rows)s?\b|^\W*\w+\W? table\W*$|"
    r"^(?:the )?table \W*\w+\W*$|\btrace\b|\bstate "
    r"after\b",
    re.I,
)
_ASKED = re.compile(
    r"\byou (?:want|need|see|care|have|are|must)\b|\byour\b|\bif you\b|\breviewer\b|\bsituation\b|\bscenario\b|"
    r"\bsymptom\b|(?:\u2026|\.\.\.)\s*$",
    re.I,
)
_TEACHING = re.compile(
    r"\b(?:what|when|why|where|how|who|which|use|used|pick|choose|mechanism|definition|meaning|means|purpose|pattern|"
    r"notes?|equivalent|"
    r"primitive|difference|cause|first move|fix|catches|ships|rationale|reason|tie[- ]?breaker|recommend\w*|best|"
    r"typical|default|"
    r"example|description|benefit|trade-?offs?|pros?|cons?|impact|unlocks?|criterion|guarantee\w*|category|details|"
    r"caveat|"
    r"implementation|stack|model|type|complexity|intuition|role|effect|prevention|detection|remediation|"
    r"responsibility)\b",
    re.I,
)
_MEASURE = re.compile(
    r"\b(?:rows?|counts?|bytes|ms|sec(?:onds)?|time|timestamp|values?|amount|total|revenue|before|after|status|version|"
    r"size|ids?|hours|"
    r"score|planned|actual|balance|latency|duration|running|share|verdict|joins|date|at|users?|orders?|units|name|"
    r"email|year|spend|"
    r"observed|outcome|result|artefact|artifact|output|input)\b",
    re.I,
)
_ASPECT = re.compile(r"\b(?:dimension|aspect|attribute|property|fact|item|category|detail)s?\b", re.I)
_SERIAL = re.compile(
    r"\b(?:step|attempt|week|day|tick|event|time|timestamp|run|row|version|year|month|metric|field|item|variable|key|outcome|id|"
    r"query|#|no)\b",
    re.I,
)
_QUERY = re.compile(r"\bselect\b", re.IGNORECASE)
_ALL = re.compile(r"\bselect\s+\*", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\b(?:dimension|criterion|criteria|aspect|feature|property|term|concept|component|category|type|kind|level|layer|"
    r"tool|service|"
    r"pattern|method|strategy|option|technique|format|package|command|operator|function|principle|phase|signal)s?\b",
    re.I,
)


def weigh(grid: Grid) -> float:
    """How much speaks for the grid: above 0 it teaches, below it shows; see WEIGHTS."""
    return BIAS + sum(weight * signal(grid) for signal, weight in WEIGHTS)


def reasons(grid: Grid, *, against: bool) -> tuple[str, ...]:
    """The signals that weighed most for or against, strongest first."""
    sign = -1 if against else 1
    felt = [(sign * weight * signal(grid), signal) for signal, weight in WEIGHTS]
    return tuple(_WORDS[signal] for weight, signal in sorted(felt, key=lambda one: -one[0]) if weight > 0.3)[:2]


def is_data(cell: str) -> bool:
    """Whether a cell is a value rather than words: a figure, a moment, a flag, an identifier, a path."""
    read = plain(cell).strip().strip('"')
    return not read or any(pattern.fullmatch(read) for pattern in _DATA)


def data_cells(grid: Grid) -> float:
    """Values among the cells behind the first column."""
    return _share([is_data(cell) for row in grid.table.rows for cell in row[1:]])


def data_labels(grid: Grid) -> float:
    """Values where the rows should have names."""
    return _share([is_data(row[0]) and not re.fullmatch(r"[A-Z]", plain(row[0])) for row in grid.table.rows])


def figures(grid: Grid) -> float:
    """Cells behind the first column that hold a figure."""
    return _share([bool(_FIGURES.search(plain(cell))) for row in grid.table.rows for cell in row[1:]])


def prose(grid: Grid) -> float:
    """Cells behind the first column that say something in words."""
    return _share([_is_prose(cell) for row in grid.table.rows for cell in row[1:]])


def shown(grid: Grid) -> float:
    """A label that announces input, output or a trace."""
    return float(bool(_SHOWN.search(grid.spot.label)))


def example(grid: Grid) -> float:
    """A heading that announces an example or a solution."""
    return float(grid.spot.is_example)


def asked(grid: Grid) -> float:
    """A first column that puts the reader in a situation."""
    return float(bool(_ASKED.search(plain(grid.table.header[0]))))


def teaching(grid: Grid) -> float:
    """Columns whose names promise an explanation."""
    return _share([bool(_TEACHING.search(_name(name))) for name in grid.table.header[1:]])


def measure(grid: Grid) -> float:
    """Columns whose names promise a measurement or a record's field."""
    return _share([bool(_MEASURE.search(_name(name))) for name in grid.table.header[1:]])


def serial(grid: Grid) -> float:
    """A first column that only counts or dates."""
    labels = [plain(row[0]).strip() for row in grid.table.rows]
    if not plain(grid.table.header[0]).strip() and _SERIAL.search(_name(labels[0] if labels else "")):
        return 1.0  # a second line of headings
    counted = labels == [str(number) for number in range(1, len(labels) + 1)] and prose(grid) < FEW
    return float(counted or bool(_SERIAL.search(_name(grid.table.header[0]))))


def subject(grid: Grid) -> float:
    """A first column that names a kind of thing or a dimension of comparison."""
    return float(bool(_SUBJECT.search(_name(grid.table.header[0]))))


def sheet(grid: Grid) -> float:
    """A fact sheet: aspects of the thing in the heading and their values, outside any example."""
    is_sheet = len(grid.table.header) == 2 and bool(_ASPECT.search(_name(grid.table.header[0])))
    return float(is_sheet and not grid.spot.is_example)


def procedure(grid: Grid) -> float:
    """Steps told in words."""
    steps = bool(re.search(r"\b(?:step|stage|phase)s?\b", _name(grid.table.header[0]), re.IGNORECASE))
    return prose(grid) * (1 - figures(grid)) if steps else 0.0


def short(grid: Grid) -> float:
    """Two rows or fewer."""
    return float(len(grid.table.rows) <= 2)


def pairs(grid: Grid) -> float:
    """Two columns only."""
    return float(len(grid.table.header) == 2)


def queried(grid: Grid) -> float:
    """What the query above it printed, as far as its cells are no words about a subject; all of it under a label that
    announces a result, where the columns bear the query's own names."""
    if subject(grid) or not _QUERY.search(grid.spot.code) or grid.name:
        return 0.0
    named = set(re.findall(r"\w+", grid.spot.code.casefold()))
    columns = [plain(name).casefold().strip() for name in grid.table.header]
    is_own = all(name in named for name in columns)
    weight = (1 - prose(grid)) ** 2 if is_own or _ALL.search(grid.spot.code) else 0.0
    if is_own and shown(grid) and any("_" in name for name in columns):
        return max(weight, PRINTED * (1 - teaching(grid)))
    return weight


def inserted(grid: Grid) -> float:
    """Rows written into a table of the example's, as far as they are no sentences."""
    return float(grid.inserted) * (1 - prose(grid))


def alike(grid: Grid) -> float:
    """Every cell says the same."""
    said = {plain(cell).casefold().strip() for row in grid.table.rows for cell in row[1:]}
    return float(len(grid.table.rows) > 1 and len(said) == 1)


def inventory(grid: Grid) -> float:
    """What is in the author's own repository: its files and the variables they read."""
    return float(_share([bool(_OWN.fullmatch(plain(row[0]).strip())) for row in grid.table.rows]) > MOSTLY)


def organising(grid: Grid) -> float:
    """Columns about the course or the project itself: when, how hard, how far along, where to get it."""
    found = [bool(_ORGANISES.search(_name(name))) for name in grid.table.header]
    return float(sum(found) > 1 and _share(found) >= MOSTLY)


def form(grid: Grid) -> float:
    """A form: its cells say what to write there, or stand empty."""
    cells = [plain(cell).strip() for row in grid.table.rows for cell in row[1:]]
    asked = _share([bool(_TO_FILL.match(cell)) for cell in cells])
    empty = _share([not cell or not cell.strip("_.\u2026 ") for cell in cells])
    if empty > NEARLY or asked > MOSTLY:
        return 1.0
    return float(bool(_FILLING.search(plain(grid.spot.lead))) and (asked > 0 or empty > 0))


def links(grid: Grid) -> float:
    """Behind the names stand mostly links: a list of where to go on."""
    filled = sum(bool(cell) for row in grid.table.rows for cell in row[1:])
    return float(2 * grid.table.links > filled)


def _is_prose(cell: str) -> bool:
    words = re.findall(r"[A-Za-z]{2,}", plain(cell))
    return len(words) >= 2 and not is_data(cell) and len(words) >= 2 * len(_FIGURES.findall(plain(cell)))


def _name(header: str) -> str:
    return plain(header).replace("_", " ")


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0


# Weights were fitted on tables an editor had judged, then rounded; `tests/derive/test_curricula.py` measures them.
BIAS = 1.9
WEIGHTS: tuple[tuple[Signal, float], ...] = (
    (data_cells, -0.9),
    (data_labels, -0.7),
    (figures, -1.6),
    (prose, 1.4),
    (shown, -0.9),
    (example, -0.7),
    (asked, 1.0),
    (teaching, 1.1),
    (measure, -1.3),
    (serial, -1.4),
    (subject, 1.0),
    (short, -1.3),
    (pairs, 0.4),
    (sheet, 1.4),
    (procedure, 1.6),
    (links, -5.0),
    (queried, -1.2),
    (inserted, -3.0),
    (form, -5.5),
    (alike, -5.0),
    (inventory, -5.0),
    (organising, -4.0),
)
_WORDS: dict[Signal, str] = {
    data_cells: "cells are values",
    data_labels: "rows are named by values",
    figures: "cells hold figures",
    prose: "cells say something in words",
    shown: "its label announces input, output or a trace",
    example: "it stands in an example",
    asked: "it starts from a situation",
    teaching: "its columns explain",
    measure: "its columns measure",
    serial: "its rows are only counted",
    subject: "its rows are kinds of things",
    short: "it has two rows or fewer",
    pairs: "it pairs a name with one fact",
    sheet: "it is a fact sheet",
    procedure: "it tells steps in words",
    queried: "a query printed it",
    links: "it leads elsewhere by links",
    inserted: "its rows are written into a table",
    form: "it is a form to fill in",
    organising: "it organises the course",
    inventory: "it lists the author's own files or variables",
    alike: "every cell says the same",
}
