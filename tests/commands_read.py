"""Everything that commands read on their way, read once in the process they are forked from."""

import gc

from decks.library import Library, builtin

Library([builtin()])
gc.freeze()  # else each collection in a fork would copy all of it
