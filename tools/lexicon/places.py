"""places.py: features of a word for the place that it has in a spelling.

first:NAME counts where the word begins a spelling and something follows it,
last:NAME where it ends one and something stands before it. Only what lowers
the log-loss on phrases held out stands here.
"""

PLACES = ("first:", "last:")
CLASS = "class_"  # verbs begin a spelling, nouns end it: CALL-CARS
OPENER = "open_"  # each alone is rare: together, words that begin
# log10 of the probability that a sentence begins or ends with the word, and
# whether the model lists it there: words that do, do so in a spelling too.
SENTENCE = ("se", "se1")


def taken_as(name):
    """What a place makes of the feature 'name', None if nothing."""
    if name.startswith(OPENER):
        return "open"
    return name if name.startswith(CLASS) else None


def of_places(found, word):
    """The features for places, by all others that are not zero."""
    taken = {taken_as(name) for name in found} - {None}
    result = {place + name: 1 for place in PLACES for name in sorted(taken)}
    for place, seen in zip(PLACES, (word.begins, word.ends)):
        if seen is not None:
            result.update({place + name: value
                           for name, value in zip(SENTENCE, (seen, 1))})
    return result


def names_of_places(names):
    """What there may be, by the names of all other features of words."""
    taken = {taken_as(name) for name in names} - {None}
    return {place + name for place in PLACES
            for name in taken.union(SENTENCE)}
