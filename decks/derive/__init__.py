"""Curriculum -> draft decks: `readers` make documents, `extract` finds what could be a card, `assemble` makes decks."""
