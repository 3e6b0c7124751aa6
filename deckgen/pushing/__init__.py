"""What a package can't bring, brought into a running Anki: moves, tags, suspended and deleted cards.

`connection` speaks the protocol of the add-on AnkiConnect; `there` is what Anki has, and `wanted` what the
decks say; `difference` compares the two and changes nothing; `record` is what this machine remembers of
earlier pushes; `push` does it, and asks Anki what is there before and after each part.
"""
