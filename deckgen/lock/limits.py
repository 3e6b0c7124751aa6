"""The file name of a lock, and limits for what is in it. Every command needs it, so it imports nothing."""

FILE = "deck.lock"

#: No stamp is later than this, in seconds since 1970: 2100-01-01.
LATEST = 4_102_444_800
#: But of what learners had before deckgen: some programs write milliseconds where Anki has seconds.
LATEST_ADOPTED = LATEST * 1000
#: No stamp is earlier, whatever the clock says: learners would never get the note.
EARLIEST = 1_500_000_000
#: In seconds. Clocks of two machines differ by minutes; a stamp further ahead comes from a wrong clock.
SKEW = 300
#: The distance between note ids, so that a card's id can be the note id plus the card's ordinal.
ID_STEP = 500
#: How many texts of a note the lock remembers.
MAX_TEXTS = 8
#: Of how many learners a note's line remembers that an edit waits for a person, or came home in part.
MAX_WAITING = 50

#: In bytes. A note takes about a hundred.
MAX_BYTES = 40_000_000
#: The shortest line of a note has about a hundred characters; a list of 20 million lines takes gigabytes.
MAX_LINES = 1_000_000
#: In characters. The line of a list with 499 keys of the greatest length has half as many.
MAX_LINE = 100_000
#: At most so many branches may meet in a lock before the next build joins their lines into one.
MAX_BRANCHES = 20
