"""Which note of an earlier derivation is which candidate of this one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from decks.derive.assemble import Draft
from decks.derive.candidates import folded
from decks.traces import Trace, digest, overlap, words_of

MOST = 4_000_000  # pairs of texts compared at most; where more would be, only what is the same is found again
KIN = 0.45  # overlap of words (Jaccard) from which a reworded text is still the same


def match(traces: Sequence[Trace], drafts: Sequence[Draft]) -> dict[int, Trace]:
    """Place of a draft -> the trace it goes on with. Each trace is used once.

    First the same words wherever they moved, then the same subject in the same document, then the most alike.
    """
    found: dict[int, Trace] = {}
    left = {trace.note: trace for trace in traces}
    _by(lambda trace: (trace.kind, trace.source), _same_words, drafts, left, found)
    _by(lambda trace: (trace.kind, trace.document, trace.subject), _same_subject, drafts, left, found)
    _by_likeness(drafts, left, found)
    return found


def subject_of(draft: Draft) -> str:
    """Hash of what a draft speaks of."""
    facts = draft.candidate.facts
    if len(facts) == 1:
        return digest(" / ".join(facts[0].key))
    names = sorted({folded(fact.attribute) for fact in facts})
    return digest(" / ".join(names))


def source_of(draft: Draft) -> str:
    """Hash of the words a draft rests on."""
    return draft.candidate.fingerprint


def _same_words(draft: Draft) -> tuple[str, ...]:
    return draft.candidate.kind, source_of(draft)


def _same_subject(draft: Draft) -> tuple[str, ...]:
    return draft.candidate.kind, draft.candidate.spot.document.key, subject_of(draft)


def _by(
    old: Callable[[Trace], tuple[str, ...]],
    new: Callable[[Draft], tuple[str, ...]],
    drafts: Sequence[Draft],
    left: dict[str, Trace],
    found: dict[int, Trace],
) -> None:
    """Match what has the same key, in order where several have."""
    waiting: dict[tuple[str, ...], list[Trace]] = defaultdict(list)
    for trace in left.values():
        waiting[old(trace)].append(trace)
    for place, draft in enumerate(drafts):
        if place not in found and (same := waiting.get(new(draft))):
            found[place] = same.pop(0)
            del left[found[place].note]


def _by_likeness(drafts: Sequence[Draft], left: dict[str, Trace], found: dict[int, Trace]) -> None:
    """Match the most alike first, within a document and a kind."""
    groups: dict[tuple[str, str], list[Trace]] = defaultdict(list)
    for trace in left.values():
        groups[trace.kind, trace.document].append(trace)
    if len(left) * (len(drafts) - len(found)) > MOST:
        return
    pairs: list[tuple[float, int, str]] = []
    for place, draft in enumerate(drafts):
        near = groups.get((draft.candidate.kind, draft.candidate.spot.document.key)) if place not in found else None
        if near:
            words = words_of(draft.candidate.text)
            scored = ((overlap(words, trace.words), place, trace.note) for trace in near)
            pairs += [pair for pair in scored if pair[0] >= KIN]
    for _, place, note in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if place not in found and note in left:
            found[place] = left.pop(note)
