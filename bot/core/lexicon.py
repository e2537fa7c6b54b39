"""The words that comparing answers knows: function words, opposites, spellings, terms of the field. Data."""

from __future__ import annotations

from bot.core.spoken import NUMBERS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("a an the")
NEGATIONS = _words(
    """
    arent cannot cant didnt doesnt dont except hardly instead isnt neither never no nobody non none nor not nothing
    nowhere opposite rather shouldnt unlike wasnt without wont wouldnt
    """
)
# Function words: they carry no content, so overlap ignores them.
EMPTY_WORDS = _words(
    """
    a about all also am an and any are as at be because been being both but by can could did do does each
    every for from had has have he here i if in into is it its just may might must my of on one only onto or
    our out over per shall she should since so some than that the their them then there these they this those
    to too under up use used using very via was we were what when where which while who whom whose will with
    would you your
    """
)
# Words between two others whose order they give a meaning.
DIRECTIONS = _words("after before by from into over than to versus via")
# Of these, what changes the number beside it: "one each" is not "one".
QUANTIFIERS = _words("each every per")
# What people write before the answer itself. Longer ones first: the first that fits is taken off.
LEAD_INS = tuple(
    tuple(line.split())
    for line in """
    i think that
    i think
    i guess
    i believe
    i would say
    id say
    the answer is
    answer is
    answer
    it would be
    that would be
    it is called
    it is
    that is
    this is
    they are
    these are
    thats
    its
    probably
    maybe
    """.strip().splitlines()
)
NUMERALS = {word: str(number) for number, word in enumerate(NUMBERS)}
SINGULAR = dict(
    pair.split("=")
    for pair in _words(
        """
        indices=index indexes=index vertices=vertex matrices=matrix criteria=criterion schemata=schema
        analyses=analysis hypotheses=hypothesis aliases=alias biases=bias caches=cache children=child
        people=person series=series ids=id pks=pk fks=fk sks=sk dbs=db
        """
    )
)
# British form -> American form, where a rule on endings would not do.
AMERICAN = dict(
    pair.split("=")
    for pair in _words(
        """
        catalogue=catalog dialogue=dialog analogue=analog centre=center metre=meter defence=defense
        licence=license artefact=artifact grey=gray programme=program judgement=judgment queueing=queuing
        ageing=aging fulfil=fulfill labour=labor colour=color honour=honor
        """
    )
)

# What people type for longer words of the field.
SHORT_FORMS = dict(
    pair.split("=")
    for pair in _words(
        """
        dim=dimension fct=fact attr=attribute col=column tbl=table db=database config=configuration
        repo=repository env=environment dev=development prod=production param=parameter func=function
        """
    )
)
INITIALS = {
    "pk": ("primary", "key"),
    "fk": ("foreign", "key"),
    "sk": ("surrogate", "key"),
    "bk": ("business", "key"),
    "nk": ("natural", "key"),
}

# First words of a SQL statement or clause.
SQL = _words(
    """
    alter analyze cluster copy create delete describe drop explain grant group having insert join merge
    optimize order partition refresh revoke select show truncate update use vacuum where with
    """
)

# Words that, in capitals, tell a piece of SQL without its statement.
SQL_INSIDE = SQL | _words(
    """
    all and as asc between by case desc distinct else end exists false from ilike in into is like limit matched not
    null on or over set then true union using values when
    """
)

# Pairs that a typo rule must never bridge, beyond those that differ in a prefix or suffix below.
OPPOSITES = frozenset(
    frozenset(pair.split("/"))
    for pair in _words(
        """
        absent/present after/before allow/deny always/never ascend/descend ascending/descending batch/stream
        border/broader closed/open cold/hot column/row compaction/compression consumer/producer
        consuming/producing decode/encode decoding/encoding decrease/increase decreasing/increasing
        decrement/increment decrypt/encrypt dimension/fact disable/enable disabled/enabled downscale/upscale
        downstream/upstream eager/lazy earlier/later early/late egress/ingress exclude/include exclusive/inclusive
        export/import external/internal fast/slow fewer/more first/last from/to global/local grant/revoke
        horizontal/vertical horizontally/vertically inner/outer left/right less/more logical/physical lower/upper
        max/min maximum/minimum narrow/wide new/old off/on optimistic/pessimistic primary/secondary pull/push read/write
        repetition/replication sink/source snowflake/star strong/weak stronger/weaker transactional/transitional
        """
    )
)
PREFIXES = tuple(sorted(_words("un in im non dis de ir il a anti semi sub super multi uni")))
PREFIX_PAIRS = (
    ("in", "ex"),
    ("im", "ex"),
    ("en", "de"),
    ("in", "de"),
    ("a", "de"),
    ("pre", "post"),
    ("up", "down"),
    ("intra", "inter"),
    ("over", "under"),
    ("hyper", "hypo"),
    ("micro", "macro"),
    ("homo", "hetero"),
    ("mono", "poly"),
    ("uni", "multi"),
)
SUFFIX_PAIRS = (("ful", "less"), ("er", "ee"), ("or", "ee"), ("most", "least"))
# Words of the field one letter from another word of the field: whoever types one means it.
MEANT = _words(
    """
    aggregate alias append array async avro base batch block bloom bolt bound branch broker bronze bucket
    build cache case cast catalog chain chart check chunk clause clean clear clone close cloud cluster code
    cold column commit compute cost count cover crash cross cube cursor data date dedup delete delta deploy
    depth design domain drift drop edge entity event exact extract fact fail fault field file filter fixed
    flag flat flow fold force fork form format frame full gate gold grain grant graph group hash heap hive
    host hour impotent index inner input insert join kafka lake last late layer lazy leaf left level light like line
    link list load local lock logs long loss lost main manifest many mart mask master match merge mesh meta
    metric mode model more move name native nested node none normal note null offset open order orphan outer
    output over pace pack page parse part partition patch path peak pipe plan point pool port post power
    primary process produce project proof prune pull push query queue range rank rate read real record reduce
    refresh reject relation repair replace replica request reset retain retention retry right ring role roll
    root route rows rule safe sale salt sample sandbox scale scan schema scope score seed seek shard share
    sharp shift show shuffle sign silver sink site size skew skip slice slot slow small snapshot sort source
    space spark spill split spot stable stack stage star start state static stats step stock stop store stream
    strict string struct style sum sync system table tail task term test text thread tick tier time tool topic
    trace track trail train tree trigger trim trip tuple type unique unit update upload upsert user valid
    value vault vector version view void wait wave week wide widen width window word work wrap write yield
    zone zorder
    """
)

# What may stand right before an answer inside a sentence. Not "of", "from" or "like" ("a copy of the fact table"),
# and no noun or adjective ("semi additive").
BEFORE = _words(
    """
    answer are as at be because by call called choose get gets has have in is it its keep keeps mean means
    named need needs on pick say since take that think this through to use used using via want was were with
    would
    """
)
# What may stand right after it.
AFTER = EMPTY_WORDS - {"or", "and", "than", "but"}
# Nouns that alone answer nothing.
GENERIC = _words(
    """
    column data database dimension engine field file format function job join key lake layer level mode model name
    node process query row schema set store system table type value view warehouse
    """
)
