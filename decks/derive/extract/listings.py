"""Code whose output the document states: what does this print? Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decks.derive.candidates import Candidate, Fact, Reason, Verdict
from decks.derive.extract.phrases import words
from decks.derive.extract.spots import Spot, label_of, opening_label, spots
from decks.derive.model import Code as CodeBlock
from decks.derive.model import Document, Paragraph, Section, walk
from decks.model import Code
from decks.rules import CODE_COLUMNS, CODE_LINES
from decks.text import plain

_OUTPUT = re.compile(r"^(?:sample |expected )?(?:output|result|prints?|returns?)\b", re.IGNORECASE)
_COMMENTED = re.compile(
    r"^(?P<code>.*\S)\s*(?:#|--|//)\s*(?:->|=>|=|prints?:?|returns?:?|output:)\s*(?P<output>\S.*)$", re.I
)
_PROMPT = re.compile(r"^>>> (.*)$")
_NAMES = {
    "python": "Python",
    "py": "Python",
    "sql": "SQL",
    "bash": "the shell",
    "sh": "the shell",
    "shell": "the shell",
}


def candidates(document: Document) -> Iterator[Candidate]:
    """A reading card for short code with an output, and the reason for every other block."""
    following = _following(document.root)
    for spot in spots(document):
        match spot.block:
            case CodeBlock() as code if not _OUTPUT.match(spot.label):
                yield _judge(spot, code, following.get(code))
            case _:
                pass


def _judge(spot: Spot, code: CodeBlock, stated: str | None) -> Candidate:
    shown, output = _in_comments(code) or _in_session(code) or (code.text, stated or "")
    lines = shown.split("\n")
    if not output:
        verdict, reason, why = Verdict.DROP, Reason.NO_OUTPUT, ""
    elif len(lines) > CODE_LINES or max(map(len, lines)) > 2 * CODE_COLUMNS or len(words(output)) > 12:
        verdict, reason, why = Verdict.DROP, Reason.LENGTH, f"{len(lines)} lines do not fit a phone"
    else:
        verdict, reason, why = Verdict.REVIEW, Reason.CODE, "run it before you trust the stated output"
    body = None
    if verdict is Verdict.REVIEW:
        name = _NAMES.get(code.language, "")
        front = f"What does this {name + ' ' if name and name != 'the shell' else ''}code return?"
        body = Code(front=f"{front}\n```{code.language}\n{shown}\n```", answer=output)
    return Candidate(
        spot=spot,
        span=code.span,
        kind="code",
        text=code.text,
        verdict=verdict,
        reason=reason,
        why=why,
        body=body,
        facts=(Fact(shown, "output", output),) if body else (),
    )


def _in_comments(code: CodeBlock) -> tuple[str, str] | None:
    """Code whose one commented line says what comes out: the code without the comment, and the output."""
    lines = code.text.split("\n")
    found = [(place, match) for place, line in enumerate(lines) if (match := _COMMENTED.match(line))]
    if len(found) != 1:
        return None
    place, match = found[0]
    return "\n".join((*lines[:place], match["code"], *lines[place + 1 :])), match["output"].strip()


def _in_session(code: CodeBlock) -> tuple[str, str] | None:
    """An interpreter session with one line of output at its end."""
    lines = code.text.strip().split("\n")
    asked = [match[1] for line in lines if (match := _PROMPT.match(line))]
    answered = [line for line in lines if not line.startswith((">>>", "..."))]
    if not asked or len(answered) != 1 or lines[-1] != answered[0]:
        return None
    return "\n".join(asked), answered[0].strip()


def _following(root: Section) -> dict[CodeBlock, str]:
    """Code block -> the short output stated after it: a block or a paragraph under an output label."""
    found: dict[CodeBlock, str] = {}
    for section in walk(root):
        last: CodeBlock | None = None
        label = ""
        for block in section.blocks:
            match block:
                case Paragraph(text=text):
                    label = label_of(text) or opening_label(text)
                    rest = re.sub(r"^\*\*[^*]+\*\*:?\s*|^\w+:\s*", "", text)
                    if last is not None and _OUTPUT.match(label) and rest and rest != text:
                        found.setdefault(last, plain(rest).strip(" ."))
                case CodeBlock() as code:
                    if last is not None and _OUTPUT.match(label) and "\n" not in code.text.strip():
                        found.setdefault(last, code.text.strip())
                    last = code
                case _:
                    last = None
    return found
