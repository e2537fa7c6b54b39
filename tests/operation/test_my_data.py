"""`backfill export`, `import` and `delete` as a person meets them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.operation.test_command_line import backfill

DRILL = "1\n2\n\n3\n\n3\n\n3\nq\n"  # a goal, ten minutes, some cards


def test_a_learner_is_exported_deleted_and_imported_again(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    assert backfill(data, "drill", stdin=DRILL).returncode == 0
    exported = backfill(data, "export", "terminal:local", str(out))
    assert exported.returncode == 0, exported.stderr
    document, table = sorted(out.glob("*.json")), sorted(out.glob("*.csv"))
    log = json.loads(document[0].read_bytes())["log"]
    assert len(log) >= 1
    assert table[0].read_bytes().count(b"\r\n") == len(log) + 1
    refused = backfill(data, "delete", "terminal:local", stdin="yes\n")
    assert (refused.returncode, "Nothing was deleted." in refused.stdout) == (1, True)
    deleted = backfill(data, "delete", "terminal:local", stdin="terminal:local\n")
    assert deleted.returncode == 0, deleted.stderr
    gone = backfill(data, "export", "terminal:local", str(tmp_path / "later"))  # names tell seconds, and this is quick
    assert (gone.returncode, gone.stderr) == (2, "backfill: Nothing is kept about terminal:local.\n")
    assert not list((tmp_path / "later").glob("*"))
    imported = backfill(data, "import", str(document[0]))
    assert imported.stdout == f"Imported {len(log):,} log entries for terminal:local.\n", imported.stderr
    again = backfill(data, "import", str(document[0]))
    assert again.stdout == "Everything in this file is here already (terminal:local); nothing was added.\n"
    assert backfill(data, "check").returncode == 0


def test_what_makes_no_sense_is_said_in_a_sentence(tmp_path: Path) -> None:
    for words in (("export", "ann"), ("delete", ":1", "--yes"), ("delete", "telegram:1", "--yes")):
        refused = backfill(tmp_path, *words)
        assert refused.returncode == 2
        assert refused.stderr.startswith("backfill: N")
    refused = backfill(tmp_path, "import", str(tmp_path / "none.json"))
    assert refused.returncode == 2
    assert "no such file" in refused.stderr
