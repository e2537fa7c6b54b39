"""Words of a typed answer in one canonical form: case, accents, plural, spelling, numerals, stems. Pure.

Everything here is linear in the text, or quadratic in one word of at most `LONGEST_WORD` letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.core.lexicon import (
    AMERICAN,
    ARTICLES,
    EMPTY_WORDS,
    INITIALS,
    LEAD_INS,
    NUMERALS,
    SHORT_FORMS,
    SINGULAR,
)

LONGEST = 500  # characters of an answer that are looked at; as much as an attempt keeps
LONGEST_WORD = 40  # letters; longer "words" are compared exactly
BREAK = "¶"  # stands for punctuation that ends a phrase

_ISE = re.compile(r"(?<=...)(is|ys)(?=(?:e|ed|er|ing|ation|able)$)")
_OUR = re.compile(r"(?<=behavi)our|(?<=neighb)our|(?<=fav)our|(?<=flav)our|(?<=endeav)our|(?<=harb)our")
_LL = re.compile(r"(?<=[aeu])ll(?=(?:ing|ed|er)$)")
_TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)+)|(?P<word>[^\W_]+)"
    r"|(?P<symbol>[<>=!]=|<>|[+*#%<>=^@$€£°|‰≥≤≠→]|(?<![\w)\]])-(?=\d))|(?P<stop>[.,;:!?()\[\]{}\"\n–—…/])"
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBERED = re.compile(r"(scd|type|level|tier|layer|version|step)(\d+)")  # "scd2", "type2"
_NO_NOUN = frozenset((BREAK, "and", "or", "to", "is", "+", "=", "→"))
_QUOTES = str.maketrans({"‘": "'", "’": "'", "`": " ", "´": "'", "“": '"', "”": '"', "«": '"', "»": '"', "−": "-"})
_ACCENTS = re.compile("[\u0300-\u036f\u200b-\u200f\ufeff]")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def fold(text: str) -> str:
    """The first `LONGEST` characters in lower case, without accents, with plain quotes and dashes."""
    folded = unicodedata.normalize("NFKD", text[:LONGEST].translate(_QUOTES)).casefold()
    return _APOSTROPHE.sub("", _ACCENTS.sub("", folded)).replace("&", " and ")


@lru_cache(maxsize=4096)
def phrases(text: str) -> tuple[str, ...]:
    """Canonical words in order, with `BREAK` where punctuation ends a phrase; articles are left out."""
    found: list[str] = []
    for match in _TOKEN.finditer(fold(text)):
        if match["stop"]:
            quoted = match[0] == '"' and found and found[-1] in ARTICLES
            found += [BREAK] if found and found[-1] != BREAK and not quoted else []
        elif match["number"]:
            found += _numbers(match["number"])
        else:
            found += _spelt_out(match[0])
    return tuple(_without_articles(found))


def _numbers(text: str) -> list[str]:
    """ "1,000" as one number, "4,5,7" as three."""
    if _GROUPED.fullmatch(text):
        return [text.replace(",", "")]
    return f" {BREAK} ".join(text.split(",")).split()


def _spelt_out(word: str) -> tuple[str, ...]:
    """A folded word as canonical ones: "fk" is a foreign key, "scd2" two words."""
    if numbered := _NUMBERED.fullmatch(word):
        return numbered[1], numbered[2]
    return INITIALS.get(canonical(word), (canonical(word),))


def words(text: str) -> tuple[str, ...]:
    """Canonical words in order, without articles, punctuation and a lead-in such as "I think it is"."""
    return without_lead_in(tuple(word for word in phrases(text) if word != BREAK))


def key(text: str) -> str:
    """Two texts with the same non-empty key say the same words; word boundaries matter only between digits."""
    return joined(words(text))


def list_key(text: str) -> str:
    """A key that does not tell "A, B and C" from "A, B, C"."""
    return joined(tuple(word for word in words(text) if word != "and"))


def joined(found: tuple[str, ...]) -> str:
    """Words run together, so that "data-set" equals "dataset"; numbers stay apart."""
    text = ""
    for word in found:
        text += "·" + word if text and text[-1].isdigit() and word[0].isdigit() else word
    return text


def normalised(text: str) -> str:
    """A short form fit for counting equal wrong answers: canonical words, at most 80 characters."""
    return " ".join(words(text))[:80].rstrip()


@lru_cache(maxsize=8192)
def canonical(word: str) -> str:
    """One folded word as a singular in American spelling, written out; numerals up to twelve become digits."""
    if word in NUMERALS:
        return NUMERALS[word]
    if word.isdecimal():
        return word.lstrip("0") or "0"
    singular = _singular(word)
    return SHORT_FORMS.get(singular) or _american(singular)


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A rough stem of a canonical word, so that "filtering" meets "filtered": for overlap, never for equality."""
    for ending in ("ization", "ation", "ition", "ing", "ize", "ment", "ness", "ion", "ity", "ed", "er", "ly", "al"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    word = word[:-1] if len(word) > 4 and word[-1] == word[-2] else word
    return word[:-1] if len(word) > 4 and word[-1] in "ey" else word


def content(found: tuple[str, ...]) -> tuple[str, ...]:
    """The words that carry content; an A that was not left out as an article is a name."""
    return tuple(word for word in found if (word not in EMPTY_WORDS or word == "a") and word != BREAK)


def stems(found: tuple[str, ...]) -> frozenset[str]:
    """Stems of the words that carry content."""
    return frozenset(stem(word) for word in content(found))


def without_lead_in(found: tuple[str, ...]) -> tuple[str, ...]:
    """The words after "it is", "the answer is" and the like, unless nothing would be left."""
    for lead in _LEAD_INS:
        if len(found) > len(lead) and found[: len(lead)] == lead:
            return without_lead_in(found[len(lead) :])
    return found


def distance(one: str, other: str) -> int:
    """Damerau-Levenshtein distance with adjacent swaps (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, match in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != match))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == match:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _without_articles(found: list[str]) -> list[str]:
    """An article is one only before what it may stand for: the A of "option A" and of "A and B" stays."""
    after = (*found[1:], BREAK)
    return [
        word for word, following in zip(found, after, strict=False) if word not in ARTICLES or following in _NO_NOUN
    ]


def _singular(word: str) -> str:
    if word in SINGULAR:
        return SINGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes", "tuses", "buses", "ruses")):
        return word[:-2]
    return word[:-1]


def _american(word: str) -> str:
    if len(word) < 5:
        return "gray" if word == "grey" else word
    for british, american in AMERICAN.items():
        if word.startswith(british):
            return american + word[len(british) :]
    word = _ISE.sub(lambda match: match[0][0] + "z", word)
    return _LL.sub("l", _OUR.sub("or", word))


_LEAD_INS = tuple(tuple(canonical(word) for word in lead if word not in ARTICLES) for lead in LEAD_INS)
