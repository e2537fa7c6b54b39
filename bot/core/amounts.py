"""Check a typed quantity: the number, its unit, other units, bounds, and what else it may be. Pure."""

from __future__ import annotations

from bot.core import compare, quantities
from bot.core.known import Known, known_wrong, wrong_verdict
from bot.core.model import Fit, Verdict
from bot.core.quantities import Amount, Relation
from bot.core.same import same
from bot.core.wording import words
from decks.model import Card, NumberAnswer, TextAnswer
from decks.text import escape, plain
from scheduler.model import Rating

_QUOTED = 60  # characters of a learner's own words inside a reason
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


def as_number(answer: TextAnswer) -> NumberAnswer | None:
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


def check_number(card: Card, answer: NumberAnswer, typed: str) -> Verdict:
    """What a typed quantity is worth; words without a number in them are wrong."""
    accepted = (answer.text, *answer.also)
    right = quantities.amount(answer.value, answer.unit)
    spotted = quantities.spot(plain(typed))
    related = [_closest(readings, right, answer, card.front) for readings in spotted]
    if equal := same(card, accepted, typed):
        return _good_number(answer, typed, Relation.CONVERTED) if related == [Relation.CONVERTED] else equal
    said = words(typed)
    if not spotted:
        return wrong_verdict(typed, reason="There is no number in it.")
    good = [(relation, place) for place, relation in enumerate(related) if relation in _GOOD]
    if not good:
        return _wrong_number(card, answer, typed, spotted, related)
    if _DENIALS & set(said):
        return wrong_verdict(typed)
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
    if known := next((wrong for wrong in known_wrong(card) if _states(typed, spotted, wrong)), None):
        return wrong_verdict(typed, known)
    if Relation.OTHER_UNIT in related:
        return wrong_verdict(typed, reason=f"The number is right, the unit is not: {escape(answer.unit)}.")
    return wrong_verdict(typed)


def _states(typed: str, spotted: tuple[tuple[Amount, ...], ...], wrong: Known) -> bool:
    """Whether the typed quantity is a known wrong one; its unit may be left out."""
    other = quantities.spot(plain(wrong.text))
    if len(other) != 1 or len(spotted) != 1:
        return False
    fitting = (Relation.SAME, Relation.CONVERTED, Relation.BARE)
    return any(quantities.relation(one, two, 0.0) in fitting for one in spotted[0] for two in other[0])


def _quoted(typed: str) -> str:
    text = " ".join(typed.split()).rstrip(".,;!?")
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1].rstrip() + "…"
