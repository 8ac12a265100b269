"""block.py: the block list of a language, of cuss, naughty-words and ours."""

import json
import re

from letters import LETTERS_MAX, fold

ENGLISH_ENDINGS = ("s", "es", "ed", "er", "ers", "ing", "in", "y")
# Longer terms do not fit beside another word; shorter ones are everywhere.
SPAN_LETTERS = range(3, 8)
INFLECTED_MIN = 3
FOREIGN_SPAN_MIN = 4
# Shorter ones stand in names by chance.
STRONG_MIN = 4
# cuss rates how sure it is that a term is meant as one, from 0 to 2.
CUSS_SURE = 2


class Block:
    """Terms with flags T (never a word), S (never across words), sources."""

    def __init__(self, own, cuss, naughty, endings=ENGLISH_ENDINGS):
        """own: lines of the language's list; cuss: term -> rating."""
        self.endings = endings
        self.own = {"allow": {}, "take": {}, "word": {}, "add": {}}
        for line in own:
            verb, term, *flags = line.split()
            self.own[verb][term] = flags[0] if flags else ""
        self.terms = {}
        self.read(cuss, naughty)

    def read(self, cuss, naughty):
        """Later sources are named after earlier ones."""
        ratings = {}
        for term, rating in cuss.items():
            name = join(term)
            ratings[name] = max(rating, ratings.get(name, rating))
        listed = {join(term) for term in naughty}
        for term in sorted(listed | set(ratings)):
            sure = (term in listed or term in self.own["take"]
                    or ratings[term] == CUSS_SURE)
            if sure and self.is_term(term):
                sources = ["naughty-words"] if term in listed else []
                if term in ratings:
                    sources.append("cuss:%d" % ratings[term])
                self.terms[term] = self.flags(term), ",".join(sources)
        for term, flags in self.own["add"].items():
            self.terms[term] = flags, "authored"

    def is_term(self, term):
        """Of a length that can be spelled, and not harmless."""
        return 2 <= len(term) <= LETTERS_MAX and term not in self.own["allow"]

    def flags(self, term):
        """Some short terms meet by chance in harmless words too often."""
        span = len(term) in SPAN_LETTERS and term not in self.own["word"]
        return "TS" if span else "T"

    def inflect(self, is_word):
        """Adds the forms of the terms that are words."""
        bases = [term for term, (flags, _) in self.terms.items()
                 if "T" in flags and len(term) >= INFLECTED_MIN]
        for base in bases:
            for ending in self.endings:
                form = base + ending
                if (form not in self.terms and self.is_term(form)
                        and is_word(form)):
                    self.terms[form] = "T", "inflection"

    def add_words(self, words, source):
        """These are no words either, but no form of them is guessed."""
        for word in words:
            flags, sources = self.terms.get(word, ("", ""))
            if "T" not in flags:
                self.terms[word] = ("T" + flags, ",".join(
                    filter(None, [sources, source])))

    def add_spans(self, other):
        """The terms of another language are not formed across words."""
        for term, (flags, source) in other.terms.items():
            if "S" in flags and len(term) >= FOREIGN_SPAN_MIN:
                self.terms.setdefault(term, ("S", source))

    def words(self):
        """What is never a word."""
        return {term for term, (flags, _) in self.terms.items()
                if "T" in flags}

    def strong(self):
        """What the packages are sure of: it offends within a name, too."""
        return {term for term, (flags, source) in self.terms.items()
                if flags == "TS" and len(term) >= STRONG_MIN
                and ("naughty-words" in source
                     or "cuss:%d" % CUSS_SURE in source)}

    def lines(self):
        """Yields the lines of block.tsv."""
        for term, (flags, source) in sorted(self.terms.items()):
            yield "%s\t%s\t%s" % (term, flags, source)


def join(term):
    """Terms of several words and signs are spelled without a gap."""
    return re.sub("[^a-z]", "", fold(term))


def read_cuss(path):
    """The table of term and rating in a module of cuss."""
    entry = re.compile(r"""^  (?:'([^']+)'|"([^"]+)"|([^\s'":]+)): (\d),?$""",
                       re.MULTILINE)
    found = entry.findall(path.read_text(encoding="utf-8"))
    return {a or b or c: int(rating) for a, b, c, rating in found}


def read_naughty(path):
    """A list of naughty-words."""
    return json.loads(path.read_text(encoding="utf-8"))
