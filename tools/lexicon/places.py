"""places.py: features of a word for the place that it has in a spelling.

first:NAME counts where the word begins a spelling and something follows it,
last:NAME where it ends one and something stands before it.
"""

import functools

PLACES = ("first:", "last:")

# What is taken of the features of a word: a name, or the beginning of names
# that ends with "_" and stands for all of them; and as what, "" is the same.
TAKEN = {
    "class_": "",  # verbs begin a spelling, nouns end it: CALL-CARS
    "open_": "open",  # each alone is rare: together, words that begin
    "plural": "",  # what is sold stands last: CARPETS
    "past": "",  # what is done to the thing behind it: USED-CAR
    "gerund": "",  # the trade itself, last: ROOFING
    "possessive": "",  # the owner stands before what is owned
    "contraction": "",  # begins a sentence: DONT, ITS
    "proper": "",  # before the trade: JOES
    "surname": "",  # before the trade, and behind a given name
    "given": "",  # before a surname or the trade
    "wn_proper": "",  # a place, before the trade or behind it
    "state": "",  # likewise: FL-CARS
    "has_acr": "",  # initials of a firm, before its trade
    "wn_acronym": "",  # likewise, those that are known
    "abbreviation": "",  # clipped, it wants a word beside it
    "trade": "",  # what the word before it describes: CITY-TAXI
    "trade_form": "",  # likewise, an inflection
    "advertising": "",  # some begin, NEW; some end, NOW
    "advertising_3": "",  # likewise, the short ones
    "advertising_form": "",  # likewise, their inflections
    "rare": "",  # hardly heard where nothing leads to it
    "no_lp": "",  # likewise
    "no_scowl": "",  # likewise
    "brand_": "brand",  # a firm's name, before its trade
    "operator_": "brand",  # likewise, of whatever scope
    "short_": "brand",  # likewise, the short name
    "icon": "brand",  # likewise, a known one
    "len_": "",  # short words begin, long ones end
    "written_word_": "written_word",  # place matters, not how many authors
    "written_name_": "written_name",  # likewise
    "written_abbr_": "written_abbr",  # likewise
    "lp_": "",  # the first word is read without any before it
    "acr": "",  # how well initials sound, as the name of a firm
}
# Of these the value is taken, of the others only that they are there.
MEASURES = ("lp_", "acr")
# log10 of the probability that a sentence begins or ends with the word, and
# whether the model lists it there: words that do, do so in a spelling too.
SENTENCE = ("se", "se1")


@functools.cache
def taken_as(name):
    """What the table makes of the name, None if nothing."""
    for taken, instead in TAKEN.items():
        if name == taken or taken[-1] == "_" and name.startswith(taken):
            return instead or name
    return None


def of_places(found, word):
    """The features for places, by all others that are not zero."""
    taken = {}
    for name, value in found.items():
        if taken_as(name):
            measure = name.startswith(MEASURES)
            taken[taken_as(name)] = value if measure else 1
    result = {place + name: value for place in PLACES
              for name, value in taken.items()}
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
