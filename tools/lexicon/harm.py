"""harm.py: words that harm a business, of WordNet and of our list."""

import collections
import re

from letters import LETTERS_MAX, key
from wordnet import OF_ADJECTIVE, SIMILAR, USED_SO

# Senses are in the order of use, but few have a count: the first one of a part
# of speech counts this much more than what was counted, the second half of it.
SENSE_PRIOR = 1.0
# So much of what a word is used for must be harmful. An everyday word must be
# hardly anything else.
SHARE_MIN = 0.5
EVERYDAY_SHARE_MIN = 0.8
EVERYDAY_TIER = 20
# Shorter ones are abbreviations, longer ones are never spelled.
LENGTHS = range(3, LETTERS_MAX + 1)
# A word up to here is heard as itself, whatever it sounds like.
HEARD_TIER = 35
NO_TIER = 99
# So long is what is left of a name behind or before an offensive term.
REST_MIN = 3
# More frequent given names than this are heard as names.
GIVEN_MAX = 1000


def harmful_synsets(net, rules):
    """Those that the rules name; words that are kept are no synsets."""
    found, pruned = set(), set()
    for rule in rules:
        verb, text = rule.split()
        if verb == "keep":
            continue
        root = net.find(text)
        if verb == "tree":
            found |= net.tree(root)
        elif verb == "head":
            found |= {root, *net.follow(root, SIMILAR)}
        elif verb == "domain":
            found |= set(net.follow(root, USED_SO))
        elif verb == "sense":
            found.add(root)
        elif verb == "prune":
            pruned |= net.tree(root)
        else:
            raise ValueError(rule)
    return found - pruned


def sense_weights(net):
    """Yields letters, lemma, synset and how much it counts."""
    for (lemma, part), places in net.senses.items():
        for number, place in enumerate(places, 1):
            count = net.counts.get((lemma, part, number), 0)
            yield (key(lemma), lemma, (part, place),
                   count + SENSE_PRIOR / number)


def harmful_shares(net, rules):
    """letters -> how much of its use is harmful, from above 0 to 1."""
    synsets = harmful_synsets(net, rules)
    derived = net.derived(synsets)
    adverbs = {place for place in net.synsets if place[0] == "r" and
               synsets.intersection(net.follow(place, OF_ADJECTIVE))}
    bad, all_of = collections.Counter(), collections.Counter()
    for letters, lemma, place, weight in sense_weights(net):
        all_of[letters] += weight
        if (place in synsets or place in adverbs
                or lemma in derived.get(place, ())):
            bad[letters] += weight
    return {letters: weight / all_of[letters]
            for letters, weight in bad.items() if letters}


def kept_words(rules):
    """Those that are left in spite of what WordNet says."""
    return {rule.split()[1] for rule in rules if rule.startswith("keep ")}


def tier_of(word):
    """How usual a word is to SCOWL; low is usual."""
    return min(word.tiers.values(), default=NO_TIER)


def forms(letters):
    """The regular forms of a noun, a verb or an adjective, right or not."""
    last, vowels = letters[-1], tuple("aeiou")
    if letters.endswith(("s", "x", "z", "ch", "sh")):
        found = [letters + "es"]
    elif last == "y" and letters[-2] not in vowels:
        found = [letters[:-1] + ending
                 for ending in ("ies", "ied", "ier", "iest", "ily")]
    else:
        found = [letters + "s"]
    stem = letters
    if last == "e":
        stem = letters[:-1]
    elif len(letters) < 6 and re.search("[^aeiou][aeiou][^aeiouwxy]$",
                                        letters):
        stem = letters + last
    return found + [stem + "ed", stem + "est", stem + "ing",
                    letters + "ly", letters + "ness"]


def same_sound(lines, words):
    """Words of the CMU dictionary that are said like one of 'words'."""
    sounds = collections.defaultdict(set)
    for line in lines:
        head, *sound = line.split()
        head = re.sub(r"\(\d+\)$", "", head)
        if head.isalpha():
            sounds[tuple(sound)].add(head)
    return {head for heads in sounds.values() if heads & words
            for head in heads - words}


def parts(letters, terms):
    """Yields what is left where it begins or ends with one of these."""
    for cut in range(REST_MIN, len(letters) - REST_MIN + 1):
        if letters[:cut] in terms:
            yield letters[cut:]
        if letters[cut:] in terms:
            yield letters[:cut]


def is_plain(word):
    """Whether it is a word of the dictionaries, not a name alone."""
    return "word" in word.tiers or word.lower


def is_obscure(word):
    """Whether no dictionary has it, nor the census as a name."""
    return not (word.tiers or word.parts or word.surname or word.given)


class Harm:
    """What is added to a block list, and from where."""

    def __init__(self, english, listed, rules, kept):
        """listed: our words; kept: words that no rule takes."""
        self.words = english.words
        self.net = english.net
        self.listed = set(listed)
        self.rules = rules
        self.kept = kept | kept_words(rules)

    def free(self, letters):
        """Neither kept nor a usual given name."""
        given = self.words[letters].given if letters in self.words else 0
        return letters not in self.kept and not 0 < given <= GIVEN_MAX

    def tier(self, letters):
        """How usual it is."""
        return tier_of(self.words[letters]) if letters in self.words \
            else NO_TIER

    def of_wordnet(self):
        """Words that are mostly harmful; everyday ones hardly else."""
        return {letters for letters, share
                in harmful_shares(self.net, self.rules).items()
                if self.free(letters) and len(letters) in LENGTHS and share >=
                (EVERYDAY_SHARE_MIN if self.tier(letters) <= EVERYDAY_TIER
                 else SHARE_MIN)}

    def forms_of(self, bases, is_word):
        """Their forms that are words; what WordNet lists stands alone, but
        for the plain forms of our words."""
        return {form for base in bases if len(base) in LENGTHS
                for form in forms(base)
                if len(form) in LENGTHS and is_word(form) and self.free(form)
                and (not self.words[form].parts or base in self.listed
                     and form.endswith(("s", "ed", "ing")))}

    def sounding(self, lines, words):
        """Words that are heard as one of these."""
        return {letters for letters in same_sound(lines, words)
                if len(letters) in LENGTHS and self.free(letters)
                and self.tier(letters) > HEARD_TIER}

    def holding(self, terms, is_word):
        """Obscure names made of one of these and a plain word."""
        return {letters for letters, word in self.words.items()
                if len(letters) in LENGTHS and is_obscure(word)
                and is_word(letters) and self.free(letters)
                and any(rest in self.words and is_plain(self.words[rest])
                        for rest in parts(letters, terms))}

    def add_to(self, block, dictionary, is_word):
        """Adds all of them, the surest source first."""
        offensive = {word for word in block.words() if len(word) >= 3}
        block.add_words(sorted(self.listed), "harmful")
        found = self.of_wordnet()
        block.add_words(sorted(found), "wordnet")
        fresh = self.forms_of(self.listed | found, is_word) - block.words()
        block.add_words(sorted(fresh), "inflection")
        heard = self.sounding(dictionary, offensive) - block.words()
        block.add_words(sorted(heard), "sound")
        names = self.holding(block.strong(), is_word) - block.words()
        block.add_words(sorted(filter(block.is_term, names)), "part")
