"""foreign.py: lexicons of languages other than English.

There is no benchmark for them: the weights are set by hand, those of the
English study for frequency and length, round figures for the rest.
"""

import dataclasses
import json
import math
import pathlib
import re

from block import Block, read_cuss, read_naughty
from letters import LETTERS_MAX, fits, key, read_list
from output import write_lines, write_sources
from sources import (CUSS, NAUGHTY, ONBOARD, TRADES, Package, Sources,
                     unpacked_folder)

HERE = pathlib.Path(__file__).parent
DICTIONARIES = pathlib.Path("/usr/share/dict")
MODELS = unpacked_folder(ONBOARD) / "usr/share/onboard/models"

# All in nats; a frequency is log10 of a probability. Of English these are the
# fitted weights, the last three are set so that a word of advertising beats
# any other, and a trade beats an unknown word.
FREQUENCY_WEIGHT = {1: 0.09, 2: 0.09, 3: 0.66}
FREQUENCY_WEIGHT_LONG = 0.55
LENGTH_WEIGHT = {1: -1.85, 2: -2.59, 3: -1.04, 4: -0.75, 5: -0.31, 6: 0.19}
LENGTH_WEIGHT_LONG = 1.00
WORD_WEIGHT = -0.40
NAME_WEIGHT = -1.20
ADVERTISING_WEIGHT = 1.90
TRADE_WEIGHT = 0.50
# A word that the counts do not have is rarer than the rarest of them, by this
# on the scale of log10.
UNSEEN = 1.0
PAIR_BONUS, PAIR_WEIGHT, PAIR_MIN, PAIR_MAX = 0.59, 1.43, 0.10, 8.0
# Longer words only run past the seventh key: usual ones alone are worth it.
LONG_WORD = 8
# Words of a trade's name below this are mostly "of" and "for".
TRADE_LETTERS_MIN = 4


@dataclasses.dataclass(frozen=True)
class Language:
    """A language: where its words are, and how it is blocked."""
    package: Package
    dictionary: str
    model: str
    cuss: tuple
    endings: tuple
    capital_nouns: bool = False


def word_list(name, version, licence):
    """A package of Debian's lists of words."""
    return Package(name, version, licence, "the words, accents folded")


ROMANCE = ("s", "es")
LANGUAGES = {
    "es": Language(word_list("wspanish", "1.0.30", "public domain"),
                   "spanish", "es_ES", ("es",), ROMANCE),
    "fr": Language(word_list("wfrench", "1.2.7-2", "GPL-2+"),
                   "french", "fr_FR", ("fr",), ROMANCE + ("e", "er", "x")),
    "de": Language(word_list("wngerman", "20161207-11", "GPL-2+"),
                   "ngerman", "de_DE", (), ("e", "en", "er", "n", "s", "t"),
                   capital_nouns=True),
    "it": Language(word_list("witalian", "1.10", "GPL-3+"),
                   "italian", "it_IT", ("it",), ("a", "e", "i", "o")),
    "pt": Language(word_list("wportuguese", "20220621-1",
                             "GPL-2+ or LGPL-2.1+ or MPL-1.1"),
                   "portuguese", "pt_BR", ("pt", "pt-pt"), ROMANCE),
    "nl": Language(word_list("wdutch", "1:2.20.19-2", "BSD or CC-BY-3.0"),
                   "dutch", "nl_NL", (), ("en", "er", "s", "t")),
}


def packages_of(name):
    """What the lexicon of a language is made of."""
    return [LANGUAGES[name].package, ONBOARD, TRADES, CUSS, NAUGHTY]


class Foreign:
    """The lexicon of one language."""

    def __init__(self, name):
        self.name = name
        self.language = LANGUAGES[name]
        self.sources = Sources(packages_of(name))
        self.short = set()
        for line in read_list(HERE / "short-foreign.txt"):
            language, *words = line.split()
            if language == name:
                self.short.update(words)
        self.advertising = set(
            read_list(HERE / ("advertising-%s.txt" % name)))
        self.words = {}  # letters -> whether it is only a name
        self.trades = set()
        self.counts, self.pair_counts = {}, {}
        self.total = 0
        self.unseen = 0.0  # frequency of a word without a count

    def read(self):
        """All but the block list."""
        self.read_words()
        self.read_trades()
        self.read_counts()

    def read_words(self):
        """A word with a capital is a name, but for German."""
        path = DICTIONARIES / self.language.dictionary
        for text in path.read_text(encoding="utf-8").splitlines():
            letters = key(text)
            if not 3 <= len(letters) <= LETTERS_MAX or text.endswith("'"):
                continue
            name = text[0].isupper() and not self.language.capital_nouns
            self.words[letters] = self.words.get(letters, True) and name
        for letters in self.short | self.advertising:
            self.words[letters] = False

    def read_trades(self):
        """Kinds of business, as the map editor iD calls them."""
        path = self.sources.npm_file(
            "@openstreetmap/id-tagging-schema/dist/translations/%s.json"
            % self.name)
        presets = json.loads(path.read_text(encoding="utf-8"))[
            self.name]["presets"]["presets"]
        for name, preset in presets.items():
            if name.startswith(("shop/", "craft/", "office/", "healthcare/")):
                parts = re.split(r"[\s/\-,()]+", preset.get("name", ""))
                self.trades.update(
                    key(part) for part in parts
                    if TRADE_LETTERS_MIN <= len(key(part)) <= LETTERS_MAX)
        for letters in self.trades:
            self.words[letters] = False

    def read_counts(self):
        """The forms of the same letters count as the most usual one."""
        path = MODELS / (self.language.model + ".lm")
        order = 0
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("\\"):
                order = int(line[1]) if line[1:2].isdigit() else 0
            elif order and line:
                count, *forms = line.split(" ")
                self.add_count(int(count), order, tuple(map(key, forms)))
        rarest = min(self.counts.values())
        self.unseen = math.log10(rarest / self.total) - UNSEEN

    def add_count(self, count, order, letters):
        """Words: all make the total; pairs: those that can be spelled."""
        if order == 1:
            self.total += count
            word = letters[0]
            if word:
                self.counts[word] = max(count, self.counts.get(word, 0))
        elif len(letters) == 2 and all(letters) and fits(*letters):
            self.pair_counts[letters] = max(
                count, self.pair_counts.get(letters, 0))

    def frequency(self, letters):
        """log10 of its probability."""
        if letters not in self.counts:
            return self.unseen
        return math.log10(self.counts[letters] / self.total)

    def score(self, letters):
        """In nats."""
        length = len(letters)
        score = WORD_WEIGHT + LENGTH_WEIGHT.get(length, LENGTH_WEIGHT_LONG)
        score += (FREQUENCY_WEIGHT.get(length, FREQUENCY_WEIGHT_LONG)
                  * self.frequency(letters))
        score += NAME_WEIGHT * self.words[letters]
        if letters in self.advertising:
            score += ADVERTISING_WEIGHT
        elif letters in self.trades:
            score += TRADE_WEIGHT
        return score

    def is_worth(self, letters):
        """Long words need more than being in a dictionary."""
        return (len(letters) < LONG_WORD or letters in self.counts
                or letters in self.advertising or letters in self.trades)

    def pairs(self, known):
        """Yields the pairs of known words that earn a bonus."""
        for left, right in sorted(self.pair_counts):
            if left not in known or right not in known:
                continue
            given = (self.pair_counts[left, right]
                     / self.counts.get(left, self.total))
            gain = math.log10(given) - self.frequency(right)
            bonus = min(PAIR_BONUS + PAIR_WEIGHT * gain, PAIR_MAX)
            if bonus >= PAIR_MIN:
                yield left, right, bonus

    def block(self):
        """The lists of the language; English terms across words only."""
        cuss = {}
        for name in self.language.cuss:
            cuss.update(read_cuss(self.sources.npm_file(
                "cuss/%s.js" % name)))
        block = Block([], cuss, read_naughty(self.sources.npm_file(
            "naughty-words/%s.json" % self.name)), self.language.endings)
        block.inflect(lambda form: form in self.words)
        english = Block(read_list(HERE / "block-en.txt"),
                        read_cuss(self.sources.npm_file("cuss/index.js")),
                        read_naughty(self.sources.npm_file(
                            "naughty-words/en.json")))
        block.add_spans(english)
        return block

    def write(self, folder):
        """words.tsv, pairs.tsv, block.tsv, model, and the licences."""
        self.read()
        block = self.block()
        known = {letters for letters in self.words
                 if self.is_worth(letters)} - block.words()
        folder.mkdir(parents=True, exist_ok=True)
        write_lines(folder / "words.tsv",
                    ("%s\t%d" % (letters, round(100 * self.score(letters)))
                     for letters in sorted(known)))
        write_lines(folder / "pairs.tsv",
                    ("%s\t%s\t%d" % (left, right, round(100 * bonus))
                     for left, right, bonus in self.pairs(known)))
        write_lines(folder / "block.tsv", block.lines())
        model = (HERE / "model-foreign").read_text(encoding="utf-8")
        (folder / "model").write_text(
            model.replace("name foreign", "name %s" % self.name))
        self.write_licences(folder)

    def write_licences(self, folder):
        """Most word lists are copyleft: the folder is for its maker's use."""
        write_sources(folder / "sources.tsv", self.sources,
                      ["advertising-%s.txt" % self.name, "block-en.txt",
                       "short-foreign.txt"])
        write_lines(folder / "LICENCE", [
            "These files are derived from the packages in sources.tsv, under",
            "their licences. Where one of them is under the GPL, so are these",
            "files, and an index made of them: hand either on under its terms,",
            "or keep them to yourself. Nothing of this is part of vanity.",
        ])
