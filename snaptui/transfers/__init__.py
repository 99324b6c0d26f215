"""Moving archives: one download, a queue of them, their events, and the record of what is here."""
