"""Small decks for the stories, as an author writes them: every kind of note."""

from __future__ import annotations

HEADER = """---
deck: {slug}
title: {title}
about: {about}
level: beginner
source: general
---
"""


def deck(slug: str, title: str, body: str, about: str = "What the stories ask.") -> str:
    """A deck file."""
    return HEADER.format(slug=slug, title=title, about=about) + "\n" + body.strip() + "\n"


def facts(slug: str, count: int) -> str:
    """A deck of plain questions, far from one another."""
    notes = (
        f"Q: Which table does job {number} of the {slug} pipeline fill every night before anybody is awake?\n"
        f"A: The one that report {number} reads when the working day begins.\nid: {slug}-{number}"
        for number in range(1, count + 1)
    )
    return deck(slug, slug.replace("-", " ").capitalize(), "\n\n".join(notes))


OPENING = """
Q: In a star schema, which table holds the measurements of a process, one row per event?
A: The fact table, at the grain that was declared for it.
why: Everything else describes what was measured.
hint: It is the long one.
id: plain

Q: In a star schema, what is a dimension's own key called?
A: Surrogate key
also: artificial key
wrong: business key | that one comes from the source system and may change.
hint: The warehouse makes it up.
id: typed

Term: Grain
front: In dimensional modelling, what does the grain of a fact table say?
A: What exactly one of its rows stands for.
reverse: In dimensional modelling, what is it called to say what one fact row stands for?
id: grain

Scenario: A customer moves, and last year's revenue must stay under the old city. Which SCD type?
A: Type 2
not: Type 1
not: Type 3
not: Type 0
why: Facts keep pointing at the version that was true when they happened.
id: scenario

Code: dim_customer is SCD Type 2. Which sales are absent from this total?
```sql
SELECT sum(f.revenue)
FROM fact_sales f
JOIN dim_customer d
  ON d.customer_sk = f.customer_sk
WHERE d.is_current
```
A: Those booked under a version that was closed later.
id: code
"""
KINDS = deck(
    "kinds",
    "Every kind",
    OPENING
    + """
Matrix: In Kimball's SCD Type {row}, {column}?
id: mechanisms
ask: what happens to the old value | In Kimball's SCD Type {row}, what happens to the old value?

| Type | what happens to the old value |
|------|-------------------------------|
| 1    | overwritten                   |
| 2    | kept in its own row           |
| 3    | moved to another column       |
| 4    | kept in a mini-dimension      |
| 7    | kept, and both keys on the fact so that every report can choose |

Compare: OLTP | OLAP
id: oltp-olap

| | OLTP | OLAP |
|---|---|---|
| typical work | many small writes | few large reads |

C: A date dimension has one row per [day].
id: cloze

Number: By default, for how long does Delta Lake's VACUUM spare files the table no longer uses?
A: 7 days
also: 168 hours
wrong: 30 days | that is how long the transaction log is kept, another setting.
as_of: 2026-05
id: vacuum

Choice: On a streaming join, which of these bound the state it has to keep?
+ A watermark on both sides
+ A time range in the join condition
- A larger cluster
- Checkpointing more often
id: bounds

Q: Which three statements about a transaction's isolation does the SQL standard name as phenomena?
A:
- dirty read
- nonrepeatable read
- phantom read
id: phenomena

Steps: Put Kimball's four design steps in order.
1. Select the business process
2. Declare the grain
3. Identify the dimensions
4. Identify the facts
id: four-steps

Interview: A dbt project grows from 50 to 500 models. What do you change?
A: Folders by domain with an owner each, contracts where others read, and CI that builds only what changed.
points:
- Folders by domain, each with an owner | domains, ownership
- Contracts on marts that others read | contract
- CI builds only what changed | slim ci, state:modified
id: growing-dbt

Project: Clickstream warehouse
goal: Turn raw page views into a daily star schema.
tools: Airflow, dbt
teaches: Late events and idempotent loads.
id: clickstream
""",
)


NAMES = deck(
    "scd-names",
    "SCD names",
    """
Q: In the Kimball Group's numbering, what is SCD Type 4 called?
A: Mini-dimension
wrong: history table | other texts use Type 4 for that.
why: Attributes that change often get a small dimension of their own.
id: type-4

Q: In the Kimball Group's numbering, which SCD type adds a row for each change?
A: Type 2
id: type-2
""",
    "What the types are called.",
)
MECHANISMS = deck(
    "mechanisms",
    "SCD mechanisms",
    """
Matrix: In Kimball's SCD Type {row}, {column}?
id: mechanisms
ask: what happens to the old value | In Kimball's SCD Type {row}, what happens to the old value?

| Type | what happens to the old value |
|------|-------------------------------|
| 1    | it is overwritten             |
| 2    | it stays in its own row       |
| 3    | it moves to another column    |
| 4    | it stays in a mini-dimension  |
""",
    "What happens to the old value.",
)
FIRST = deck(
    "first-steps",
    "First steps",
    OPENING.replace("id: ", "id: first-") + facts("steps", 8).split("---\n")[-1],
    "The words of a star schema.",
)
