"""Compare a typed answer with the card, say why, suggest a rating. Pure, deterministic, never raises.

Comparisons run from strict to lenient and the first that decides wins: what equals the answer is right before
anything else, what equals a foreseen wrong answer or another option is wrong before any leniency. Only equal wordings
and equal quantities are RIGHT; a slip, a part or a longer sentence is CLOSE or PARTLY, and the learner decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeGuard, assert_never

from bot.core import compare, listing, numbered, quantities
from bot.core.amounts import as_number, check_number
from bot.core.known import Known, known_wrong, spotted, wrong_verdict
from bot.core.lexicon import GENERIC, NEGATIONS
from bot.core.model import Fit, Verdict
from bot.core.same import caseless_equal, loosely_equal, same
from bot.core.sides import check_sides
from bot.core.wording import content, key, words
from decks.model import Answer, Card, NumberAnswer, PointsAnswer, SetAnswer, StepsAnswer, TextAnswer
from decks.text import escape, plain
from scheduler.model import Rating

_BESIDE = "The answer is in it, beside others."
_REST = "That is in what you wrote; the rest was not checked."
_SHORT = 4  # content words; longer answers are sentences, which are compared by overlap
_MOST, _SOME = 0.8, 0.45  # share of a sentence's content words


def check(card: Card, text: str) -> Verdict:
    """What a typed answer is worth. Any text is allowed; only its first 500 characters are looked at."""
    typed = compare.exact(text)
    if not typed:
        return wrong_verdict(typed, reason="Nothing was typed.")
    match card.answer:
        case TextAnswer():
            return _check_text(card, card.answer, typed)
        case NumberAnswer():
            return check_number(card, card.answer, typed)
        case SetAnswer(items=items):
            return spotted(card, items, typed) or listing.check_set(items, typed, asked=_asked(card))
        case StepsAnswer(steps=steps):
            return spotted(card, steps, typed) or listing.check_steps(steps, typed)
        case PointsAnswer(model=model):
            return spotted(card, (model,), typed) or listing.check_points(card.answer, typed)
        case _:
            assert_never(card.answer)


def matches(card: Card, a: str, b: str) -> bool:
    """Whether two texts say the same: equal but for wording that never matters, or both accepted by the card."""
    code = compare.code_of(plain(card.answer.text)) if _holds_code(card.answer) else None
    equal = caseless_equal(a, b, code) if code else key(a) == key(b) != ""
    return equal or loosely_equal(a, b) or {check(card, a).fit, check(card, b).fit} == {Fit.RIGHT}


def _holds_code(answer: Answer) -> TypeGuard[TextAnswer]:
    return isinstance(answer, TextAnswer) and compare.is_code(answer.text)


# --- phrases, sentences, code --------------------------------------------------------------------------------------


def _check_text(card: Card, answer: TextAnswer, typed: str) -> Verdict:
    accepted = (answer.text, *answer.also)
    if equal := same(card, accepted, typed):
        return equal
    if compare.is_code(answer.text):
        return _nearly_code(card, accepted, typed) or wrong_verdict(typed)
    number = as_number(answer)
    if number and quantities.spot(plain(typed)):
        return check_number(card, number, typed)
    wrongs = known_wrong(card)
    if compare.is_identifier(plain(answer.text)):  # one word of it exchanged makes another identifier
        return _nearly_name(card, accepted, wrongs, typed) or wrong_verdict(typed)
    return (
        check_sides(answer.text, typed)
        or _numbered(card, accepted, wrongs, typed)
        or _misspelt(card, accepted, wrongs, typed)
        or _listed(accepted, typed)
        or _inside(accepted, wrongs, typed)
        or _enough(card, accepted, wrongs, typed)
        or _overlapping(accepted, wrongs, typed)
    )


def _nearly_code(card: Card, accepted: tuple[str, ...], typed: str) -> Verdict | None:
    code = compare.code_of(plain(accepted[0]))
    if any(caseless_equal(typed, plain(text), code) for text in accepted):
        return Verdict(fit=Fit.CLOSE, reason="Right but for capital letters, which matter here.", suggested=Rating.GOOD)
    if wrong := spotted(card, accepted, typed):
        return wrong
    known = known_wrong(card)
    if any(key(typed) == key(plain(text)) != "" for text in accepted):
        return Verdict(fit=Fit.CLOSE, reason="Nearly: code needs every sign as it is.", suggested=Rating.HARD)
    return (
        _misspelt(card, accepted, known, typed)
        or _inside(accepted, known, typed)
        or _enough(card, accepted, known, typed)
        or _with_value(accepted, typed)
    )


def _with_value(accepted: tuple[str, ...], typed: str) -> Verdict | None:
    """The name of an option, typed with a value: `mergeSchema=true`."""
    name, equals, _ = plain(typed).partition("=")
    if equals and any(loosely_equal(name, plain(text)) for text in accepted):
        return Verdict(fit=Fit.CLOSE, reason=_REST, suggested=Rating.GOOD)
    return None


def _nearly_name(card: Card, accepted: tuple[str, ...], wrongs: tuple[Known, ...], typed: str) -> Verdict | None:
    """An identifier misspelt, said in a sentence, or with the word for what it names: "the column valid_from"."""
    bare = " ".join(word for word in words(typed) if word not in GENERIC)
    return (
        _misspelt(card, accepted, wrongs, typed) or _inside(accepted, wrongs, typed) or _inside(accepted, wrongs, bare)
    )


def _asked(card: Card) -> frozenset[str]:
    """The words of the question, which an answer may leave out or repeat."""
    return frozenset(words(plain(card.front))) - NEGATIONS


def _numbered(card: Card, accepted: tuple[str, ...], wrongs: tuple[Known, ...], typed: str) -> Verdict | None:
    """An enumeration such as "Types 1, 2 and 3": the same numbers, those of a wrong answer, or a part of them."""
    said, asked = numbered.series(plain(typed)), _asked(card)
    if said is None:
        return None
    rights = [right for text in accepted if (right := numbered.series(plain(text)))]
    others = ((numbered.series(plain(wrong.text)), wrong) for wrong in wrongs)
    known = next((wrong for other, wrong in others if other and numbered.equal(said, other, asked)), None)
    equal = any(numbered.equal(said, right, asked) for right in rights)
    if equal and not known:
        return Verdict(fit=Fit.RIGHT, suggested=Rating.GOOD)
    if known and not equal:
        return wrong_verdict(typed, known)
    right = rights[0] if rights and not equal else None
    return (
        listing.check_numbers(right, said, right.numbers)
        if right and numbered.same_things(said, right, asked)
        else None
    )


_PARTS = re.compile(r",\s+(?:and\s+)?|\s+and\s+")


def _listed(accepted: tuple[str, ...], typed: str) -> Verdict | None:
    """A short enumeration ("hubs, links and satellites"): which of its parts are there."""
    found = [_check_parts(text, typed) for text in map(plain, accepted)]
    return min((verdict for verdict in found if verdict), key=lambda verdict: _FITS.index(verdict.fit), default=None)


def _check_parts(text: str, typed: str) -> Verdict | None:
    parts = tuple(part for part in _PARTS.split(text.strip(" .")) if part)
    if len(parts) < (2 if " and " in text else 3) or any(len(part.split()) > 3 for part in parts):
        return None
    verdict = listing.check_set(parts, typed)
    if verdict.fit is Fit.RIGHT and (len(parts) == 2 or " and " not in text):  # "close and insert" may be an order
        return Verdict(fit=Fit.CLOSE, reason="All of it; compare the order.", suggested=Rating.GOOD)
    return verdict if verdict.fit is not Fit.WRONG else None


_FITS = tuple(Fit)


def _misspelt(card: Card, accepted: tuple[str, ...], wrongs: tuple[Known, ...], typed: str) -> Verdict | None:
    """Right, or a known wrong answer, but for a slip of the finger; an equally near wrong answer wins."""
    said = words(typed)
    rights = [words(plain(text)) for text in accepted]
    others = [words(plain(wrong.text)) for wrong in wrongs]
    right_off = _fewest(said, rights, meant=_union(others) - _union(rights))
    wrong_off = _fewest(said, others, meant=_union(rights) - _union(others))
    if wrong_off is not None and (right_off is None or wrong_off[0] <= right_off[0]):
        return wrong_verdict(typed, wrongs[wrong_off[1]])
    if right_off is None:
        return None
    spelt = escape(plain(accepted[right_off[1]]))
    if _holds_code(card.answer):
        return Verdict(fit=Fit.CLOSE, reason=f"Spelt {spelt}; code needs it exact.", suggested=Rating.HARD)
    return Verdict(fit=Fit.CLOSE, reason="Right but for the spelling.", suggested=Rating.GOOD)


def _fewest(said: tuple[str, ...], texts: list[tuple[str, ...]], meant: frozenset[str]) -> tuple[int, int] | None:
    """(letters off, which text) of the text missed by the fewest letters."""
    found = [(off, place) for place, text in enumerate(texts) if (off := compare.slips(said, text, meant)) is not None]
    return min(found, default=None)


def _union(texts: Iterable[tuple[str, ...]]) -> frozenset[str]:
    return frozenset(word for text in texts for word in text)


def _inside(accepted: tuple[str, ...], wrongs: tuple[Known, ...], typed: str) -> Verdict | None:
    """A short answer said in a longer sentence."""
    said = words(typed)
    rights = [text for text in accepted if _contains(text, typed)]
    others = [wrong for wrong in wrongs if _contains(wrong.text, typed)]
    if rights and (others or {"or", "either"} & set(said) or _other_numbers(said, words(plain(rights[0])))):
        return Verdict(fit=Fit.PARTLY, reason=_BESIDE, suggested=Rating.HARD)
    if rights:
        return Verdict(fit=Fit.CLOSE, reason=_REST, suggested=Rating.GOOD)
    return wrong_verdict(typed, others[0]) if len(others) == 1 else None


def _contains(text: str, typed: str) -> bool:
    right = words(plain(text))
    return 0 < len(content(right)) <= _SHORT and compare.contained(right, typed)


def _other_numbers(said: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(word[0].isdigit() and word not in right for word in said)


def _enough(card: Card, accepted: tuple[str, ...], wrongs: tuple[Known, ...], typed: str) -> Verdict | None:
    """A short answer but for words the question or the other options have too: "2", "SCD Type 2" for "Type 2"."""
    asked, said = _asked(card), frozenset(words(typed))
    others = [frozenset(words(plain(wrong.text))) for wrong in wrongs]
    shared = _union(map(tuple, others))
    for text in accepted:
        right = frozenset(words(plain(text)))
        part = said < right and right - said <= shared and not any(said <= other for other in others)
        core = said - asked
        named = core and core == right - asked and not any(core == other - asked for other in others)
        brief = said and len(right) <= _SHORT and len(said) <= 2 * _SHORT
        if brief and (part or named) and not compare.turned(words(typed), words(plain(text))):
            return Verdict(fit=Fit.CLOSE, reason=f"In full: {escape(plain(text))}.", suggested=Rating.GOOD)
    return None


def _overlapping(accepted: tuple[str, ...], wrongs: tuple[Known, ...], typed: str) -> Verdict:
    """How much of the answer the words have; words that cover another option as well are no answer."""
    said = words(typed)
    best = max((compare.overlap(said, words(plain(text))) for text in accepted), key=_score)
    rivals = [(_score(compare.overlap(said, words(plain(wrong.text)))), wrong) for wrong in wrongs]
    rival, known = max(rivals, key=lambda pair: pair[0], default=(0.0, None))
    if rival >= max(_score(best), _SOME):
        if best.recall == 1.0 and not best.reversed and compare.names_several(typed):
            return Verdict(fit=Fit.PARTLY, reason=_BESIDE, suggested=Rating.HARD)
        return wrong_verdict(typed, known if rival >= _MOST else None)
    fit = _fit_short(best, said) if best.size < _SHORT else _fit_sentence(best)
    match fit:
        case Fit.CLOSE:
            reason = "Nearly the same words; compare them with the answer."
            return Verdict(fit=fit, reason=reason, suggested=Rating.HARD)
        case Fit.PARTLY:
            reason = _why_partly(best)
            return Verdict(fit=fit, reason=reason, suggested=Rating.HARD)
        case _:
            return wrong_verdict(typed)


def _why_partly(found: compare.Overlap) -> str:
    if found.recall < 1.0:
        return "Part of it is there."
    return (
        "The same words, in another order."
        if found.precision == 1.0
        else "It is in what you wrote, beside other words."
    )


def _score(found: compare.Overlap) -> float:
    """Harmonic mean of recall and precision."""
    both = found.recall + found.precision
    return 2 * found.recall * found.precision / both if both else 0.0


def _fit_short(found: compare.Overlap, said: tuple[str, ...]) -> Fit:
    """A phrase with one word exchanged is another phrase; one with words missing or added is partly there."""
    if found.reversed or not found.recall:
        return Fit.WRONG
    if found.recall == found.precision == 1.0:
        return Fit.PARTLY if found.turned else Fit.CLOSE
    if found.precision == 1.0 and found.recall >= 0.5 and not set(content(said)) <= GENERIC:
        return Fit.PARTLY
    return Fit.PARTLY if found.recall == 1.0 and found.size > 1 and found.precision >= 0.5 else Fit.WRONG


def _fit_sentence(found: compare.Overlap) -> Fit:
    if found.recall < _SOME:
        return Fit.WRONG
    if found.reversed:
        return Fit.PARTLY if found.size > _SHORT and found.recall >= _MOST else Fit.WRONG
    return Fit.CLOSE if found.recall >= _MOST and found.precision >= 0.5 else Fit.PARTLY
