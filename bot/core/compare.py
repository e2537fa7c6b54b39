"""How a typed phrase stands to a right one: the same, a slip of the finger, contained, overlapping. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from bot.core.lexicon import (
    AFTER,
    BEFORE,
    DIRECTIONS,
    EMPTY_WORDS,
    MEANT,
    NEGATIONS,
    OPPOSITES,
    PREFIX_PAIRS,
    PREFIXES,
    QUANTIFIERS,
    SQL,
    SQL_INSIDE,
    SUFFIX_PAIRS,
)
from bot.core.wording import (
    BREAK,
    LONGEST,
    LONGEST_WORD,
    content,
    distance,
    phrases,
    stem,
    stems,
    without_lead_in,
)
from decks.text import CodeBlock, Span, Style, blocks, spans

_SPACE = re.compile(r"\s+")
_CODE_TOKEN = re.compile(r"'(?:[^'\n]|'')*'|\"[^\"\n]*\"|[^\W]+|\d+(?:\.\d+)?|[^\w\s]")
_SMART_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_IDENTIFIER = re.compile(r"[^\W\d]\w*_\w+|[a-z]+(?:[A-Z][a-z0-9]+)+")
_CODE_RUN = (Span("code", Style.CODE),)


def exact(text: str) -> str:
    """The text up to the ends' white space; the strictest comparison."""
    return text[:LONGEST].strip()


def loose(text: str) -> str:
    """The text but for case and white space."""
    return _SPACE.sub(" ", exact(text)).casefold()


def is_code(text: str) -> bool:
    """Whether a text in the dialect is nothing but code."""
    styles = [
        run.style
        for block in blocks(text)
        for run in (_CODE_RUN if isinstance(block, CodeBlock) else spans(block.text))
        if run.text.strip(" .")
    ]
    return bool(styles) and Style.PLAIN not in styles and Style.BOLD not in styles


def is_identifier(text: str) -> bool:
    """Whether a text is one name as programs write it: valid_from, mergeSchema."""
    return bool(_IDENTIFIER.fullmatch(text.strip()))


class Code(Enum):
    """What sort of code an answer is; decides what of it matters."""

    NAME = "name"  # a single word: case means nothing
    SQL = "sql"  # case means nothing outside quotes, the two sorts of quotes differ
    OTHER = "other"  # every sign counts, but for the sort of quotes


def code_of(text: str) -> Code:
    """The sort of a piece of code; SQL is known by its first word or by a keyword in capitals."""
    tokens = _code_tokens(text)
    if len(tokens) < 2:
        return Code.NAME
    opening, capitals = tokens[0].casefold() in SQL, {token.casefold() for token in tokens if token.isupper()}
    return Code.SQL if opening or capitals & SQL_INSIDE else Code.OTHER


def code_key(text: str, code: Code) -> str:
    """Code but for white space, a closing semicolon and, in Python and its like, the sort of quotes."""
    tokens = _code_tokens(text)
    if code is Code.SQL:
        return " ".join(tokens)
    return " ".join('"' + token[1:-1] + '"' if token[0] in "'\"" and len(token) > 1 else token for token in tokens)


def caseless_code_key(text: str, code: Code) -> str:
    """`code_key` but for the case of what is not quoted."""
    tokens = _code_tokens(code_key(text, code))
    return " ".join(token if token[0] in "'\"" else token.casefold() for token in tokens)


def _code_tokens(text: str) -> list[str]:
    text = text[:LONGEST].translate(_SMART_QUOTES).strip().removeprefix("`").removesuffix("`")
    return _CODE_TOKEN.findall(text.rstrip("; \t\n"))


# --- slips of the finger -----------------------------------------------------------------------------------------


def slips(typed: tuple[str, ...], right: tuple[str, ...], meant: frozenset[str]) -> int | None:
    """Letters by which `typed` misses `right` when it is only misspelt, else None. Words are canonical.

    A word of three letters, with a digit, with an opposite meaning, or that is itself a word of the field or in
    `meant` (words of other options) is no slip. Allowed: a letter in words of 4 to 7, two in longer ones, and in all
    one per ten letters and one more, three at most.
    """
    if len(typed) != len(right):
        return None
    total = 0
    for one, other in zip(typed, right, strict=True):
        off = 0 if one == other else _slip(one, other, meant)
        if off is None:
            return None
        total += off
    return total if total <= min(3, 1 + sum(map(len, right)) // 10) else None


def opposite(one: str, other: str) -> bool:
    """Whether two canonical words mean opposite things."""
    if frozenset((one, other)) in OPPOSITES:
        return True
    if any(one == prefix + other or other == prefix + one for prefix in PREFIXES):
        return True
    return any(_swapped(one, other, pair, at_end=False) for pair in PREFIX_PAIRS) or any(
        _swapped(one, other, pair, at_end=True) for pair in SUFFIX_PAIRS
    )


def _slip(one: str, other: str, meant: frozenset[str]) -> int | None:
    shorter, longer = sorted((len(one), len(other)))
    if shorter <= 3 or longer > LONGEST_WORD or not (one.isalpha() and other.isalpha()):
        return None
    if (one in MEANT and other not in EMPTY_WORDS) or one in meant or one in NEGATIONS or opposite(one, other):
        return None  # "form" for "from" is a slip, "batch" for "patch" is not
    limit = 1 if shorter < 8 else 2
    if longer - shorter > limit:
        return None
    off = distance(one, other)
    return off if off <= limit else None


def _swapped(one: str, other: str, pair: tuple[str, str], *, at_end: bool) -> bool:
    for a, b in (pair, pair[::-1]):
        if at_end and one.endswith(a) and other.endswith(b):
            return len(one) > len(a) and one.removesuffix(a) == other.removesuffix(b)
        if not at_end and one.startswith(a) and other.startswith(b):
            return len(one) > len(a) and one.removeprefix(a) == other.removeprefix(b)
    return False


# --- parts -------------------------------------------------------------------------------------------------------


def contained(right: tuple[str, ...], typed: str) -> bool:
    """Whether a short answer stands in a longer sentence as a phrase of its own, and nothing takes it back."""
    found = phrases(typed)
    if not right:
        return False
    return any(
        _stands_alone(found, start, len(right)) and not _denied(found, start, len(right))
        for start in runs(right, found)
    )


def runs(wanted: tuple[str, ...], found: tuple[str, ...]) -> list[int]:
    """Where a run of words starts in other words."""
    return [start for start in range(len(found) - len(wanted) + 1) if found[start : start + len(wanted)] == wanted]


def names_several(typed: str) -> bool:
    """Whether a sentence may name more answers than one: "A or B", "either"."""
    return bool({"or", "and", "either", "versus", "vs"} & set(phrases(typed)))


def _stands_alone(found: tuple[str, ...], start: int, length: int) -> bool:
    before, after = found[:start], found[start + length :]
    return (not before or before[-1] == BREAK or before[-1] in BEFORE) and (
        not after or after[0] == BREAK or after[0] in AFTER
    )


def _denied(found: tuple[str, ...], start: int, length: int) -> bool:
    """A negation anywhere before the phrase, or in the three words after it: "that is not it"."""
    return bool(NEGATIONS & {*found[:start], *found[start + length : start + length + 3]})


class Overlap(Struct, frozen=True):
    """How much of the right answer's content a typed one has: shares 0-1 of stems.

    `recall` is the share of the right stems typed, `precision` the share of typed stems that are right.
    `reversed` is true when a negation, an opposite, another number or "each" beside it turns the meaning.
    """

    recall: float
    precision: float
    reversed: bool
    turned: bool  # "from B to A" for "from A to B"
    size: int  # stems in the right answer


def overlap(typed: tuple[str, ...], right: tuple[str, ...]) -> Overlap:
    """Compare two answers by the stems of their content words."""
    said, wanted = stems(without_lead_in(typed)), stems(right)
    hits = len(said & wanted) + _near_hits(said - wanted, wanted - said)
    return Overlap(
        recall=hits / len(wanted) if wanted else 0.0,
        precision=hits / len(said) if said else 0.0,
        reversed=_reversed(typed, right),
        turned=turned(typed, right),
        size=len(wanted),
    )


def turned(typed: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether the words stand in another order round a word of direction, where order is the meaning."""
    if not DIRECTIONS & set(right):
        return False
    said, wanted = content(typed), content(right)
    return [word for word in said if word in wanted] != [word for word in wanted if word in said]


def _near_hits(said: Iterable[str], wanted: Iterable[str]) -> int:
    """Misspelt stems of six letters or more."""
    left = [word for word in said if 6 <= len(word) <= LONGEST_WORD and word.isalpha() and word not in MEANT]
    hits = 0
    for want in wanted:
        near = next((word for word in left if abs(len(word) - len(want)) < 2 and distance(word, want) < 2), None)
        if near and len(want) >= 6 and not opposite(near, want):
            left.remove(near)
            hits += 1
    return hits


def _reversed(typed: tuple[str, ...], right: tuple[str, ...]) -> bool:
    if bool(NEGATIONS & set(typed)) != bool(NEGATIONS & set(right)):
        return True
    extra, missing = set(typed) - set(right), set(right) - set(typed)
    if QUANTIFIERS & extra ^ QUANTIFIERS & missing and _digits(typed):
        return True
    if any(opposite(one, other) for one in extra for other in missing):
        return True
    return bool(_digits(extra)) and bool(_digits(missing))


def _digits(found: Iterable[str]) -> set[str]:
    return {word for word in found if any(letter.isdigit() for letter in word)}


def mentions(typed: tuple[str, ...], keyword: tuple[str, ...]) -> bool:
    """Whether the words say a keyword, inflected or slightly misspelt, and do not deny it just before."""
    if not keyword:
        return False
    wanted = [stem(word) for word in keyword]
    for start in range(len(typed) - len(keyword) + 1):
        window = typed[start : start + len(keyword)]
        if all(_same_stem(one, other) for one, other in zip(window, wanted, strict=True)):
            denied = set(typed[max(0, start - 2) : start]) & NEGATIONS - set(keyword)
            if not denied:
                return True
    return False


def _same_stem(word: str, wanted: str) -> bool:
    one = stem(word)
    if one == wanted:
        return True
    return len(wanted) >= 6 and len(one) >= 6 and _slip(one, wanted, frozenset()) is not None
