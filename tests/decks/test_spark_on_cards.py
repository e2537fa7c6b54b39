"""What cards on Spark say their PySpark does is what it does, where PySpark and Java are installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from decks.wording import answer_text
from tests.decks.packaged import cards_of_deck

from .sessions import code_of

pyspark: Any = pytest.importorskip("pyspark")
functions: Any = pytest.importorskip("pyspark.sql.functions")

CARDS = cards_of_deck("spark")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Spark on this machine, with the settings a learner starts from."""
    builder = pyspark.sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture
def calls(spark: Any) -> Any:
    """How often the UDF `slow` was called."""
    return spark.sparkContext.accumulator(0)


def play(name: str, **names: Any) -> dict[str, Any]:
    """Run a card's code and return its names."""
    exec(code_of(CARDS[name]), names)
    return names


def answer(name: str) -> str:
    return answer_text(CARDS[name].answer)


@pytest.mark.parametrize("name", ["computed-twice", "cache-is-lazy"])
def test_a_udf_is_called_as_often_as_its_card_says(name: str, spark: Any, calls: Any) -> None:
    def look(value: int) -> int:
        calls.add(1)
        return value

    play(name, df=spark.range(3), slow=functions.udf(look, "long", useArrow=False))
    assert answer(name) == f"{calls.value} times"


def test_a_column_that_is_not_needed_is_not_computed(spark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    play("pruned-division", spark=spark)
    assert answer("pruned-division") == f"It prints {capsys.readouterr().out.strip()}."


def test_coalesce_never_makes_more_partitions(spark: Any) -> None:
    more = play("coalesce-to-more", spark=spark)["more"]
    assert answer("coalesce-to-more") == str(more.rdd.getNumPartitions())


def test_each_partition_is_written_to_a_file_of_its_own(spark: Any, tmp_path: Path) -> None:
    play("files-per-write", spark=spark, path=str(tmp_path / "t"))
    assert answer("files-per-write") == str(len(list((tmp_path / "t").glob("*.parquet"))))


def test_an_overwrite_replaces_other_days_and_their_names_stand_in_folders(spark: Any, tmp_path: Path) -> None:
    path, rows = str(tmp_path / "t"), spark.createDataFrame([(1, "d1"), (2, "d2")], "id int, day string")
    rows.write.partitionBy("day").parquet(path)
    (of_d1,) = (tmp_path / "t" / "day=d1").glob("*.parquet")
    assert spark.read.parquet(str(of_d1)).columns == ["id"]
    play("static-overwrite", new=rows.filter("day = 'd2'"), path=path)
    days = [row.day for row in spark.read.parquet(path).collect()]
    assert answer("static-overwrite") == f"Only {' and '.join(days)}"


def test_joins_are_planned_as_the_cards_say(spark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = (spark.range(1000).withColumnRenamed("id", "k") for _ in range(2))

    def plan(query: Any) -> str:
        query.explain()
        return capsys.readouterr().out

    joined = eval(code_of(CARDS["broadcast-hint"]), {"a": a, "b": b, "broadcast": functions.broadcast})
    assert "BroadcastHashJoin" in plan(joined)
    assert answer("broadcast-hint") == "Broadcast hash join"
    spark.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
    merged = plan(a.join(b, "k"))
    assert "SortMergeJoin" in merged
    assert answer("exchanges-in-plan") == str(merged.count("Exchange hashpartitioning"))
    assert "NestedLoopJoin" in plan(a.join(functions.broadcast(b), a.k < b.k))


def test_defaults_are_those_on_the_cards(spark: Any) -> None:
    fresh = spark.newSession().conf
    assert fresh.get("spark.sql.shuffle.partitions") == answer("default-shuffle-partitions")
    assert fresh.get("spark.sql.autoBroadcastJoinThreshold") in ("10MB", "10485760b")
    assert fresh.get("spark.sql.adaptive.enabled") == "true"
