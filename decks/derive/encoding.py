"""Bytes -> text, and text that was once decoded wrongly -> what its author wrote. Pure.

A wrong decoding damages a whole document, never a part of it. So a repair is made only where it explains nearly all
characters beyond ASCII; a sound document that merely quotes damaged text keeps its quotation.
"""

from __future__ import annotations

import codecs
import re

from msgspec import Struct

from decks.derive.limits import DeriveError

EXPLAINED = 0.9  # share of the characters beyond ASCII that must turn into sound UTF-8
CONFUSIONS = ("cp1252", "mac_roman", "cp1251")  # what UTF-8 is most often taken for; Latin-1 is within the first

_RUN = re.compile(r"[^\x00-\x7f]+")
_CODE = re.compile(r"`[^`\n]+`")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_KINDS = (
    (b"%PDF", "a PDF", "Export it as text, Markdown or HTML first."),
    (b"PK\x03\x04", "a zip archive or an office document", "Unpack it, or export it as Markdown or HTML."),
    (b"\x89PNG", "an image", "Only text can be read."),
    (b"\xff\xd8\xff", "an image", "Only text can be read."),
    (b"GIF8", "an image", "Only text can be read."),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it first."),
    (b"\xd0\xcf\x11\xe0", "an old office document", "Export it as Markdown or HTML."),
)


class Repaired(Struct, frozen=True):
    """A text, and what had to be done to it ("" when nothing)."""

    text: str
    remark: str = ""


def decode(name: str, data: bytes, declared: str = "") -> str:
    """The text of a file: by its mark, by what it or its transport declares, as UTF-8, else as Windows-1252.

    Raises DeriveError for what is no text.
    """
    for start, what, remedy in _KINDS:
        if data.startswith(start):
            raise DeriveError(name, f"This is {what}, not text", remedy)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(name, data[len(mark) :], encoding)
    head = data[:4096]
    if b"\x00" in head or sum(byte < 9 or 13 < byte < 27 for byte in head) > len(head) // 50:
        raise DeriveError(name, "This is a binary file, not text", "Export it as text, Markdown or HTML.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(name, data, declared or _declared(head) or "cp1252")


def repair(text: str) -> Repaired:
    """Undo UTF-8 that was read as another encoding, where that explains the text (see EXPLAINED)."""
    runs = _RUN.findall(_CODE.sub("", text))
    total = sum(len(run) for run in runs)
    best, share = "", 0.0
    for encoding in CONFUSIONS:
        sound = [_explained(run, encoding) for run in runs]
        telling = sum(chars > 0 for chars in sound) > 1 or any(chars > 2 for chars in sound)
        if telling and sum(sound) > share * total:
            best, share = encoding, sum(sound) / total
    if share < EXPLAINED:
        return Repaired(text)
    lost = 0

    def mend(match: re.Match[str]) -> str:
        nonlocal lost
        undone = _undone(match[0], best)
        lost += undone.count("\ufffd")
        return undone.replace("\ufffd", "")

    mended = _RUN.sub(mend, text)
    dropped = f"; {lost} characters were lost before it came here" if lost else ""
    return Repaired(mended, f"UTF-8 that had been read as {best} was repaired{dropped}")


def _explained(run: str, encoding: str) -> int:
    """How many characters of a run become sound UTF-8."""
    undone = _undone(run, encoding)
    if undone == run:
        return 0
    return max(0, len(run) - 2 * undone.count("\ufffd"))


def _undone(run: str, encoding: str) -> str:
    """A run as it was written: U+FFFD where bytes are missing; untouched where nothing fits."""
    data = _bytes(run, encoding)
    return data.decode("utf-8", errors="replace") if data is not None else run


def _bytes(run: str, encoding: str) -> bytes | None:
    """The bytes behind a run; C1 controls stand for themselves, as lenient decoders leave undefined bytes."""
    made = bytearray()
    for char in run:
        try:
            made += char.encode(encoding)
        except UnicodeEncodeError:
            if not 0x80 <= ord(char) <= 0x9F:
                return None
            made.append(ord(char))
    return bytes(made)


def _declared(head: bytes) -> str:
    """The encoding an XML declaration or an HTML meta element names."""
    found = re.search(rb"(?:encoding=|charset=)[\"']?([\w.:-]+)", head)
    name = found[1].decode("ascii", "replace") if found else ""
    return "" if name.lower() in ("utf-8", "utf8") else name


def _decoded(name: str, data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding, errors="strict")
    except LookupError as error:
        raise DeriveError(name, f"It declares an encoding '{encoding}' nobody knows", "Save it as UTF-8.") from error
    except UnicodeDecodeError:
        text = data.decode("latin-1" if encoding == "cp1252" else encoding, errors="replace")
    if text.count("\ufffd") > len(text) // 20 or "\x00" in text:
        raise DeriveError(name, f"It is not readable as {encoding}", "Save it as UTF-8.")
    return text
