"""harm.py: words that harm a business, of WordNet and of our list."""

import collections
import re

from letters import LETTERS_MAX, key

FILES = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
SENSE_PARTS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
HYPONYM, SIMILAR, USED_SO, DERIVED, OF_ADJECTIVE = (
    "~", "&", "-u", "+", "\\")
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
# More frequent given names than this are heard as names.
GIVEN_MAX = 1000


class WordNet:
    """Senses of words, and what points from one to another."""

    def __init__(self, folder):
        self.synsets = {}  # (part, place) -> its words
        self.pointers = collections.defaultdict(list)
        self.senses = {}  # (lemma, part) -> places, the most usual first
        self.counts = {}  # (lemma, part, number) -> how often tagged
        for name, part in FILES.items():
            for fields in records(folder / ("data." + name)):
                self.read_synset(fields, part)
            for fields in records(folder / ("index." + name)):
                places = fields[-int(fields[2]):]
                self.senses[fields[0], part] = places
        for fields in records(folder / "cntlist.rev"):
            lemma, rest = fields[0].split("%")
            sense = lemma, SENSE_PARTS[rest[0]], int(fields[1])
            self.counts[sense] = int(fields[2])

    def read_synset(self, fields, part):
        """fields[3] is the number of words, in hexadecimal."""
        place = part, fields[0]
        last = 4 + 2 * int(fields[3], 16)
        self.synsets[place] = [re.sub(r"\(.*\)", "", word).lower()
                               for word in fields[4:last:2]]
        for i in range(last + 1, last + 1 + 4 * int(fields[last]), 4):
            kind, other, there, ends = fields[i:i + 4]
            self.pointers[place].append(
                (kind, (there.replace("s", "a"), other), ends))

    def find(self, text):
        """The synset of LEMMA.PART.NUMBER."""
        lemma, part, number = text.rsplit(".", 2)
        return part, self.senses[lemma, part][int(number) - 1]

    def follow(self, place, wanted):
        """Where the pointers of this kind lead."""
        return [there for kind, there, _ in self.pointers[place]
                if kind == wanted]

    def tree(self, root):
        """The synset and all kinds of it."""
        found, waiting = set(), [root]
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting += self.follow(place, HYPONYM)
        return found

    def derived(self, places):
        """Senses of other words that are made of words of these synsets."""
        found = set()
        for place in places:
            for kind, there, ends in self.pointers[place]:
                if kind == DERIVED:
                    base = self.synsets[place][int(ends[:2], 16) - 1]
                    word = self.synsets[there][int(ends[2:], 16) - 1]
                    if word != base:
                        found.add((word, there))
        return found

    def weights(self):
        """Yields letters, lemma, synset and how much it counts."""
        for (lemma, part), places in self.senses.items():
            for number, place in enumerate(places, 1):
                count = self.counts.get((lemma, part, number), 0)
                yield (key(lemma), lemma, (part, place),
                       count + SENSE_PRIOR / number)


def records(path):
    """The lines of a file of WordNet as fields; no gloss, no licence."""
    with open(path, encoding="latin-1") as lines:
        for line in lines:
            if not line.startswith("  "):
                yield line.partition("|")[0].split()


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


def harmful_shares(net, rules):
    """letters -> how much of its use is harmful, from above 0 to 1."""
    synsets = harmful_synsets(net, rules)
    derived = net.derived(synsets)
    adverbs = {place for place in net.synsets if place[0] == "r" and
               synsets.intersection(net.follow(place, OF_ADJECTIVE))}
    bad, all_of = collections.Counter(), collections.Counter()
    for letters, lemma, place, weight in net.weights():
        all_of[letters] += weight
        if (place in synsets or place in adverbs
                or (lemma, place) in derived):
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


class Harm:
    """What is added to a block list, and from where."""

    def __init__(self, english, listed, rules, kept):
        """listed: our words; kept: words that no rule takes."""
        self.words = english.words
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

    def of_wordnet(self, net):
        """Words that are mostly harmful; everyday ones hardly else."""
        return {letters for letters, share
                in harmful_shares(net, self.rules).items()
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

    def add_to(self, block, net, dictionary, is_word):
        """Adds all of them, the surest source first."""
        offensive = {word for word in block.words() if len(word) >= 3}
        block.add_words(sorted(self.listed), "harmful")
        found = self.of_wordnet(net)
        block.add_words(sorted(found), "wordnet")
        fresh = self.forms_of(self.listed | found, is_word) - block.words()
        block.add_words(sorted(fresh), "inflection")
        heard = self.sounding(dictionary, offensive) - block.words()
        block.add_words(sorted(heard), "sound")
