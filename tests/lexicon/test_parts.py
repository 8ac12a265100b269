"""The parts of the lexicon pipeline, without packages."""

import collections
import gzip
import math
import pathlib
import sys
import tempfile
import types
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools/lexicon"))

# pylint: disable=wrong-import-position
from block import Block, read_cuss
from english import Word, gloss_neighbours, name_scope, name_words
from features import AUTHORS, WRITTEN, Features, bases, brand_pairs
from harm import Harm, forms, harmful_shares, same_sound
from letters import LETTERS_MAX, fits, key, read_counts, read_list
from output import feature_text, number, write_packed
from places import names_of_places, of_places
from sources import ENGLISH, how_to_install
from wordnet import WordNet


class Letters(unittest.TestCase):

    def test_accents_are_folded(self):
        for text, letters in (("Straße", "strasse"), ("niño", "nino"),
                              ("Œuvre", "oeuvre"), ("I.B.M.", "ibm"),
                              ("don’t", "dont"), ("T-shirt", "tshirt")):
            self.assertEqual(key(text), letters)

    def test_anything_else_is_no_word(self):
        for text in ("", "a1", "two words", "жук", "a&b", "."):
            self.assertEqual(key(text), "")

    def test_the_second_word_may_run_past_if_it_covers_three_keys(self):
        self.assertTrue(fits("call", "now"))
        self.assertTrue(fits("call", "florid"))
        self.assertFalse(fits("call", "florida"))
        self.assertFalse(fits("hello", "now"))


class Names(unittest.TestCase):

    def test_signs_inside_a_word_do_not_divide_it(self):
        self.assertEqual(name_words("AT&T"), ["att"])
        self.assertEqual(name_words("Bed, Bath & Beyond"),
                         ["bed", "bath", "beyond"])
        self.assertEqual(name_words("1-800-GOT-JUNK?"),
                         ["", "", "got", "junk"])

    def test_places_are_grouped(self):
        for places, scope in ((["001"], "us"), (["us-ny.geojson"], "us"),
                              (["gb", "fr"], "en"), (["fr"], "x"),
                              ([[1.0, 2.0, 5]], "x")):
            item = {"locationSet": {"include": places}}
            self.assertEqual(name_scope(item), scope)

    def test_a_name_of_two_words_is_told_from_part_of_a_longer_one(self):
        whole, within = brand_pairs({("", "", "got", "junk"),
                                     ("bed", "bath", "furniture")})
        self.assertEqual(whole, {("got", "junk")})
        self.assertEqual(within, {("bed", "bath")})

    def test_neighbours_in_a_gloss_stand_in_one_phrase(self):
        self.assertEqual(list(gloss_neighbours('a car loan; "he\'s 18 now"')),
                         [("a", "car"), ("car", "loan")])
        self.assertEqual(list(gloss_neighbours("don't go")), [("dont", "go")])

    def test_inflections_lead_to_their_base(self):
        self.assertIn("roof", bases("roofers"))
        self.assertIn("agency", bases("agencies"))
        self.assertIn("hire", bases("hiring"))
        self.assertEqual(bases("as"), [])


class Written(unittest.TestCase):
    """The lists of several authors."""

    def setUp(self):
        self.features = Features(types.SimpleNamespace(
            words=collections.defaultdict(
                Word, {"known": Word(lower=True, parts={"n"})})))
        self.features.written = {
            "word": {"known": 1, "rumour": 1, "zzyzx": 2, "cat": 3},
            "name": {"known": 4}, "abbr": {"qq": 1, "qx": 2}}

    def test_a_word_that_nothing_else_knows_needs_two_authors(self):
        self.assertEqual(self.features.choose({"cat"}).count("cat"), 0)
        chosen = set(self.features.choose({"cat"}))
        self.assertLessEqual({"known", "zzyzx", "qx"}, chosen)
        self.assertFalse({"rumour", "qq"} & chosen)

    def test_authors_are_counted_by_kind(self):
        found = self.features.of_word("known")
        self.assertEqual(found["written_word_1"], 1)
        self.assertEqual(found["written_name_4"], 1)
        self.assertNotIn("written_word_short", found)
        self.assertEqual(self.features.of_word("qx")["written_abbr_short"], 1)

    def test_the_lists_are_what_the_weights_expect(self):
        for name in WRITTEN.values():
            counts = read_counts(TOP / "tools/lexicon" / name)
            self.assertEqual(set(counts.values()),
                             set(range(1, AUTHORS + 1)), name)
            for word in counts:
                self.assertEqual(key(word), word, name)
                self.assertLessEqual(len(word), LETTERS_MAX, name)
        for pair, count in read_counts(
                TOP / "tools/lexicon/written-pairs-en.txt").items():
            self.assertEqual(len(pair.split(" ")), 2, pair)
            self.assertIn(count, range(1, AUTHORS + 1), pair)


class Places(unittest.TestCase):
    """Features that count where a word begins or ends a spelling."""

    def both(self, found):
        """Those of first:, which must be the same as those of last:."""
        result = of_places(found, Word())
        first = {name[6:]: value for name, value in result.items()
                 if name.startswith("first:")}
        last = {name[5:]: value for name, value in result.items()
                if name.startswith("last:")}
        self.assertEqual(first, last)
        self.assertEqual(len(result), 2 * len(first))
        return first

    def test_classes_keep_their_name_and_openers_are_one(self):
        self.assertEqual(
            self.both({"class_v": 1, "open_call": 1, "open_my": 1}),
            {"class_v": 1, "open": 1})

    def test_what_says_nothing_of_a_place_is_left(self):
        self.assertEqual(self.both({"tier_35": 1, "lp_long": 1.6}), {})

    def test_ends_of_sentences_count_where_the_model_lists_them(self):
        self.assertEqual(of_places({}, Word(begins=-3.7)),
                         {"first:se": -3.7, "first:se1": 1})
        self.assertEqual(of_places({}, Word(ends=-1.05)),
                         {"last:se": -1.05, "last:se1": 1})

    def test_a_word_has_them_beside_its_own(self):
        features = Features(types.SimpleNamespace(
            words=collections.defaultdict(Word, {"wax": Word(ends=-2.0)})))
        found = features.of_word("wax")
        self.assertEqual((found["class_x"], found["first:class_x"],
                          found["last:class_x"], found["last:se"]),
                         (1, 1, 1, -2.0))
        self.assertTrue(all(found.values()))

    def test_all_have_terms_without_prior_and_bounds(self):
        features = Features(types.SimpleNamespace(words={}))
        terms = {name: limits for name, *limits in features.terms()}
        places = {name: limits for name, limits in terms.items()
                  if ":" in name}
        self.assertLessEqual(names_of_places(["class_v", "open_a", "icon"]),
                             set(places))
        for name in ("first:open", "last:class_n", "first:se", "last:se1"):
            self.assertEqual(places[name], [0, -math.inf, math.inf], name)
        self.assertNotIn("first:lp_3", terms)


class Blocking(unittest.TestCase):

    def setUp(self):
        own = ["allow harmless", "take milder", "word abcd", "add more S"]
        self.block = Block(own, {"sure": 2, "milder": 1, "mild": 1,
                                 "harmless": 2, "two words": 2, "abcd": 2,
                                 "wholelong": 2, "ab": 2},
                           ["listed", "sure", "toolongtospell"])

    def test_terms_have_flags_and_sources(self):
        self.assertEqual(list(self.block.lines()), [
            "ab\tT\tcuss:2", "abcd\tT\tcuss:2", "listed\tTS\tnaughty-words",
            "milder\tTS\tcuss:1", "more\tS\tauthored",
            "sure\tTS\tnaughty-words,cuss:2", "twowords\tT\tcuss:2",
            "wholelong\tT\tcuss:2"])

    def test_terms_are_strong_if_the_packages_are_sure(self):
        block = Block(["take mild", "word sure", "add ours TS"],
                      {"mild": 1, "sure": 2, "vile": 2}, ["foul", "bad"])
        self.assertEqual(block.strong(), {"foul", "vile"})

    def test_inflections_are_words_only(self):
        self.block.inflect({"listeds", "sures", "mores", "mildering"}
                           .__contains__)
        self.assertEqual(self.block.terms["sures"], ("T", "inflection"))
        self.assertIn("mildering", self.block.words())
        self.assertNotIn("mores", self.block.terms)

    def test_harmful_words_are_words_only(self):
        self.block.add_words(["bad", "sure", "more"], "harmful")
        self.assertEqual(self.block.terms["bad"], ("T", "harmful"))
        self.assertEqual(self.block.terms["sure"],
                         ("TS", "naughty-words,cuss:2"))
        self.assertEqual(self.block.terms["more"],
                         ("TS", "authored,harmful"))

    def test_terms_of_another_language_are_blocked_across_words(self):
        other = Block([], {"elsewhere": 2, "foreign": 2, "abc": 2}, [])
        self.block.add_spans(other)
        self.assertEqual(self.block.terms["foreign"][0], "S")
        self.assertNotIn("abc", self.block.terms)
        self.assertNotIn("foreign", self.block.words())

    def test_the_module_of_cuss_is_read_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "index.js"
            path.write_text("export const cuss = {\n  one: 1,\n"
                            "  'two three': 2,\n  \"it's\": 0\n}\n")
            self.assertEqual(read_cuss(path),
                             {"one": 1, "two three": 2, "it's": 0})


# Four senses: a swindle is a crime, a swindler is made of it; con is that and,
# more often, another thing; shady is similar to dishonest.
WORDNET = {
    "data.noun": """  licence
01 05 n 01 crime 0 001 ~ 02 n 0000 | an act
02 05 n 02 swindle 0 con 0 002 @ 01 n 0000 + 03 n 0101 | a fraud
03 05 n 01 swindler 0 001 + 02 n 0101 | who swindles
04 05 n 01 con 0 000 | an argument against
""",
    "index.noun": """  licence
con n 2 0 2 1 04 02
crime n 1 1 ~ 1 1 01
swindle n 1 1 @ 1 0 02
swindler n 1 0 1 0 03
""",
    "data.adj": """01 00 a 01 dishonest 0 001 & 02 a 0000 | not honest
02 00 s 01 shady(p) 0 001 & 01 a 0000 | of doubtful honesty
""",
    "index.adj": """dishonest a 1 0 1 0 01
shady a 1 0 1 0 02
""",
    "data.adv": "01 02 r 01 dishonestly 0 001 \\ 01 a 0101 | so\n",
    "index.adv": "dishonestly r 1 0 1 0 01\n",
    "data.verb": "", "index.verb": "",
    "cntlist.rev": "con%1:05:00:: 1 3\ncon%1:05:01:: 2 1\n",
}
RULES = ["tree crime.n.1", "head dishonest.a.1"]


class Harming(unittest.TestCase):

    def setUp(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in WORDNET.items():
                (pathlib.Path(folder) / name).write_text(text)
            self.net = WordNet(pathlib.Path(folder))
        self.words = {word: Word() for word in (
            "con", "crime", "swindle", "swindler", "swindlers", "shady",
            "shadyness", "crimes", "crumbs")}

    def harm(self, listed=(), rules=(), kept=()):
        """With the small WordNet's words."""
        english = types.SimpleNamespace(words=self.words, net=self.net)
        return Harm(english, listed, [*RULES, *rules], set(kept))

    def test_the_share_of_harmful_senses_is_weighed_by_use(self):
        shares = harmful_shares(self.net, RULES)
        self.assertEqual(shares["crime"], 1)
        self.assertEqual(shares["swindle"], 1)
        self.assertEqual(shares["swindler"], 1)
        self.assertEqual(shares["shady"], 1)
        self.assertEqual(shares["dishonestly"], 1)
        self.assertAlmostEqual(shares["con"], 1.5 / 5.5)

    def test_pruned_and_kept_words_are_left(self):
        pruned = harmful_shares(self.net, [*RULES, "prune swindle.n.1"])
        self.assertNotIn("swindle", pruned)
        self.assertIn("crime", pruned)
        found = self.harm(rules=["keep shady"], kept=["crime"]).of_wordnet()
        self.assertEqual(found, {"swindle", "swindler", "dishonest"})

    def test_everyday_words_and_given_names_are_left(self):
        self.words["crime"].given = 20
        harm = self.harm(rules=["prune swindle.n.1", "sense con.n.1"])
        self.assertIn("con", harm.of_wordnet())
        self.assertNotIn("crime", harm.of_wordnet())
        self.words["con"].tiers["word"] = 10
        self.assertNotIn("con", harm.of_wordnet())

    def test_forms_are_regular(self):
        self.assertLessEqual({"bungles", "bungled", "bungling"},
                             set(forms("bungle")))
        self.assertLessEqual({"botches", "botched"}, set(forms("botch")))
        self.assertLessEqual({"flopped", "flops"}, set(forms("flop")))
        self.assertLessEqual({"shoddier", "shoddiest"}, set(forms("shoddy")))

    def test_forms_that_are_words_of_their_own_are_left(self):
        self.words["crimes"].parts.add("n")
        harm = self.harm()
        known = self.words.__contains__
        self.assertEqual(harm.forms_of({"crime", "swindler"}, known),
                         {"swindlers"})

    def test_words_of_the_same_sound_are_found(self):
        lines = ["lie L AY", "lye L AY", "lie(2) L IY", "lee L IY", "low L OW"]
        self.assertEqual(same_sound(lines, {"lie"}), {"lye", "lee"})
        self.words["lye"] = Word(tiers={"word": 35})
        self.assertEqual(self.harm().sounding(lines, {"lie"}), {"lee"})

    def test_names_that_hold_an_offensive_term_are_found(self):
        self.words.update({
            "egg": Word(tiers={"word": 10}), "eggsleaze": Word(),
            "sleazehen": Word(), "hen": Word(lower=True),
            "upsleaze": Word(), "up": Word(lower=True), "tusleaze": Word(),
            "hensleaze": Word(surname=900), "sleazeegg": Word(parts={"n"})})
        harm = self.harm(kept=["sleazehen"])
        self.assertEqual(harm.holding({"sleaze"}, self.words.__contains__),
                         {"eggsleaze"})

    def test_the_surest_source_is_named(self):
        block = Block([], {"lies": 2}, [])
        self.harm(listed=["crime"]).add_to(
            block, ["lies L AY Z", "lyze L AY Z"],
            self.words.__contains__)
        self.assertEqual(block.terms["crime"], ("T", "harmful"))
        self.assertEqual(block.terms["swindle"], ("T", "wordnet"))
        self.assertEqual(block.terms["swindlers"], ("T", "inflection"))
        self.assertEqual(block.terms["lyze"], ("T", "sound"))
        self.assertNotIn("con", block.terms)


class Output(unittest.TestCase):

    def test_numbers_are_short(self):
        self.assertEqual([number(x) for x in (1, -0.5, 0.12345, 0.0,
                                              float("inf"), -float("inf"))],
                         ["1", "-0.5", "0.1235", "0", "inf", "-inf"])

    def test_features_are_in_order(self):
        self.assertEqual(feature_text({"b": 1, "a": 0.5, "c": True}),
                         "a=0.5 b c")

    def test_packed_files_hold_no_time_and_no_name(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "one.gz"
            write_packed(path, ["a", "b"])
            packed = path.read_bytes()
            self.assertEqual(gzip.decompress(packed), b"a\nb\n")
            self.assertEqual(packed[3:8], b"\0\0\0\0\0")

    def test_what_is_missing_is_named_with_the_command(self):
        some = [p for p in ENGLISH if p.name in ("scowl", "cuss")]
        self.assertEqual(how_to_install(some), "missing scowl, cuss; "
                         "install with: tools/packages lexicon")


class Lists(unittest.TestCase):

    def test_own_lists_say_how_they_were_made(self):
        paths = sorted((TOP / "tools/lexicon").glob("*.txt"))
        self.assertGreater(len(paths), 5)
        for path in paths:
            self.assertTrue(path.read_text().startswith("# "), path)
            self.assertTrue(read_list(path), path)

    def test_own_lists_hold_each_word_once(self):
        for path in (TOP / "tools/lexicon").glob("*.txt"):
            lines = read_list(path)
            self.assertEqual(len(lines), len(set(lines)), path)

    def test_harmful_words_are_none_of_a_trade(self):
        harmful = set(read_list(TOP / "tools/lexicon/harmful-en.txt"))
        for name in ("advertising", "openers", "short", "function"):
            wanted = read_list(TOP / ("tools/lexicon/%s-en.txt" % name))
            self.assertEqual(harmful & set(wanted), set(), name)

    def test_nothing_of_the_benchmark_is_named(self):
        for path in (TOP / "tools/lexicon").iterdir():
            if path.suffix in (".py", ".c") or path.name == "build":
                self.assertNotIn("bench/data", path.read_text(), path)


if __name__ == "__main__":
    unittest.main()
