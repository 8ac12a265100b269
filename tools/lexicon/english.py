"""english.py: what the packages say about each English word."""

import collections
import dataclasses
import json
import math
import re
import subprocess

from letters import key
from wordnet import WordNet

PROBABILITY_FLOOR = -8.0
# Above this SCOWL's lists hold what hardly anybody knows: good for a list of
# what is not said, not for a lexicon.
SCOWL_TIER_MAX = 70
SCOWL_LISTS = (
    ("word", ("english-words", "american-words", "variant_1-words")),
    ("upper", ("english-upper", "american-upper")),
    ("name", ("english-proper-names", "american-proper-names")),
    ("abbreviation", ("english-abbreviations", "american-abbreviations")),
    ("contraction", ("english-contractions", "variant_1-contractions")),
)
ACRONYM_LETTERS = range(2, 7)
TRADE_KINDS = ("shop", "craft", "office", "amenity", "healthcare", "leisure",
               "tourism", "sport")
NSI_NAMES = ("name", "brand", "operator", "network")
NSI_SHORT = ("short_name", "brand:short", "operator:short", "network:short")
# The possessive form of these reads "is" or, of let, "us".
CONTRACTED = ("he", "here", "how", "it", "let", "she", "that", "there", "this",
              "what", "when", "where", "who")
NSI_ENGLISH = ("ca", "gb", "au", "nz", "ie", "150", "019", "021", "003")


@dataclasses.dataclass
class Word:
    """One row of letters; tiers are those of SCOWL, names are NSI's counts."""
    plain: float = 0.0  # probability of the form without apostrophe
    quoted: float = 0.0  # of the forms with one
    pronounced: bool = False
    tiers: dict = dataclasses.field(default_factory=dict)
    parts: set = dataclasses.field(default_factory=set)
    tags: collections.Counter = dataclasses.field(
        default_factory=collections.Counter)
    lower: bool = False  # as WordNet writes it
    proper: bool = False
    acronym: bool = False
    names: collections.Counter = dataclasses.field(
        default_factory=collections.Counter)
    trade: bool = False
    icon: bool = False
    surname: int = 0  # rank, 0 = none
    given: int = 0
    spelled: float = None  # log10 probability of its letters one by one
    begins: float = None  # log10 probability that it begins a sentence
    ends: float = None  # that a sentence ends behind it; None = not listed

    @property
    def listed(self):
        """Whether the language model has it."""
        return self.plain > 0 or self.quoted > 0

    @property
    def frequency(self):
        """log10 probability of its more common form."""
        most = max(self.plain, self.quoted)
        return math.log10(most) if most > 0 else PROBABILITY_FLOOR


class English:
    """The words, the pairs of the model and of brands, by package."""

    def __init__(self, sources):
        self.sources = sources
        self.net = WordNet(sources.folder("wordnet"))
        self.words = collections.defaultdict(Word)
        self.pairs = {}  # (a, b) -> log10 of p(b|a) / p(b)
        self.rare = set()  # words of SCOWL that are in no lexicon
        self.brand_names = set()  # tuples of words, "" for what is none
        self.lemma_pairs = set()  # neighbours in a term of WordNet
        self.gloss_pairs = set()  # neighbours where WordNet explains one

    def read(self):
        """Reads all packages; the model last, as it is asked for acronyms."""
        for base in CONTRACTED:
            self.words[base + "s"].tiers["contraction"] = 10
        self.read_dictionary()
        self.read_scowl()
        self.read_wordnet()
        self.read_names()
        self.read_trades()
        self.read_icons()
        self.read_census()
        self.read_model()

    def read_dictionary(self):
        """The headwords of the CMU dictionary."""
        with self.sources.open("cmudict", errors="replace") as lines:
            for line in lines:
                head = line.split()[0]
                if key(head) and not re.search("[.']", head):
                    self.words[key(head)].pronounced = True

    def read_scowl(self):
        """The lowest tier of a word in each kind of list."""
        for kind, names in SCOWL_LISTS:
            for name in names:
                for path in sorted(self.sources.folder("scowl").glob(
                        name + ".*")):
                    self.read_scowl_list(path, kind, int(path.suffix[1:]))
        path = self.sources.folder("scowl") / "special-hacker.50"
        self.read_scowl_list(path, "", 50)

    def read_scowl_list(self, path, kind, tier):
        """An empty kind: abbreviations are in capitals, the rest are words."""
        for line in path.read_text(encoding="latin-1").splitlines():
            text = line.strip()
            letters = key(text)
            if not letters or text.endswith("'s"):
                continue
            if tier > SCOWL_TIER_MAX:
                self.rare.add(letters)
                continue
            own = kind or ("abbreviation" if text.isupper() else "word")
            tiers = self.words[letters].tiers
            tiers[own] = min(tier, tiers.get(own, tier))

    def read_wordnet(self):
        """Parts of speech, how it is written, how often tagged, neighbours."""
        for (part, _), synset in self.net.synsets.items():
            self.gloss_pairs.update(gloss_neighbours(synset.gloss))
            for text in synset.words:
                self.read_lemma(text, part)
        for (lemma, part, _), count in self.net.counts.items():
            letters = key(lemma)
            if letters in self.words:
                self.words[letters].tags[part] += count

    def read_lemma(self, text, part):
        """One word, or a term of several with _ between."""
        parts = [key(word) for word in text.split("_")]
        self.lemma_pairs.update(
            pair for pair in zip(parts, parts[1:]) if all(pair))
        letters = key(text)
        if not letters:
            return
        word = self.words[letters]
        word.parts.add(part)
        if text.replace(".", "").isupper() and len(letters) > 1:
            word.acronym = True
        elif text[0].isupper():
            word.proper = True
        else:
            word.lower = True

    def read_names(self):
        """Brands and operators of the name-suggestion-index."""
        index = json.loads(self.sources.text("names"))["nsi"]
        for path in sorted(index):
            kind = path.split("/")[0]
            if kind != "flags":
                for item in index[path]["items"]:
                    self.read_name(item, "brand" if kind == "brands"
                                   else "operator")

    def read_name(self, item, kind):
        """One brand counts each of its words and whole names once."""
        tags, scope = item["tags"], name_scope(item)
        long_names = {tags[tag + suffix] for tag in NSI_NAMES
                      for suffix in ("", ":en") if tag + suffix in tags}
        long_names.add(item["displayName"])
        short_names = {tags[tag] for tag in NSI_SHORT if tag in tags}
        parts, whole, full, marks = set(), set(), set(), set()
        for name in sorted(long_names | short_names):
            words = name_words(name)
            joined = "".join(words)
            parts.update(words)
            full.add(tuple(words))
            if len(words) == 1:
                whole.add(joined)
            elif all(words):
                marks.add(("joined", joined))
        marks.update(("part", part) for part in parts if part)
        marks.update((kind, name) for name in whole)
        marks.update(("short", "".join(name_words(name)))
                     for name in short_names)
        for mark, letters in sorted(marks):
            if letters:
                self.words[letters].names[mark + "_" + scope] += 1
        if scope == "us":
            self.brand_names.update(full)

    def read_trades(self):
        """Names, aliases and terms of the kinds of business on a map."""
        text = self.sources.text("trades")
        presets = json.loads(text)["en"]["presets"]["presets"]
        for name, preset in presets.items():
            if name.split("/")[0] not in TRADE_KINDS:
                continue
            texts = [preset.get(field, "")
                     for field in ("name", "aliases", "terms")]
            for part in re.split(r"[\s/\-,]+", " ".join(texts)):
                if key(part):
                    self.words[key(part)].trade = True

    def read_icons(self):
        """Brands that have an icon; whole names only."""
        for icon in json.loads(self.sources.text("icons")):
            letters = "".join(name_words(icon["title"]))
            if letters:
                self.words[letters].icon = True

    def read_census(self):
        """Ranks of names in the census of the United States."""
        text = self.sources.text("census")
        for field, names in (("surname", ("surnames",)),
                             ("given", ("female_names", "male_names"))):
            for name in names:
                ranked = re.search('^  %s: "([a-z,]*)"' % name, text,
                                   re.MULTILINE)[1].split(",")
                for rank, letters in enumerate(ranked, 1):
                    word = self.words[letters]
                    old = getattr(word, field)
                    setattr(word, field, min(rank, old) if old else rank)

    def acronyms(self):
        """What may be read letter by letter."""
        return sorted(
            letters for letters, word in self.words.items()
            if len(letters) in ACRONYM_LETTERS and
            ("abbreviation" in word.tiers or word.acronym or
             any(mark.startswith("short_") or mark.endswith("_us")
                 and mark.startswith(("brand_", "operator_"))
                 for mark in word.names)))

    def read_model(self):
        """Probabilities of words, of neighbours and of acronyms."""
        output = subprocess.run(
            [self.sources.program(), self.sources.file("model")],
            input="".join(a + "\n" for a in self.acronyms()),
            capture_output=True, text=True, check=True).stdout
        lines = [line.split("\t") for line in output.splitlines()]
        for fields in lines:
            if fields[0] == "word":
                self.read_form(fields[1], 10 ** float(fields[2]))
            elif fields[0] == "acronym":
                self.words[fields[1]].spelled = float(fields[2])
            elif fields[0] in ("begins", "ends") and "'" not in fields[1]:
                setattr(self.words[fields[1]], fields[0], float(fields[2]))
        self.read_pairs([f for f in lines if f[0] == "pair"],
                        {f[1]: float(f[2]) for f in lines if f[0] == "word"})

    def read_form(self, form, probability):
        """The letters of several forms are the more common one's."""
        word = self.words[key(form)]
        if "'" in form:
            word.quoted = max(word.quoted, probability)
        else:
            word.plain = max(word.plain, probability)

    def read_pairs(self, lines, frequency):
        """Of forms with the same letters the more common pair counts."""
        best = {}
        for _, left, right, conditional, joint in lines:
            if self.is_rarer_form(left) or self.is_rarer_form(right):
                continue
            pair = key(left), key(right)
            gain = float(conditional) - frequency[right]
            best[pair] = max(best.get(pair, (PROBABILITY_FLOOR * 2, 0)),
                             (float(joint), gain))
        self.pairs = {pair: gain for pair, (_, gain) in best.items()}

    def is_rarer_form(self, form):
        """A possessive beside a more common plain form: dad's, dads."""
        word = self.words[key(form)]
        return ("'" in form and word.plain >= word.quoted
                and "contraction" not in word.tiers)


def name_words(name):
    """The words of a name; AT&T and Dunkin' are one, a number is ""."""
    plain = re.sub(r"[?!®™\"()]|(?<=\S)&(?=\S)", "", name)
    return [key(word) for word in re.split(r"\s+&\s+|[\s/+,\-]+", plain)
            if word]


def gloss_neighbours(gloss):
    """Pairs of words that nothing but blanks stands between."""
    for phrase in re.split(r"[^a-z' ]+", gloss.lower()):
        words = [key(word) for word in phrase.split()]
        yield from (pair for pair in zip(words, words[1:]) if all(pair))


def name_scope(item):
    """us: the United States or the world; en: other English; x: the rest."""
    include = [place.lower() for place in item["locationSet"].get(
        "include", []) if isinstance(place, str)]
    if any(p in ("001", "us") or p.startswith("us-") for p in include):
        return "us"
    if any(p in NSI_ENGLISH or p.startswith("ca-") for p in include):
        return "en"
    return "x"
