"""What the checker says about answers that learners type."""

from __future__ import annotations

import pytest

from bot.core.check import check
from bot.core.model import Fit, Verdict
from decks.model import (
    Answer,
    Card,
    Distractor,
    Foreseen,
    Kind,
    NumberAnswer,
    Point,
    PointsAnswer,
    SetAnswer,
    StepsAnswer,
    TextAnswer,
)
from scheduler.model import Rating


def card(
    answer: Answer, *, front: str = "Which one?", wrong: tuple[str, ...] = (), foreseen: tuple[Foreseen, ...] = ()
) -> Card:
    return Card(
        id="backfill:note",
        note="backfill:note",
        kind=Kind.QUESTION,
        front=front,
        answer=answer,
        distractors=tuple(map(Distractor, wrong)),
        foreseen=foreseen,
    )


def phrase(text: str, *also: str, wrong: tuple[str, ...] = (), front: str = "Which one?") -> Card:
    return card(TextAnswer(text, also), wrong=wrong, front=front)


DEGENERATE = phrase("degenerate dimension", wrong=("junk dimension", "conformed dimension", "grain"))
TYPE_2 = phrase("Type 2", wrong=("Type 1", "Type 3", "Type 6"), front="Which SCD type keeps every version as a row?")
ADDITIVE = phrase("additive", wrong=("semi-additive", "non-additive"))
BUSINESS_KEY = phrase("business key", "natural key", wrong=("surrogate key", "foreign key"))
LAZY = phrase("Both calls are transformations; Spark waits for an action.")
CONFORMED = phrase(
    "Descriptions whose names and values agree across processes",
    wrong=("The descriptions by which measurements are filtered and grouped",),
)
VIEW = phrase("materialised view", wrong=("view", "temporary view"))
RESCUED = phrase("`_rescued_data`")
COUNT = phrase("`SELECT count(*) FROM t WHERE state = 'NY';`")
CACHE = phrase("`df.cache()`", wrong=("`df.persist()`",))
LITERAL = phrase('`df["Name"]`')
MERGE = phrase("`MERGE INTO`", wrong=("`INSERT OVERWRITE`", "`COPY INTO`"))
VACUUM = card(
    NumberAnswer("7 days", 7, "days", also=("168 hours",)),
    front="For how long does VACUUM spare files the table no longer uses?",
    foreseen=(Foreseen("30 days", "that is how long the transaction log is kept, another setting."),),
)
BLOCK = card(NumberAnswer("128 MB", 128, "MB"))
PART = card(NumberAnswer("24 %", 24, "%"))
COLUMNS = card(NumberAnswer("3 columns", 3, "columns"))
SHUFFLE = card(NumberAnswer("200", 200, ""), front="How many shuffle partitions does Spark make by default?")
BROADCAST = card(NumberAnswer("10 MB", 10, "MB", tolerance=0.5))
TRIGGER = card(NumberAnswer("5 minutes", 5, "minutes"))
PRICE = card(NumberAnswer("$0.05 per GB", 0.05, "$ per GB"))
DAYS_ASKED = card(NumberAnswer("7", 7, ""), front="After how many days does it expire?")
CELL = phrase("30 days", wrong=("7 days", "1 day"))
CLAUSES = card(SetAnswer(("INSERT", "UPDATE", "DELETE")))
TABLES = card(SetAnswer(("fact table", "factless fact table")))
KIMBALL = card(
    StepsAnswer(("Choose the business process", "Declare the grain", "Identify the dimensions", "Identify the facts"))
)
TWENTY = phrase("behaviour of the optimiser")
NUMBERED = card(SetAnswer(("Type 4", "Type 5", "Type 7")), front="Which SCD types need two keys?")
SUM = phrase("Types 1, 2 and 3", wrong=("Types 0, 2 and 4", "Types 1, 2 and 4"), front="Which types make SCD Type 6?")
COUNTS = phrase("4, 3, 2", wrong=("4, 4, 3", "4, 3, 3"))
VALID_FROM = phrase("valid_from")
CLOSED = card(SetAnswer(("valid_to", "is_current")))
SIDES = phrase(
    "**SCD Type 6**: nothing\n\n**SCD Type 7**: a second key", front="What do Type 6 and 7 add to the facts?"
)
STAR = phrase("**star schema**: few joins\n\n**snowflake schema**: one join per level")
PARTS = phrase("Hubs, links and satellites")
FRAGMENT = phrase("`customer_id = :id AND is_current`")

R, C, P, W = Fit.RIGHT, Fit.CLOSE, Fit.PARTLY, Fit.WRONG
EXAMPLES = [
    # case, articles, plural, punctuation, hyphens, lead-ins
    (DEGENERATE, "Degenerate Dimension", R),
    (DEGENERATE, "  a degenerate-dimension. ", R),
    (DEGENERATE, "degenerate dimensions", R),
    (DEGENERATE, "it is a degenerate dimension", R),
    (DEGENERATE, "“degenerate dimension”", R),
    (DEGENERATE, "I think it's the degenerate dimension?", R),
    (VIEW, "materialized views", R),
    (TWENTY, "behavior of the optimizer", R),
    (BUSINESS_KEY, "natural keys", R),
    (TYPE_2, "type two", R),
    (TYPE_2, "TYPE2", R),
    # slips of the finger
    (DEGENERATE, "degenarate dimension", C),
    (DEGENERATE, "degenerate dimesnion", C),
    (BUSINESS_KEY, "bussiness key", C),
    (ADDITIVE, "aditive", C),
    (VIEW, "materialzed view", C),
    (TYPE_2, "Typee 2", C),
    (DEGENERATE, "junk dimention", W),
    (BUSINESS_KEY, "business kez", W),
    # what looks like a slip but is another answer
    (ADDITIVE, "non-additive", W),
    (ADDITIVE, "nonadditive", W),
    (ADDITIVE, "semi additive", W),
    (ADDITIVE, "unadditive", W),
    (TYPE_2, "Type 1", W),
    (TYPE_2, "Type 22", W),
    (TYPE_2, "Type 4", W),
    (phrase("levels 1 2"), "levels 12", W),
    (phrase("ascending"), "descending", W),
    (phrase("internal table"), "external table", W),
    (phrase("stateful"), "stateless", W),
    (phrase("batch"), "patch", W),
    (phrase("immutable"), "mutable", W),
    (phrase("asynchronous"), "synchronous", W),
    (phrase("C++"), "C#", W),
    (phrase("a >= b"), "a > b", W),
    # short of the whole, or more than it
    (DEGENERATE, "degenerate", C),
    (DEGENERATE, "dimension", W),
    (DEGENERATE, "degenerate table", W),
    (DEGENERATE, "I would use a degenerate dimension, because it has no table", C),
    (DEGENERATE, "not a degenerate dimension", W),
    (DEGENERATE, "it is a degenerate dimension or a junk dimension", P),
    (DEGENERATE, "the opposite of a degenerate dimension", W),
    (TYPE_2, "SCD Type 2", R),
    (TYPE_2, "2", R),
    (TYPE_2, "type", W),
    (TYPE_2, "type 2 and 3", P),
    (VIEW, "view", W),
    (phrase("left join"), "left outer join", P),
    (phrase("left join"), "join", W),
    (phrase("left join"), "right join", W),
    (phrase("dimension"), "conformed dimension", W),
    # enumerations of numbered things
    (NUMBERED, "4 5 7", R),
    (NUMBERED, "4,5,7", R),
    (NUMBERED, "scd 7, 5 & 4", R),
    (NUMBERED, "type4 type5 type7", R),
    (NUMBERED, "1. Type 4\n2. Type 5\n3. Type 7", R),
    (NUMBERED, "4 and 5", P),
    (NUMBERED, "4-7", P),
    (NUMBERED, "4, 5, 6", P),
    (NUMBERED, "4, 5 or 7", C),
    (NUMBERED, "1 2 3", W),
    (NUMBERED, "not 4 5 7", W),
    (SUM, "1,2,3", R),
    (SUM, "1+2+3", R),
    (SUM, "3 + 2 + 1", R),
    (SUM, "type 1, type 2 and type 3", R),
    (SUM, "1-3", R),
    (SUM, "2 and 3", P),
    (SUM, "1 2", P),
    (SUM, "0,1,2,3", P),
    (SUM, "0 2 4", W),
    (SUM, "1 2 4", W),
    (COUNTS, "4,3,2", R),
    (COUNTS, "4 3 2", R),
    (COUNTS, "2,3,4", P),
    (COUNTS, "4, 3, 3", W),
    (TYPE_2, "scd2", R),
    (TYPE_2, "SCD-2", R),
    (TYPE_2, "scd1", W),
    (phrase("levels 1 and 2"), "levels 12", W),
    # identifiers: another word of them is another thing
    (VALID_FROM, "valid_from", R),
    (VALID_FROM, "valid from", R),
    (VALID_FROM, "VALID_FROM", R),
    (VALID_FROM, "valid_form", C),
    (VALID_FROM, "the column valid_from", C),
    (VALID_FROM, "valid_from column", C),
    (VALID_FROM, "the column valid_to", W),
    (VALID_FROM, "valid_to", W),
    (VALID_FROM, "valid", W),
    (VALID_FROM, "valid_until", W),
    (CLOSED, "is current, valid to", R),
    (CLOSED, "valid_from, is_current", P),
    (CLOSED, "valid_from", W),
    (phrase("copied from the lake"), "copied to the lake", W),
    (phrase("from bronze to silver"), "from silver to bronze", P),
    (phrase("from bronze to silver"), "bronze to silver", C),
    (phrase("degenerate dimension"), "dimension, degenerate", C),
    # short forms
    (phrase("dimension table"), "dim table", R),
    (phrase("foreign key"), "FK", R),
    (BUSINESS_KEY, "sk", W),
    # the two sides of a comparison
    (SIDES, "nothing vs a second key", R),
    (SIDES, "Type 6: nothing, Type 7: a second key", R),
    (SIDES, "7 a second key; 6 nothing", R),
    (SIDES, "7 adds a second key", P),
    (SIDES, "nothing", P),
    (SIDES, "a second key vs nothing", W),
    (SIDES, "6 a second key, 7 nothing", W),
    (STAR, "star: few joins, snowflake: a join for every level", C),
    (STAR, "star has few joins", P),
    (STAR, "the snowflake has few joins", W),
    # a part of a list
    (PARTS, "hubs, links, satellites", R),
    (PARTS, "links, hubs & satellites", R),
    (PARTS, "hubs and links", P),
    (PARTS, "facts and dimensions", W),
    # sentences are compared by their content words
    (LAZY, "both calls are transformations, spark waits for an action", R),
    (LAZY, "they are transformations both, Spark awaits: it waits for some action to be called", C),
    (LAZY, "Spark waits for an action", P),
    (LAZY, "because it is cached", W),
    (LAZY, "Spark does not wait for an action", W),
    (CONFORMED, "descriptions with names and values that agree across processes", C),
    (CONFORMED, "descriptions for filtering and grouping measurements", W),
    # code
    (RESCUED, "_rescued_data", R),
    (RESCUED, "`_rescued_data`", R),
    (RESCUED, "rescued data", C),
    (RESCUED, "_rescue_data", C),
    (RESCUED, "_corrupt_record", W),
    (COUNT, "select COUNT(*)\nfrom t\n  where state='NY'", R),
    (COUNT, "select count(*) from t where state = ‘NY’;", R),
    (COUNT, "select count(*) from t where state = 'ny'", C),
    (COUNT, "select count(1) from t where state = 'NY'", W),
    (FRAGMENT, "customer_id = :id and is_current", R),
    (FRAGMENT, "CUSTOMER_ID=:id AND IS_CURRENT", R),
    (FRAGMENT, "customer_id = :id or is_current", W),
    (phrase("`IS DISTINCT FROM`"), "is distinct from", R),
    (phrase("`mergeSchema`"), "merge schema", C),
    (phrase("`mergeSchema`"), "overwriteSchema", W),
    (CACHE, "df.cache()", R),
    (CACHE, "df . cache( );", R),
    (CACHE, "DF.cache()", C),
    (CACHE, "df.persist()", W),
    (LITERAL, "df['Name']", R),
    (LITERAL, "df['name']", C),
    (MERGE, "merge  into", R),
    (MERGE, "copy into", W),
    # quantities
    (VACUUM, "7 days", R),
    (VACUUM, "168 hours", R),
    (VACUUM, "10080 min", R),
    (VACUUM, "a week", R),
    (VACUUM, "about seven days, by default", R),
    (VACUUM, "6 days 24 hours", R),
    (VACUUM, "7", C),
    (VACUUM, "7 hours", W),
    (VACUUM, "8 days", W),
    (VACUUM, "30 days", W),
    (VACUUM, "720 h", W),
    (VACUUM, "7 days or 30 days", P),
    (VACUUM, "more than 7 days", P),
    (VACUUM, "not 7 days", W),
    (VACUUM, "quite long", W),
    (CELL, "30d", R),
    (CELL, "720 hours", R),
    (CELL, "7 days", W),
    (BLOCK, "128MB", R),
    (BLOCK, "0.128 GB", R),
    (BLOCK, "128 mebibytes", C),
    (BLOCK, "128 GB", W),
    (PART, "24 percent", R),
    (PART, "0.24", R),
    (PART, "24", C),
    (PART, "76%", W),
    (COLUMNS, "three", R),
    (COLUMNS, "3 rows", C),
    (COLUMNS, "four columns", W),
    (SHUFFLE, "two hundred", R),
    (SHUFFLE, "0.2k", R),
    (SHUFFLE, "2000", W),
    (BROADCAST, "10.4 MB", R),
    (BROADCAST, "11 MB", W),
    (TRIGGER, "5m", R),
    (TRIGGER, "300 s", R),
    (TRIGGER, "5 s", W),
    (PRICE, "$50 per TB", R),
    (PRICE, "0.05 $/GB", R),
    (PRICE, "$0.05", C),
    (DAYS_ASKED, "7 days", R),
    (DAYS_ASKED, "a week", W),
    # lists
    (CLAUSES, "delete, update and insert", R),
    (CLAUSES, "- Inserts\n- Updates\n- Deletes", R),
    (CLAUSES, "1. update 2. delete 3. insert", R),
    (CLAUSES, "insert update", P),
    (CLAUSES, "insert", P),
    (CLAUSES, "insret, update, delete", C),
    (CLAUSES, "insert, update, delete, merge", P),
    (CLAUSES, "insert, not update, delete", P),
    (CLAUSES, "select", W),
    (TABLES, "factless fact tables and fact tables", R),
    (TABLES, "factless fact table", P),
    (KIMBALL, "choose business process; declare grain; identify dimensions; identify facts", R),
    (KIMBALL, "process, grain, dimensions, facts", C),
    (KIMBALL, "Declare the grain, choose the business process, identify the dimensions, identify the facts", P),
    (KIMBALL, "Choose the business process, declare the grain", P),
    (KIMBALL, "draw the tables", W),
]


@pytest.mark.parametrize(("asked", "typed", "fit"), EXAMPLES, ids=[f"{i}-{e[1][:30]}" for i, e in enumerate(EXAMPLES)])
def test_an_answer_is_judged_as_a_teacher_would(asked: Card, typed: str, fit: Fit) -> None:
    verdict = check(asked, typed)
    assert verdict.fit is fit, verdict
    assert verdict.suggested is not Rating.EASY
    assert (verdict.suggested is Rating.GOOD) or fit is not Fit.RIGHT


def test_another_unit_counts_and_says_so() -> None:
    assert check(card(NumberAnswer("7 days", 7, "days")), "168 hours").reason == "168 hours is the same, so it counts."
    listed = NumberAnswer("7 days", 7, "days", also=("168 hours",))
    assert check(card(listed), "168 hours").reason == "168 hours is the same, so it counts."


def test_a_missing_unit_is_named() -> None:
    assert check(VACUUM, "7") == Verdict(
        fit=Fit.CLOSE, reason="The number is right; with its unit it is 7 days.", suggested=Rating.HARD
    )


def test_a_foreseen_answer_gets_the_author_s_reply_in_any_unit() -> None:
    for typed in ("30 days", "720 hours", "I think it is 30 days", "30"):
        verdict = check(VACUUM, typed)
        assert verdict.fit is Fit.WRONG
        assert verdict.foreseen == "that is how long the transaction log is kept, another setting."
        assert verdict.wrong == "30 day"


def test_a_foreseen_phrase_is_known_with_a_slip_and_in_a_sentence() -> None:
    asked = card(TextAnswer("mini-dimension"), foreseen=(Foreseen("history table", "other texts use Type 4 so."),))
    for typed in ("History tables", "histroy table", "it is kept in a history table"):
        assert check(asked, typed).foreseen == "other texts use Type 4 so.", typed


def test_another_option_is_remembered_by_its_card_and_label() -> None:
    asked = Card(
        id="backfill:rescue",
        note="backfill:rescue",
        kind=Kind.MATRIX,
        front="What happens?",
        answer=TextAnswer("The value goes to the rescue column"),
        distractors=(Distractor("The stream stops", card="backfill:stop", label="failOnNewColumns"),),
    )
    verdict = check(asked, "the stream stops")
    assert (verdict.fit, verdict.wrong, verdict.label) == (Fit.WRONG, "backfill:stop", "failOnNewColumns")


def test_a_partial_list_says_what_is_missing_and_below_half_is_again() -> None:
    assert check(CLAUSES, "update; delete").reason == "2 of 3; missing: INSERT."
    assert check(CLAUSES, "update; delete").suggested is Rating.HARD
    assert check(CLAUSES, "update").suggested is Rating.AGAIN


def test_a_part_of_numbered_things_says_which_are_missing() -> None:
    assert check(NUMBERED, "4 and 5").reason == "2 of 3; missing: Type 7."
    assert check(SUM, "2 and 3").reason == "2 of 3; missing: 1."
    assert check(SUM, "3").suggested is Rating.AGAIN
    assert check(SUM, "1 2 3 4").reason == "All of them, and one that is not: 4."
    assert check(PARTS, "hubs and links").reason == "2 of 3; missing: satellites."


def test_a_missing_side_of_a_comparison_is_named() -> None:
    assert check(STAR, "star: few joins").reason == "One side is there; not what you say of snowflake schema."


def test_the_numbers_of_another_option_are_that_option() -> None:
    assert check(SUM, "4+2+0").wrong == "type 0 2 and 4"


def test_steps_out_of_order_say_which_comes_first() -> None:
    verdict = check(
        KIMBALL, "Declare the grain, choose the business process, identify the facts, identify the dimensions"
    )
    assert verdict.reason == "All the steps, in another order: number 1 is Choose the business process."
    assert verdict.suggested is Rating.HARD


def test_a_learner_s_markup_stays_literal_in_a_reason() -> None:
    assert check(card(NumberAnswer("7 days", 7, "days")), "**168** hours").reason.startswith(r"\*\*168\*\* hours")


INTERVIEW = card(
    PointsAnswer(
        "Give folders owners, set contracts, build what changed.",
        (
            Point("Folders by domain, each with an owner", ("ownership",)),
            Point("Settings on folders, not on models"),
            Point("Contracts on marts that others read", ("data contracts",)),
            Point("CI builds what changed", ("slim ci", "state:modified")),
            Point("Models nobody reads are removed", ("deprecate",)),
        ),
    )
)


@pytest.mark.parametrize(
    ("typed", "ticks", "suggested"),
    [
        ("Split folders by domain with owners. Slim CI. Data contracts for public marts.", (0, 2, 3), Rating.HARD),
        ("clear ownership; CI that builds only what has changed", (0, 3), Rating.AGAIN),
        ("I would say no data contracts", (), Rating.AGAIN),
        (
            "Ownership of folders, settings on folders and not models, contracts on marts others read, "
            "state:modified in CI, and deprecating models nobody reads",
            (0, 1, 2, 3, 4),
            Rating.GOOD,
        ),
        ("Give folders owners, set contracts, build what changed", (0, 1, 2, 3, 4), Rating.GOOD),
        ("no idea", (), Rating.AGAIN),
    ],
)
def test_key_points_are_recognised_in_running_text(typed: str, ticks: tuple[int, ...], suggested: Rating) -> None:
    verdict = check(INTERVIEW, typed)
    assert (verdict.ticks, verdict.suggested) == (ticks, suggested)


def test_a_foreseen_answer_that_is_an_option_too_is_remembered_as_that_option() -> None:
    asked = Card(
        id="backfill:two",
        note="backfill:two",
        kind=Kind.MATRIX,
        front="Which type?",
        answer=TextAnswer("Type 2"),
        distractors=(Distractor("Type 6", card="backfill:six", label="hybrid"),),
        foreseen=(Foreseen("type 6", "that overwrites a current value as well."),),
    )
    verdict = check(asked, "Type 6")
    assert (verdict.wrong, verdict.foreseen) == ("backfill:six", "that overwrites a current value as well.")
