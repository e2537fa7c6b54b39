"""Hostile and broken input: a clear sentence each, and no time or memory to speak of."""

from __future__ import annotations

import io
import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from decks.derive.assemble import assemble
from decks.derive.inputs import gather
from decks.derive.limits import MAX_BYTES, MAX_DEPTH, MAX_TEXT, DeriveError
from decks.derive.readers import Blob, read

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
    + "]><rss><channel><item><title>x</title><description>&i;</description></item></channel></rss>"
)
QUADRATIC = (
    f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'
    f"<rss><channel><item><description>{'&a;' * 1000}</description></item></channel></rss>"
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<rss><channel><item><description>&a;</description></item></channel></rss>"
)


def refusal(data: bytes | str) -> str:
    with pytest.raises(DeriveError) as caught:
        read(Blob("given", "given", data.encode() if isinstance(data, str) else data))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("bomb", [BOMB, QUADRATIC, EXTERNAL], ids=["laughs", "quadratic", "external"])
def test_entities_are_refused_unexpanded(bomb: str) -> None:
    tracemalloc.start()
    assert "declares XML entities" in refusal(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 2**20


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "It is empty"),
        ("  \n\n", "It is empty"),
        (b"\x00\x01\x02" * 100, "binary file"),
        (bytes(range(256)) * 20, "binary file"),
        (b"%PDF-1.7 x", "a PDF"),
        (b"PK\x03\x04 x", "zip archive"),
        (b"\x89PNG\r\n", "an image"),
        ("<?xml version='1.0'?><rss><channel><item>", "XML is broken at line 1"),
        ("<?xml version='1.0'?><rss><channel></channel></rss>", "holds no feed items"),
        (
            "<?xml version='1.0'?><rss><channel><item><title>x</title></item></channel></rss>",
            "None of the feed's items",
        ),
        ("<?xml version='1.0'?><config><a/></config>", "neither a feed nor a page"),
        ("<html><body>" + "<div>" * (MAX_DEPTH + 1) + "x", "inside one another"),
        ("words " * (MAX_TEXT // 5), "more than"),
        ("word" * 60_000, "Line 1 has more than"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(data: bytes | str, said: str) -> None:
    assert said in refusal(data)


@pytest.mark.parametrize(
    "text",
    [
        "> " * 5_000 + "x",
        "\n".join("  " * n + "- x" for n in range(2_000)),
        "[" * 20_000 + "\n\n# a\n",
        "**a " * 10_000 + "\n\n# a\n",
        "# a\n\n" + "`" * 20_000,
        "# a\n\n" + "|a" * 5_000 + "\n" + "|-" * 5_000 + "\n",
        "<html><body>" + "<b>" * 900 + "x",
        "<html><body>" + "<ul><li>" * 400 + "x",
        "<html><body>" + "<p>" * 50_000 + "x",
        "<html><body><table><tr><td>" * 300 + "x",
    ],
    ids=["quotes", "lists", "brackets", "bolds", "ticks", "columns", "b", "ul", "p", "tables"],
)
def test_deep_nesting_is_read_or_refused_but_ends(text: str) -> None:
    try:
        documents = read(Blob("deep", "deep", text.encode()))
    except DeriveError:
        return
    assert len(documents) == 1


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"| a{n} | b |\n|---|---|\n| cee {n} | dee word {n} |\n| ef | gee words {n} |\n\n" for n in range(800)),
        "".join(f"# H{n}\n\n## Worked example\n\n- **Term {n}** \u2014 means thing {n}.\n" for n in range(800)),
        "# A\n\n" + "## Uses\n\n- **Use** \u2014 it is used for many things.\n" * 2000,
        "".join(f"1.{n} Title\n  entry one\n  entry two - a gloss of so many words {n}\n" for n in range(2000)),
        "term\tdefinition\n" + "".join(f"word{n}\tthe meaning of word number {n}\n" for n in range(3000)),
        "# A\n\n" + "".join(f"| {n} | b |\n" if n != 1 else "|---|---|\n" for n in range(3000)),
        "```sql\n" + "VALUES (" * 20_000 + "\n```\n",
        "```sql\n" + "VALUES ('a', 'b'), " * 5_000 + "\n```\n",
    ],
    ids=["tables", "examples", "headings", "outline", "terms", "rows", "open", "values"],
)
def test_much_of_one_thing_takes_no_more_than_its_share(text: str) -> None:
    documents = read(Blob("much", "much", text.encode()))
    assert assemble(documents, month="2026-11").candidates


def test_a_file_of_100_megabytes_is_refused_after_its_first_sixteen(tmp_path: Path) -> None:
    path = tmp_path / "big.md"
    path.touch()
    os.truncate(path, 100 * 2**20)  # sparse: it takes no disk
    tracemalloc.start()
    (refused,) = gather([str(path)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(refused, DeriveError)
    assert "larger than 16 MB" in str(refused)
    assert peak < 3 * MAX_BYTES


def test_a_folder_gives_what_it_can_and_says_what_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.md").write_text("# B\n")
    (tmp_path / ".hidden").write_text("# C\n")
    (tmp_path / "link.md").symlink_to(tmp_path / "a.md")
    found = list(gather([str(tmp_path), str(tmp_path / "missing.md"), str(tmp_path / "deep" / "b.md")]))
    assert [one.key if isinstance(one, Blob) else one.problem for one in found] == [
        "a.md",
        "deep/b.md",
        "There is no such file",
        "b.md",
    ]
    (tmp_path / "empty").mkdir()
    (empty,) = gather([str(tmp_path / "empty")])
    assert isinstance(empty, DeriveError)
    assert empty.problem == "The folder holds no files"


def test_standard_input_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"# A\n")))
    (blob,) = gather(["-"])
    assert isinstance(blob, Blob)
    assert blob.data == b"# A\n"


def test_a_pipe_or_device_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (refused,) = gather([str(tmp_path / "pipe")])
    assert isinstance(refused, DeriveError)
    assert refused.problem == "It is no regular file"
