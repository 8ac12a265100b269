"""wordnet.py: the synsets of WordNet, what points where, how often tagged."""

import collections
import dataclasses
import re

PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
# The digit after % in a sense key; satellites are adjectives.
SENSE_PARTS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
HYPONYM, SIMILAR, USED_SO, DERIVED, OF_ADJECTIVE = (
    "~", "&", "-u", "+", "\\")


@dataclasses.dataclass
class Synset:
    """Words as they are written, blanks as _; what it points to; meaning."""
    words: list
    pointers: list  # kind, place, ends: two digits each for the words
    gloss: str


class WordNet:
    """Senses of words, and what points from one to another."""

    def __init__(self, folder):
        self.synsets = {}  # (part, place) -> synset
        self.senses = {}  # (lemma, part) -> places, the most usual first
        self.counts = {}  # (lemma, part, number) -> how often tagged
        for name, part in PARTS.items():
            for fields, gloss in records(folder / ("data." + name)):
                self.synsets[part, fields[0]] = read_synset(fields, gloss)
            for fields, _ in records(folder / ("index." + name)):
                places = fields[-int(fields[2]):]
                self.senses[fields[0], part] = places
        for fields, _ in records(folder / "cntlist.rev"):
            lemma, rest = fields[0].split("%")
            sense = lemma, SENSE_PARTS[rest[0]], int(fields[1])
            self.counts[sense] = int(fields[2])

    def find(self, text):
        """The place of LEMMA.PART.NUMBER."""
        lemma, part, number = text.rsplit(".", 2)
        return part, self.senses[lemma, part][int(number) - 1]

    def follow(self, place, wanted):
        """Where the pointers of this kind lead."""
        return [there for kind, there, _ in self.synsets[place].pointers
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
        """Lemmas of other synsets that are made of words of these."""
        found = collections.defaultdict(set)
        for place in places:
            synset = self.synsets[place]
            for kind, there, ends in synset.pointers:
                if kind == DERIVED:
                    base = word_at(synset, ends[:2])
                    word = word_at(self.synsets[there], ends[2:])
                    if word != base:
                        found[there].add(word)
        return found


def records(path):
    """The lines of a file as fields and gloss; no licence."""
    with open(path, encoding="latin-1") as lines:
        for line in lines:
            if not line.startswith("  "):
                fields, _, gloss = line.partition("|")
                yield fields.split(), gloss


def read_synset(fields, gloss):
    """fields[3] is the number of words, in hexadecimal."""
    last = 4 + 2 * int(fields[3], 16)
    words = [re.sub(r"\(.*\)", "", word) for word in fields[4:last:2]]
    pointers = []
    for i in range(last + 1, last + 1 + 4 * int(fields[last]), 4):
        kind, place, part, ends = fields[i:i + 4]
        pointers.append((kind, (part.replace("s", "a"), place), ends))
    return Synset(words, pointers, gloss)


def word_at(synset, end):
    """The word that one end of a pointer names, as a lemma."""
    return synset.words[int(end, 16) - 1].lower()
