"""Decks that the stories of group quizzes play with."""

from __future__ import annotations

from tests.stories.decks import deck

LEVELS = deck(
    "levels",
    "Isolation levels",
    """
Choice: On **PostgreSQL** at REPEATABLE READ you count twice, and a row is added in between. What is counted?
+ The same rows again
- The new row too
- A serialization error
- Nothing; it waits for a lock
why: The transaction reads one snapshot. The SQL standard would allow the new row at this level; PostgreSQL does not.
hint: What does a snapshot hold?
id: range-twice

Choice: A transaction reads a row that another has written and not committed. What is that called?
+ Dirty read
- Phantom read
- Lost update
- Write skew
why: If the writer rolls back, what was read never existed.
id: dirty

Choice: PostgreSQL is asked for READ UNCOMMITTED. Which level does it give?
+ Read committed
- Read uncommitted
- Repeatable read
- Serializable
why: It never shows what is not committed.
id: uncommitted
""",
)

TYPED = deck(
    "anomalies",
    "Anomalies",
    """
Q: Among concurrent transactions, what is it called to read what another has written but not committed?
A: dirty read
id: dirty-typed

Q: Among concurrent transactions, what is it called when a condition matches other rows the second time?
A: phantom read
id: phantom-typed
""",
)


def jobs(count: int, slug: str = "jobs") -> str:
    """A deck of choices, far from one another."""
    notes = (
        f"Choice: Which table does job {number} of the {slug} pipeline fill?\n+ Table {number} of {slug}\n"
        f"- Report {number}\n- Stage {number}\n- Archive {number}\n"
        f"why: Job {number} was written for it.\nid: {slug}-{number}"
        for number in range(1, count + 1)
    )
    return deck(slug, slug.capitalize(), "\n\n".join(notes))


LONG = deck(
    "long",
    "Too long for a poll",
    f"""
Choice: {"Which of these tables is the one that everybody means? " * 6}
+ {"The one that stands on the left side of the drawing, under the clock"}
- The one on the right
- The one in the middle
- None of these
id: long-one
""",
)
