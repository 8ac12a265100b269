"""features.py: the features of English words and pairs that are weighed."""

import math
import pathlib

from letters import LETTERS_MAX, fits, read_counts, read_list
from places import of_places, names_of_places

HERE = pathlib.Path(__file__).parent
FREE = (0.0, -math.inf, math.inf)
BONUS = (0.0, 0.0, math.inf)
COST = (0.0, -math.inf, 0.0)
FREQUENCY = (1.0, 0.0, math.inf)

# A pair below this log10 gain earns nothing with any weights near the fitted.
PAIR_GAIN_MIN = -0.34
# Value of a frequency is log10 + this: zero for a word of middling frequency.
FREQUENCY_CENTRE = 5.0
ACRONYM_FLOOR = -16.0
LENGTH_LAST = 7
# Lists of words that tell how many authors, each alone, wrote a word.
WRITTEN = {"word": "written-words-en.txt", "name": "written-names-en.txt",
           "abbr": "written-abbreviations-en.txt"}
AUTHORS = 4

# name -> prior, least, most of the weight; openers are added to these, and
# those for places in a spelling (places.py).
TERMS = {
    "lp_short": FREQUENCY, "lp_3": FREQUENCY, "lp_long": FREQUENCY,
    **{"len_%d" % n: FREE for n in range(1, LENGTH_LAST + 1)},
    "no_lp": COST, "tier_35": COST, "tier_55": COST,
    "proper": FREE, "proper_60": FREE, "abbreviation": FREE, "no_scowl": COST,
    "contraction": FREE, "possessive": COST,
    **{"class_" + c: FREE for c in "fnvjx"},
    "plural": FREE, "past": FREE, "gerund": FREE,
    "brand_part": BONUS, "brand_us": BONUS, "brand_en": BONUS,
    "brand_x": BONUS, "operator_us": BONUS, "operator_en": BONUS,
    "operator_x": FREE, "short_us": BONUS, "short_en": BONUS, "short_x": FREE,
    "brand_joined": FREE, "icon": BONUS, "surname": FREE, "given": FREE,
    "wn_acronym": FREE, "wn_proper": FREE, "advertising": BONUS,
    "advertising_3": FREE, "advertising_form": BONUS, "trade": FREE,
    "trade_form": FREE, "state": FREE, "acr": FREE, "has_acr": FREE,
    "rare": FREE,
    **{"written_%s_%d" % (kind, n): BONUS for kind in WRITTEN
       for n in range(1, AUTHORS + 1)},
    **{"written_%s_short" % kind: FREE for kind in WRITTEN},
}
PAIR_TERMS = {"listed": BONUS, "pmi": BONUS, "brand_pair": BONUS,
              "brand_within": BONUS, "lemma_pair": BONUS,
              "gloss_pair": BONUS,
              **{"written_pair_%d" % n: BONUS
                 for n in range(1, AUTHORS + 1)}}


class Features:
    """Which words there are, and what is weighed of each."""

    def __init__(self, english):
        self.words = english.words
        self.english = english
        self.advertising = set(read_list(HERE / "advertising-en.txt"))
        self.openers = read_list(HERE / "openers-en.txt")
        self.function = set(read_list(HERE / "function-en.txt"))
        self.short = set(read_list(HERE / "short-en.txt"))
        self.states = set(read_list(HERE / "states-en.txt"))
        self.written = {kind: read_counts(HERE / name)
                        for kind, name in WRITTEN.items()}
        self.written_pairs = {
            tuple(pair.split(" ")): count for pair, count in
            read_counts(HERE / "written-pairs-en.txt").items()}

    def choose(self, blocked):
        """All words in order, without those blocked."""
        listed = (self.advertising | self.short).union(
            *self.written.values())
        return sorted(letters for letters in set(self.words) | listed
                      if len(letters) <= LETTERS_MAX
                      and letters not in blocked and self.is_word(letters))

    def is_word(self, letters):
        """Any evidence will do: the score decides, not this."""
        if len(letters) <= 2:
            return (letters in self.short
                    or self.written["abbr"].get(letters, 0) > 1)
        if letters in self.advertising or self.authors(letters) > 1:
            return True
        if letters not in self.words:
            return False
        word = self.words[letters]
        names = word.names
        return bool(word.listed or word.tiers or word.lower or word.acronym
                    or word.pronounced or word.icon or word.surname
                    or word.given or word.trade
                    or any(mark in names for mark in (
                        "brand_us", "brand_en", "brand_x", "operator_us",
                        "operator_en", "short_us", "short_en", "joined_us",
                        "part_us")))

    def authors(self, letters):
        """How many wrote the word, in the list where it is most."""
        return max(counts.get(letters, 0)
                   for counts in self.written.values())

    def of_word(self, letters):
        """The features of one word: name -> value, zeros left out."""
        word = self.words[letters]
        found = {}
        self.add_frequency(found, letters, word)
        self.add_lists(found, word)
        self.add_class(found, letters, word)
        self.add_names(found, word)
        self.add_own(found, letters, word)
        found = {name: value for name, value in found.items() if value}
        return {**found, **of_places(found, word)}

    def add_frequency(self, found, letters, word):
        """How common it is, and how long."""
        length = min(len(letters), LENGTH_LAST)
        group = "short" if length <= 2 else "3" if length == 3 else "long"
        found["lp_" + group] = word.frequency + FREQUENCY_CENTRE
        found["len_%d" % length] = 1
        found["no_lp"] = not word.listed
        if word.quoted > word.plain:
            contraction = "contraction" in word.tiers
            found["contraction" if contraction else "possessive"] = 1
        found["rare"] = (word.frequency <= -6 and not word.lower
                         and not word.names)
        if word.spelled is not None and not word.listed:
            found["acr"] = max(0.0, word.spelled - ACRONYM_FLOOR)
            found["has_acr"] = 1

    def add_lists(self, found, word):
        """Its place in SCOWL, the most usual kind first."""
        tiers = word.tiers
        if "word" in tiers:
            found["tier_35"] = tiers["word"] >= 35
            found["tier_55"] = tiers["word"] >= 55
        elif "upper" in tiers or "name" in tiers:
            found["proper"] = 1
            found["proper_60"] = min(tiers.get("upper", 99),
                                     tiers.get("name", 99)) >= 60
        elif "abbreviation" in tiers:
            found["abbreviation"] = 1
        elif "contraction" not in tiers:
            found["no_scowl"] = 1

    def add_class(self, found, letters, word):
        """Function word, noun, verb, adjective or adverb, none; endings."""
        found["class_" + self.class_of(letters, word)] = 1
        found["plural"] = (len(letters) > 3 and self.is_plural(letters)
                           and "word" in self.words[letters[:-1]].tiers)
        found["past"] = len(letters) > 4 and letters.endswith("ed")
        found["gerund"] = len(letters) > 5 and letters.endswith("ing")

    def is_plural(self, letters):
        """By its end, if what is before it is known at all."""
        return (letters.endswith("s") and not letters.endswith("ss")
                and letters[:-1] in self.words)

    def class_of(self, letters, word):
        """By the tags; else by where WordNet has it; else by its end."""
        if letters in self.function:
            return "f"
        if word.tags:
            most = max("nvar", key=lambda part: word.tags[part])
        elif word.lower:
            most = next(part for part in "nvar" if part in word.parts)
        elif self.is_plural(letters) and self.words[letters[:-1]].lower:
            most = "n"
        elif letters.endswith(("ing", "ed")):
            most = "v"
        else:
            most = "x"
        return "j" if most in "ar" else most

    def add_names(self, found, word):
        """Brands, operators, names of people."""
        names = word.names
        found["brand_part"] = math.log(1 + names["part_us"]
                                       + names["part_en"])
        for kind in ("brand", "operator", "short"):
            for scope in ("us", "en", "x"):
                if names[kind + "_" + scope]:
                    found[kind + "_" + scope] = 1
                    break
        found["brand_joined"] = names["joined_us"] > 0
        found["icon"] = word.icon
        found["surname"] = 4.5 - math.log10(word.surname) if word.surname else 0
        found["given"] = 4.5 - math.log10(word.given) if word.given else 0
        found["wn_acronym"] = word.acronym
        found["wn_proper"] = word.proper and not word.lower

    def add_own(self, found, letters, word):
        """The lists of this folder, and trades."""
        if letters in self.advertising:
            found["advertising"] = 1
            found["advertising_3"] = len(letters) <= 3
        else:
            found["advertising_form"] = any(
                base in self.advertising for base in bases(letters))
        for kind, counts in self.written.items():
            if letters in counts:
                found["written_%s_%d" % (kind, counts[letters])] = 1
                found["written_%s_short" % kind] = len(letters) <= 3
        found["trade"] = word.trade
        found["trade_form"] = not word.trade and any(
            base in self.words and self.words[base].trade
            for base in bases(letters))
        found["state"] = letters in self.states
        if letters in self.openers:
            found["open_" + letters] = 1

    def pairs(self, vocabulary):
        """Yields first word, second word, features, in order."""
        known = set(vocabulary)
        listed = {pair for pair, gain in self.english.pairs.items()
                  if gain >= PAIR_GAIN_MIN}
        whole, within = brand_pairs(self.english.brand_names)
        lemmas = {pair for pair in self.english.lemma_pairs if fits(*pair)}
        glosses = {pair for pair in self.english.gloss_pairs
                   if fits(*pair) and not self.function.intersection(pair)}
        written = {pair for pair in self.written_pairs if fits(*pair)}
        for pair in sorted(listed.union(whole, within, lemmas, glosses,
                                        written)):
            if pair[0] not in known or pair[1] not in known:
                continue
            found = {}
            if pair in listed:
                found["listed"] = 1
                found["pmi"] = self.english.pairs[pair]
            if pair in whole:
                found["brand_pair"] = 1
            elif pair in within:
                found["brand_within"] = 1
            if pair in lemmas:
                found["lemma_pair"] = 1
            if pair in glosses:
                found["gloss_pair"] = 1
            if pair in written:
                found["written_pair_%d" % self.written_pairs[pair]] = 1
            yield pair[0], pair[1], found

    def terms(self):
        """Yields name, prior, least, most of every weight, in order."""
        words = {**TERMS,
                 **{"open_" + opener: FREE for opener in self.openers}}
        places = dict.fromkeys(names_of_places(words), FREE)
        for name, (prior, least, most) in sorted(
                {**words, **places, **PAIR_TERMS}.items()):
            yield name, prior, least, most


def brand_pairs(names):
    """Names of two words (1-800-GOT-JUNK too), neighbours in longer names."""
    whole, within = set(), set()
    for name in names:
        words = tuple(word for word in name if word)
        for pair in zip(name, name[1:]):
            if all(pair) and fits(*pair):
                (whole if len(words) == 2 else within).add(pair)
    return whole, within


def bases(letters):
    """What it may be an inflection of; at least three letters."""
    found = []
    for ending, instead in (("s", ""), ("es", ""), ("ies", "y"), ("ed", ""),
                            ("ed", "e"), ("ing", ""), ("ing", "e"),
                            ("er", ""), ("er", "e"), ("ers", ""),
                            ("ers", "e")):
        base = letters[:-len(ending)] + instead
        if letters.endswith(ending) and len(base) >= 3:
            found.append(base)
    return found
