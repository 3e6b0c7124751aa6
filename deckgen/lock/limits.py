"""The name of a lock, and what nothing in it goes beyond. It imports nothing, as every command needs it."""

FILE = "deck.lock"

#: No stamp is newer, in seconds since 1970: 2100-01-01.
LATEST = 4_102_444_800
#: No stamp is older, whatever the clock says: learners would never get it.
EARLIEST = 1_500_000_000
#: Room between note ids, so that note id + card ordinal can be the card's id.
ID_STEP = 500
#: How many texts of a note the lock remembers.
MAX_TEXTS = 8

#: In bytes: a note takes about a hundred.
MAX_BYTES = 40_000_000
#: The shortest line of a note has some hundred characters; of 20 million lines a list takes gigabytes.
MAX_LINES = 1_000_000
#: In characters: the line of a list with 499 keys of the longest ones, and more, has half of it.
MAX_LINE = 100_000
#: So many branches may meet in a lock before the next build makes one line of theirs.
MAX_BRANCHES = 20
