"""What people type to cards of the built-in decks: right, half right, wrong; judged as a patient teacher would."""

from __future__ import annotations

import pytest

from bot.core.check import check
from bot.core.model import Fit
from decks.model import Card, NumberAnswer, SetAnswer, TextAnswer
from decks.text import plain
from tests.shipped import shipped

CATALOGUE = shipped().current
R, C, P, W = Fit.RIGHT, Fit.CLOSE, Fit.PARTLY, Fit.WRONG

# card -> (typed, how it should be judged); several fits where either is fair. Authors go on adding `also:` lines,
# so what is close today may be right tomorrow.
TYPED: dict[str, list[tuple[str, Fit | tuple[Fit, ...]]]] = {
    # Databricks
    "weights-2024/data-governance/weight": [
        ("9%", R),
        ("9 percent", R),
        ("9", (R, C)),
        ("0.09", R),
        ("90%", W),
        ("8%", W),
    ],
    "exam-minutes": [
        ("90 min", R),
        ("1.5h", R),
        ("an hour and a half", (R, C, W)),
        ("1 hour 30 minutes", R),
        ("120 minutes", W),
    ],
    "certificate-validity": [("2", R), ("two years", R), ("24 months", R), ("3 years", W)],
    "scored-questions": [("45", R), ("45 questions", R), ("60", W)],
    "old-names/workflows/name-today": [
        ("lakeflow jobs", R),
        ("Jobs", R),
        ("databricks jobs", (R, C)),
        ("Lakeflow", (C, P, W)),
        ("pipelines", W),
    ],
    "old-names/repos/name-today": [("git folder", R), ("Git Folders", R), ("git", (C, P)), ("git repos", W)],
    "nightly-compute": [
        ("job cluster", R),
        ("jobs cluster", R),
        ("a job compute cluster", (R, C)),
        ("all purpose cluster", W),
        ("serverless", W),
    ],
    "bi-compute": [
        ("sql warehouse", R),
        ("SQL warehouses", R),
        ("a serverless sql warehouse", (R, C, P)),
        ("warehouse", (C, P, W)),
        ("job cluster", W),
    ],
    "instance-pool": [("instance pools", R), ("pool", R), ("instnace pool", (R, C)), ("photon", W)],
    "rebuild-silver": [
        ("bronze", R),
        ("the bronze layer", (R, C)),
        ("from bronze", (R, C)),
        ("Silver", W),
        ("gold", W),
    ],
    "percent-run": [("%run", R), ("run", (C, W)), ("dbutils.notebook.run", W), ("%sh", W)],
    "left-anti": [("2", R), ("id 2", (R, C)), ("only 2", (R, C)), ("1, 3", W), ("1 and 3", W)],
    "not-in-null": [("0", R), ("none", R), ("no rows", (R, C, W)), ("0 rows", R), ("1", W)],
    "three-counts": [("4,3,2", R), ("4 3 2", R), ("4 / 3 / 2", R), ("4,4,3", W), ("2,3,4", P)],
    "filter-array": [("5, 9", R), ("[5,9]", R), ("5 and 9", R), ("9, 5", P), ("[3]", W)],
    "having-in-pyspark": [("having", R), ("the HAVING clause", (R, C)), ("where", W)],
    "try-cast": [("try_cast", R), ("TRY_CAST()", (R, C)), ("trycast", (R, C)), ("cast", W)],
    "evolution-default-inferred": [
        ("addNewColumns", R),
        ("addnewcolumns", R),
        ("add new columns", (R, C)),
        ("rescue", W),
        ("failOnNewColumns", W),
    ],
    "available-now": [("availableNow", R), ("availableNow=True", (R, C)), ("available now", (R, C)), ("once", W)],
    "one-checkpoint-each": [("2", R), ("two", R), ("1", (P, W))],
    "vacuum-default": [("7 days", R), ("7d", R), ("one week", R), ("7", (R, C)), ("30 days", W)],
    "undo-delete": [("restore", R), ("RESTORE TABLE", (R, C, P)), ("vacuum", W)],
    "compact-files": [("optimize", R), ("optimise", R), ("the OPTIMIZE command", (R, C)), ("VACUUM", W), ("zorder", W)],
    "expectation-actions/halt-the-load/action": [("on violation fail update", R), ("fail update", R), ("drop row", W)],
    "merge-schema": [
        ("mergeSchema", R),
        ("merge schema", (R, C)),
        ("mergeSchema=true", (R, C)),
        ("overwriteSchema", W),
    ],
    "quartz-schedule": [
        ("every day at 06:30", R),
        ("daily at 6:30", (R, C, P)),
        ("at 06:30 UTC every day", (R, C)),
        ("every 30 minutes", W),
    ],
    "three-level-name": [("catalog", R), ("the catalogue", R), ("a schema", W)],
    "select-is-not-enough": [
        ("use catalog on prod and use schema on prod.silver", R),
        ("USE CATALOG, USE SCHEMA", (C, P)),
        ("use catalog", P),
        ("MODIFY", W),
    ],
    # dbt
    "new-test-as-warning": [("severity: warn", (R, C)), ("severity warn", R), ("severity error", W)],
    "build-command": [("dbt build", R), ("build", (R, C, P)), ("dbt run", W)],
    "custom-schema-name": [
        ("analytics_staging", R),
        ("analytics staging", (R, C)),
        ("staging_analytics", W),
        ("staging", W),
    ],
    "lookback-default": [("1", R), ("one", R), ("1 batch", R), ("2", W)],
    "append-without-a-key": [("6", R), ("six rows", R), ("2", W)],
    # Kimball
    "fact-table/back": [("in the fact table", (R, C)), ("fact tables", R), ("fct table", R), ("dimension", W)],
    "grain/back": [("the grain", R), ("granularity", R), ("the level", W)],
    "bus-matrix/back": [
        ("bus matrix", R),
        ("the enterprise bus matrix", R),
        ("matrix", (C, P)),
        ("bus", (C, P)),
        ("star schema", W),
    ],
    "key-on-the-fact": [
        ("surrogate", (R, C)),
        ("SK", R),
        ("surogate key", (R, C)),
        ("the business key", W),
        ("natural key", W),
    ],
    "rehired-employee": [("durable", (R, C)), ("durable key", R), ("natural key", W)],
    "additive/back": [("additive", R), ("additive measures", R), ("non additive", W), ("semi-additive", W)],
    "unit-price": [
        ("none", R),
        ("no dimension at all", (R, C)),
        ("none of the dimensions", (R, C)),
        ("all of them", W),
    ],
    "stock-on-hand": [
        ("all but time", R),
        ("all dimensions except date", (R, C, P)),
        ("everything except the date dimension", (R, C, P)),
        ("all", (P, W)),
        ("date", W),
    ],
    "joins-in-a-star-query": [("3", R), ("three", R), ("three joins", R), ("4 joins", W)],
    "weights-of-a-group": [("1", R), ("one", R), ("100%", R), ("1.0", R), ("10", W)],
    "no-store": [("a not applicable row", R), ("the key of the not-applicable row", R), ("null", W)],
    "daily-balances": [
        ("periodic snapshot", R),
        ("snapshot", (C, P, W)),
        ("a periodic snapshot table", (R, C, P)),
        ("accumulating snapshot", W),
    ],
    "five-marks": [("junk", R), ("junk dim", R), ("a junk dimensoin", (R, C)), ("degenerate dim", W)],
    "three-dates": [("role playing", R), ("roleplaying dimension", R), ("conformed dimension", W)],
    "schools/data-vault/what-the-warehouse-consists-of": [
        ("hubs links satellites", R),
        ("hubs, satellites and links", R),
        ("hubs and satellites", P),
        ("stars", W),
    ],
    "fifteen-words/conformed-dimension/what-it-names/back": [
        ("conformed dim", R),
        ("conformed dimensions", R),
        ("shared dimension", W),
        ("conformed", (R, C)),
    ],
    # slowly changing dimensions
    "level-of-choice": [("per attribute", R), ("column level", (R, C)), ("each column", (R, C)), ("per table", W)],
    "type-2/back": [("scd2", R), ("type 2", R), ("SCD type two", R), ("2", R), ("scd 3", W)],
    "commission-at-sale": [("SCD 2", R), ("type2", R), ("typ 2", (R, C, W)), ("1", W), ("type 1 or 2", P)],
    "columns-changed-on-close": [
        ("valid_to and is_current", R),
        ("is_current, valid_to", R),
        ("valid_to", P),
        ("valid_from and is_current", P),
        ("valid_from", W),
    ],
    "valid-to-meets-valid-from/valid-from": [
        ("valid_from", R),
        ("valid from", R),
        ("valid_form", (R, C)),
        ("valid_to", W),
        ("valid_until", W),
    ],
    "housekeeping-columns": [
        ("valid from, valid to, is current", R),
        ("valid_from valid_to is_current", R),
        ("valid_from and valid_to", P),
        ("surrogate key", W),
    ],
    "far-future-date": [("9999-12-31", R), ("31.12.9999", R), ("12/31/9999", (C, P)), ("null", W), ("2999-12-31", W)],
    "dbt-validity-columns": [
        ("dbt_valid_from and dbt_valid_to", R),
        ("dbt_valid_to, dbt_valid_from", R),
        ("dbt_valid_from", P),
        ("valid_from, valid_to", (C, P)),
        ("dbt_updated_at", W),
    ],
    "type-5-is-a-sum": [("4+1", R), ("1 and 4", R), ("type 4 and type 1", R), ("4", P), ("4 and 2", W)],
    "numbers-are-sums": [("1,2,3", R), ("1+2+3", R), ("types 1 to 3", R), ("2 and 3", P), ("1 2 4", W)],
    "types-with-a-second-key": [
        ("4 5 7", R),
        ("types 4,5,7", R),
        ("scd 4, scd 5 and scd 7", R),
        ("5 and 7", P),
        ("4 5 6 7", P),
        ("6", W),
    ],
    "type-6-closed-row": [
        ("A and B", R),
        ("a, b", R),
        ("segment A and current_segment B", (R, C)),
        ("B and A", (C, P, W)),
        ("segment B, current_segment B", W),
    ],
    "type-6-as-is-query": [("100", R), ("20", W), ("120", W)],
    "type-6-write-cost": [("n", R), ("all n", R), ("n+1", W), ("none", W)],
    "type-6-steps": [
        ("close current version, insert new version, overwrite current value on all versions", (R, C)),
        ("close, insert, overwrite", (R, C)),
        ("insert the new version, close the current version, overwrite the current-value column on all versions", P),
        ("close the current version and insert the new version", P),
    ],
    "volatile-attributes": [("mini dimension", R), ("mini-dim", R), ("type 4", R), ("scd4", R), ("type 2", W)],
}


def card(name: str) -> Card:
    """The card with this id, also after it was renamed."""
    full = f"backfill:{name}"
    return CATALOGUE.cards[CATALOGUE.renamed.get(full, full)]


@pytest.mark.parametrize(
    ("name", "typed", "fits"), [(name, typed, fits) for name, answers in TYPED.items() for typed, fits in answers]
)
def test_what_people_type_is_judged_as_a_teacher_would(name: str, typed: str, fits: Fit | tuple[Fit, ...]) -> None:
    verdict = check(card(name), typed)
    assert verdict.fit in (fits if isinstance(fits, tuple) else (fits,)), (verdict, card(name).answer)


def test_every_answer_and_every_alias_of_the_catalogue_is_right() -> None:
    wrong = [
        (card.id, typed)
        for card in CATALOGUE.cards.values()
        if isinstance(card.answer, TextAnswer | NumberAnswer)
        for typed in (card.answer.text, *card.answer.also)
        if check(card, plain(typed)).fit is not R
    ]
    assert wrong == []


def test_no_other_option_of_the_catalogue_is_taken_for_right_however_it_is_put() -> None:
    taken = [
        (card.id, typed)
        for card in CATALOGUE.cards.values()
        for option in card.distractors
        for typed in (plain(option.text), f"it is {plain(option.text)}")
        if check(card, typed).fit is not W
    ]
    assert taken == []


def test_every_foreseen_answer_of_the_catalogue_gets_its_author_s_reply() -> None:
    silent = [
        (card.id, foreseen.answer)
        for card in CATALOGUE.cards.values()
        for foreseen in card.foreseen
        if check(card, plain(foreseen.answer)).foreseen != foreseen.reply
    ]
    assert silent == []


def test_every_set_of_the_catalogue_is_right_in_any_order_and_partly_without_an_item() -> None:
    for card in CATALOGUE.cards.values():
        if isinstance(card.answer, SetAnswer):
            items = list(map(plain, card.answer.items))
            assert check(card, ", ".join(reversed(items))).fit is R, card.id
            assert check(card, " and ".join(items)).fit is R, card.id
            assert check(card, ", ".join(items[1:])).fit is P, card.id
