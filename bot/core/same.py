"""Whether two texts are equal, at levels of strictness that fit the answer. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.core import compare
from bot.core.compare import Code
from bot.core.known import known_wrong, wrong_verdict
from bot.core.model import Fit, Verdict
from bot.core.wording import key, list_key
from decks.model import Card
from decks.text import plain
from scheduler.model import Rating


def loosely_equal(a: str, b: str) -> bool:
    """Equal but for case and white space."""
    return compare.loose(a) == compare.loose(b) != ""


def caseless_equal(a: str, b: str, code: Code) -> bool:
    """Equal as code, case aside."""
    return compare.caseless_code_key(a, code) == compare.caseless_code_key(b, code) != ""


def same(card: Card, accepted: tuple[str, ...], typed: str) -> Verdict | None:
    """Right or a known wrong answer by equality, judged at the strictest level that decides."""
    wrongs = known_wrong(card)
    for level in _levels(accepted[0]):
        said = _forms(level, typed)
        if any(said & _forms(level, text) for text in accepted):
            return Verdict(fit=Fit.RIGHT, suggested=Rating.GOOD)
        if known := next((wrong for wrong in wrongs if said & _forms(level, wrong.text)), None):
            return wrong_verdict(typed, known)
    return None


def _levels(answer: str) -> tuple[Callable[[str], str], ...]:
    if not compare.is_code(answer):
        return (compare.exact, compare.loose, key, list_key)
    code = compare.code_of(plain(answer))
    exactly, caseless = partial(compare.code_key, code=code), partial(compare.caseless_code_key, code=code)
    return (compare.exact, exactly) if code is Code.OTHER else (compare.exact, exactly, caseless)


def _forms(level: Callable[[str], str], text: str) -> set[str]:
    """A text at one level, as written and as it reads without markup; cut first, so that both sides are cut alike."""
    return {level(text), level(plain(text)), level(plain(compare.exact(text)))} - {""}
