"""Compare a typed answer with the card, say why, suggest a rating. Pure, deterministic, never raises.

Comparisons run from strict to lenient and the first that decides wins: what equals the answer is right before
anything else, what equals a foreseen wrong answer or another option is wrong before any leniency. Only equal wordings
and equal quantities are RIGHT; a slip, a part or a longer sentence is CLOSE or PARTLY, and the learner decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from msgspec import Struct

from bot.core import compare, listing, quantities
from bot.core.lexicon import GENERIC, NEGATIONS
from bot.core.model import Fit, Verdict
from bot.core.quantities import Amount, Relation
from bot.core.wording import content, key, normalised, words
from decks.model import Card, Distractor, NumberAnswer, PointsAnswer, SetAnswer, StepsAnswer, TextAnswer
from decks.text import escape, plain
from scheduler.model import Rating

_BESIDE = "The answer is in it, beside others."
_QUOTED = 60  # characters of a learner's own words inside a reason
_SHORT = 4  # content words; longer answers are sentences, which are compared by overlap
_MOST, _SOME = 0.8, 0.45  # share of a sentence's content words


def check(card: Card, text: str) -> Verdict:
    """What a typed answer is worth. Any text is allowed; only its first 500 characters are looked at."""
    typed = compare.exact(text)
    if not typed:
        return _wrong(typed, reason="Nothing was typed.")
    match card.answer:
        case TextAnswer():
            return _check_text(card, card.answer, typed)
        case NumberAnswer():
            return _check_number(card, card.answer, typed)
        case SetAnswer(items=items):
            return _spotted(card, items, typed) or listing.check_set(items, typed)
        case StepsAnswer(steps=steps):
            return _spotted(card, steps, typed) or listing.check_steps(steps, typed)
        case PointsAnswer(model=model):
            return _spotted(card, (model,), typed) or listing.check_points(card.answer, typed)
        case _:
            assert_never(card.answer)


def matches(card: Card, a: str, b: str) -> bool:
    """Whether two texts say the same: equal but for wording that never matters, or both accepted by the card."""
    equal = caseless_equal(a, b) if _holds_code(card) else key(a) == key(b) != ""
    return equal or loosely_equal(a, b) or {check(card, a).fit, check(card, b).fit} == {Fit.RIGHT}


def loosely_equal(a: str, b: str) -> bool:
    """Equal but for case and white space."""
    return compare.loose(a) == compare.loose(b) != ""


def caseless_equal(a: str, b: str) -> bool:
    """Equal as code, case aside."""
    return compare.caseless_code_key(a) == compare.caseless_code_key(b) != ""


def _holds_code(card: Card) -> bool:
    return isinstance(card.answer, TextAnswer) and compare.is_code(card.answer.text)


# --- wrong answers the card knows ----------------------------------------------------------------------------------


class _Known(Struct, frozen=True):
    """A wrong answer the card knows: foreseen by its author, or another option."""

    text: str
    reply: str = ""
    card: str = ""
    label: str = ""


def _known_wrong(card: Card) -> tuple[_Known, ...]:
    """Foreseen answers, then other options; what is both has the author's reply and the option's card and label."""
    options = {key(plain(option.text)): option for option in reversed(card.distractors)}
    replies = {key(plain(wrong.answer)): wrong.reply for wrong in reversed(card.foreseen)}
    options.pop("", None)  # signs alone have no key: two of them are not the same answer
    replies.pop("", None)
    foreseen = (_known(wrong.answer, wrong.reply, options.get(key(plain(wrong.answer)))) for wrong in card.foreseen)
    others = (_known(option.text, replies.get(key(plain(option.text)), ""), option) for option in card.distractors)
    return (*foreseen, *others)


def _known(text: str, reply: str, option: Distractor | None) -> _Known:
    return _Known(text, reply, option.card, option.label) if option else _Known(text, reply)


def _wrong(typed: str, known: _Known | None = None, reason: str = "") -> Verdict:
    return Verdict(
        fit=Fit.WRONG,
        reason=reason,
        suggested=Rating.AGAIN,
        foreseen=known.reply if known else "",
        wrong=(known.card or normalised(known.text)) if known else normalised(typed),
        label=known.label if known else "",
    )


def _spotted(card: Card, right: tuple[str, ...], typed: str) -> Verdict | None:
    """The verdict on exactly a wrong answer the card knows, unless it is the right one as well."""
    if listing.is_verbatim(right, typed):
        return None
    said = key(typed)
    known = next((wrong for wrong in _known_wrong(card) if said and key(plain(wrong.text)) == said), None)
    return _wrong(typed, known) if known else None


# --- phrases, sentences, code --------------------------------------------------------------------------------------


def _check_text(card: Card, answer: TextAnswer, typed: str) -> Verdict:
    accepted = (answer.text, *answer.also)
    same = _same(card, accepted, typed)
    if same:
        return same
    if compare.is_code(answer.text):
        return _nearly_code(card, accepted, typed) or _wrong(typed)
    number = _as_number(answer)
    if number and quantities.spot(plain(typed)):
        return _check_number(card, number, typed)
    wrongs = _known_wrong(card)
    return (
        _misspelt(card, accepted, wrongs, typed)
        or _inside(accepted, wrongs, typed)
        or _enough(card, accepted, wrongs, typed)
        or _overlapping(accepted, wrongs, typed)
    )


def _same(card: Card, accepted: tuple[str, ...], typed: str) -> Verdict | None:
    """Right or a known wrong answer by equality, judged at the strictest level that decides."""
    wrongs = _known_wrong(card)
    for level in _levels(accepted[0]):
        said = _forms(level, typed)
        if any(said & _forms(level, text) for text in accepted):
            return Verdict(fit=Fit.RIGHT, suggested=Rating.GOOD)
        if known := next((wrong for wrong in wrongs if said & _forms(level, wrong.text)), None):
            return _wrong(typed, known)
    return None


def _levels(answer: str) -> tuple[Callable[[str], str], ...]:
    if not compare.is_code(answer):
        return (compare.exact, compare.loose, key)
    if compare.ignores_case(plain(answer)):
        return (compare.exact, compare.code_key, compare.caseless_code_key)
    return (compare.exact, compare.code_key)


def _forms(level: Callable[[str], str], text: str) -> set[str]:
    """A text at one level, as written and as it reads without markup; cut first, so that both sides are cut alike."""
    return {level(text), level(plain(text)), level(plain(compare.exact(text)))} - {""}


def _nearly_code(card: Card, accepted: tuple[str, ...], typed: str) -> Verdict | None:
    if any(caseless_equal(typed, plain(text)) for text in accepted):
        return Verdict(fit=Fit.CLOSE, reason="Right but for capital letters, which matter here.", suggested=Rating.GOOD)
    if spotted := _spotted(card, accepted, typed):
        return spotted
    known = _known_wrong(card)
    if any(key(typed) == key(plain(text)) != "" for text in accepted):
        return Verdict(fit=Fit.CLOSE, reason="Nearly: code needs every sign as it is.", suggested=Rating.HARD)
    return _misspelt(card, accepted, known, typed) or _inside(accepted, known, typed)


def _misspelt(card: Card, accepted: tuple[str, ...], wrongs: tuple[_Known, ...], typed: str) -> Verdict | None:
    """Right, or a known wrong answer, but for a slip of the finger; an equally near wrong answer wins."""
    said = words(typed)
    rights = [words(plain(text)) for text in accepted]
    others = [words(plain(wrong.text)) for wrong in wrongs]
    right_off = _fewest(said, rights, meant=_union(others) - _union(rights))
    wrong_off = _fewest(said, others, meant=_union(rights) - _union(others))
    if wrong_off is not None and (right_off is None or wrong_off[0] <= right_off[0]):
        return _wrong(typed, wrongs[wrong_off[1]])
    if right_off is None:
        return None
    spelt = escape(plain(accepted[right_off[1]]))
    if _holds_code(card):
        return Verdict(fit=Fit.CLOSE, reason=f"Spelt {spelt}; code needs it exact.", suggested=Rating.HARD)
    return Verdict(fit=Fit.CLOSE, reason="Right but for the spelling.", suggested=Rating.GOOD)


def _fewest(said: tuple[str, ...], texts: list[tuple[str, ...]], meant: frozenset[str]) -> tuple[int, int] | None:
    """(letters off, which text) of the text missed by the fewest letters."""
    found = [(off, place) for place, text in enumerate(texts) if (off := compare.slips(said, text, meant)) is not None]
    return min(found, default=None)


def _union(texts: Iterable[tuple[str, ...]]) -> frozenset[str]:
    return frozenset(word for text in texts for word in text)


def _inside(accepted: tuple[str, ...], wrongs: tuple[_Known, ...], typed: str) -> Verdict | None:
    """A short answer said in a longer sentence."""
    said = words(typed)
    rights = [text for text in accepted if _contains(text, typed)]
    others = [wrong for wrong in wrongs if _contains(wrong.text, typed)]
    if rights and (others or {"or", "either"} & set(said) or _other_numbers(said, words(plain(rights[0])))):
        return Verdict(fit=Fit.PARTLY, reason=_BESIDE, suggested=Rating.HARD)
    if rights:
        reason = "That is in what you wrote; the rest was not checked."
        return Verdict(fit=Fit.CLOSE, reason=reason, suggested=Rating.GOOD)
    return _wrong(typed, others[0]) if len(others) == 1 else None


def _contains(text: str, typed: str) -> bool:
    right = words(plain(text))
    return 0 < len(content(right)) <= _SHORT and compare.contained(right, typed)


def _other_numbers(said: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(word[0].isdigit() and word not in right for word in said)


def _enough(card: Card, accepted: tuple[str, ...], wrongs: tuple[_Known, ...], typed: str) -> Verdict | None:
    """A short answer but for words the question or the other options have too: "2", "SCD Type 2" for "Type 2"."""
    asked = frozenset(words(plain(card.front))) - NEGATIONS
    said = frozenset(words(typed))
    others = [frozenset(words(plain(wrong.text))) for wrong in wrongs]
    shared = _union(map(tuple, others))
    for text in accepted:
        right = frozenset(words(plain(text)))
        part = said < right and right - said <= shared and not any(said <= other for other in others)
        core = said - asked
        named = core and core == right - asked and not any(core == other - asked for other in others)
        if said and len(right) <= _SHORT and len(said) <= 2 * _SHORT and (part or named):
            return Verdict(fit=Fit.CLOSE, reason=f"In full: {escape(plain(text))}.", suggested=Rating.GOOD)
    return None


def _overlapping(accepted: tuple[str, ...], wrongs: tuple[_Known, ...], typed: str) -> Verdict:
    """How much of the answer the words have; words that cover another option as well are no answer."""
    said = words(typed)
    best = max((compare.overlap(said, words(plain(text))) for text in accepted), key=_score)
    rivals = [(_score(compare.overlap(said, words(plain(wrong.text)))), wrong) for wrong in wrongs]
    rival, known = max(rivals, key=lambda pair: pair[0], default=(0.0, None))
    if rival >= max(_score(best), _SOME):
        if best.recall == 1.0 and not best.reversed and compare.names_several(typed):
            return Verdict(fit=Fit.PARTLY, reason=_BESIDE, suggested=Rating.HARD)
        return _wrong(typed, known if rival >= _MOST else None)
    fit = _fit_short(best, said) if best.size < _SHORT else _fit_sentence(best)
    match fit:
        case Fit.CLOSE:
            reason = "Nearly the same words; compare them with the answer."
            return Verdict(fit=fit, reason=reason, suggested=Rating.HARD)
        case Fit.PARTLY:
            reason = "It is in what you wrote, beside other words." if best.recall == 1.0 else "Part of it is there."
            return Verdict(fit=fit, reason=reason, suggested=Rating.HARD)
        case _:
            return _wrong(typed)


def _score(found: compare.Overlap) -> float:
    """Harmonic mean of recall and precision."""
    both = found.recall + found.precision
    return 2 * found.recall * found.precision / both if both else 0.0


def _fit_short(found: compare.Overlap, said: tuple[str, ...]) -> Fit:
    """A phrase with one word exchanged is another phrase; one with words missing or added is partly there."""
    if found.reversed or not found.recall:
        return Fit.WRONG
    if found.recall == found.precision == 1.0:
        return Fit.CLOSE
    if found.precision == 1.0 and found.recall >= 0.5 and not set(content(said)) <= GENERIC:
        return Fit.PARTLY
    return Fit.PARTLY if found.recall == 1.0 and found.size > 1 and found.precision >= 0.5 else Fit.WRONG


def _fit_sentence(found: compare.Overlap) -> Fit:
    if found.recall < _SOME:
        return Fit.WRONG
    if found.reversed:
        return Fit.PARTLY if found.size > _SHORT and found.recall >= _MOST else Fit.WRONG
    return Fit.CLOSE if found.recall >= _MOST and found.precision >= 0.5 else Fit.PARTLY


# --- quantities ----------------------------------------------------------------------------------------------------

_BOUNDS = (
    ("more", "than"),
    ("less", "than"),
    ("fewer", "than"),
    ("at", "least"),
    ("at", "most"),
    ("up", "to"),
    ("over",),
    ("under",),
    ("above",),
    ("below",),
    ("<",),
    (">",),
    ("<=",),
    (">=",),
    ("≤",),
    ("≥",),
)
_DENIALS = frozenset({"not", "never", "isnt", "except"})


def _as_number(answer: TextAnswer) -> NumberAnswer | None:
    """A phrase that is a quantity with a known unit, such as "7 days", as the number it is."""
    text = plain(answer.text).strip()
    spotted = quantities.spot(text)
    if len(spotted) != 1 or not text[:1].isdigit() or len(text.split()) > 2:
        return None
    found = spotted[0][0]
    unit = text.partition(" ")[2]
    if (found.kind in ("", "noun") and found.factor == 1.0) or not unit or any(letter.isdigit() for letter in unit):
        return None
    return NumberAnswer(answer.text, found.value, unit, also=answer.also)


def _check_number(card: Card, answer: NumberAnswer, typed: str) -> Verdict:
    accepted = (answer.text, *answer.also)
    same = _same(card, accepted, typed)
    if same:
        return same
    right = quantities.amount(answer.value, answer.unit)
    spotted = quantities.spot(plain(typed))
    related = [_closest(readings, right, answer, card.front) for readings in spotted]
    said = words(typed)
    if not spotted:
        return _wrong(typed, reason="There is no number in it.")
    good = [(relation, place) for place, relation in enumerate(related) if relation in _GOOD]
    if not good:
        return _wrong_number(card, answer, typed, spotted, related)
    if _DENIALS & set(said):
        return _wrong(typed)
    if len(good) < len(related):
        reason = f"{escape(plain(answer.text))} is in it, beside another number."
        return Verdict(fit=Fit.PARTLY, reason=reason, suggested=Rating.HARD)
    if any(compare.runs(bound, said) for bound in _BOUNDS):
        reason = f"It is {escape(plain(answer.text))}, not a bound."
        return Verdict(fit=Fit.PARTLY, reason=reason, suggested=Rating.HARD)
    return _good_number(answer, typed, max(good, key=lambda found: _GOOD.index(found[0]))[0])


_GOOD = (
    Relation.SAME,
    Relation.CONVERTED,
    Relation.ROUNDED,
    Relation.BARE,
    Relation.LOOSE,
    Relation.OTHER_NOUN,
)


def _closest(readings: tuple[Amount, ...], right: Amount, answer: NumberAnswer, front: str) -> Relation:
    found = {quantities.relation(reading, right, answer.tolerance, front) for reading in readings}
    return next(relation for relation in Relation if relation in found)


def _good_number(answer: NumberAnswer, typed: str, relation: Relation) -> Verdict:
    said, right = escape(_quoted(typed)), escape(plain(answer.text))
    match relation:
        case Relation.SAME:
            return Verdict(fit=Fit.RIGHT, suggested=Rating.GOOD)
        case Relation.CONVERTED:
            return Verdict(fit=Fit.RIGHT, reason=f"{said} is the same, so it counts.", suggested=Rating.GOOD)
        case Relation.ROUNDED:
            return Verdict(fit=Fit.CLOSE, reason=f"{said} is nearly {right}.", suggested=Rating.GOOD)
        case Relation.BARE:
            reason = f"The number is right; with its unit it is {right}."
            return Verdict(fit=Fit.CLOSE, reason=reason, suggested=Rating.HARD)
        case Relation.LOOSE:
            reason = f"Nearly {right}: MB and the like count in 1000s, MiB in 1024s."
            return Verdict(fit=Fit.CLOSE, reason=reason, suggested=Rating.GOOD)
        case _:
            reason = f"The number is right; it counts {escape(answer.unit)}."
            return Verdict(fit=Fit.CLOSE, reason=reason, suggested=Rating.HARD)


def _wrong_number(
    card: Card, answer: NumberAnswer, typed: str, spotted: tuple[tuple[Amount, ...], ...], related: list[Relation]
) -> Verdict:
    if known := next((wrong for wrong in _known_wrong(card) if _states(typed, spotted, wrong)), None):
        return _wrong(typed, known)
    if Relation.OTHER_UNIT in related:
        return _wrong(typed, reason=f"The number is right, the unit is not: {escape(answer.unit)}.")
    return _wrong(typed)


def _states(typed: str, spotted: tuple[tuple[Amount, ...], ...], wrong: _Known) -> bool:
    """Whether the typed quantity is a known wrong one; its unit may be left out."""
    other = quantities.spot(plain(wrong.text))
    if len(other) != 1 or len(spotted) != 1:
        return False
    fitting = (Relation.SAME, Relation.CONVERTED, Relation.BARE)
    return any(quantities.relation(one, two, 0.0) in fitting for one in spotted[0] for two in other[0])


def _quoted(typed: str) -> str:
    text = " ".join(typed.split()).rstrip(".,;!?")
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1].rstrip() + "…"
