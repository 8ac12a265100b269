"""Runs vanity-bench tune on small features and checks what it makes.

Usage: check_tune.py VANITY-BENCH VANITY SOURCE-TREE
The features are the words of tests/reference with their score as one feature, so that a
weight of 1 gives them again; the phrases are drawn from them.
"""

import filecmp
import gzip
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

bench, vanity, tree = (str(Path(path).resolve()) for path in sys.argv[1:4])
HEADER = "phrase_display\tletters7\tdigits7\tshape\toverdial\tsource\n"
KEYS = {letter: str(key) for key, letters in enumerate(
    ("", "", "ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"))
    for letter in letters}
MADE = ("words.tsv", "pairs.tsv", "block.tsv", "model", "weights.tsv")
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def run(*arguments):
    return subprocess.run([bench, *map(str, arguments)], capture_output=True,
                          text=True)


def write_features(folder):
    """Of the better words, and the pairs among them."""
    data = Path(tree, "tests/reference")
    words = {}
    for row in (data / "words.tsv").read_text().splitlines():
        word, score = row.split("\t")
        if int(score) > -420:
            words[word] = int(score)
    folder.mkdir()
    with gzip.open(folder / "words.features.gz", "wt") as file:
        for word, score in words.items():
            usual = " usual" if score > -200 else ""
            file.write(f"{word}\tscore={score / 100}{usual} "
                       f"lp_x={score / 100 + 3:.2f} "
                       f"len_{min(len(word), 7)} "
                       f"class_{'nvfjx'[len(word) % 5]}"
                       f"{usual and ' first:usual'}"
                       f"{' last:long=9' if len(word) > 8 else ''}\n")
    with gzip.open(folder / "pairs.features.gz", "wt") as file:
        for row in (data / "pairs.tsv").read_text().splitlines():
            left, right, bonus = row.split("\t")
            if left in words and right in words:
                file.write(f"{left}\t{right}\tbonus={int(bonus) / 100}\n")
    (folder / "block.tsv").write_bytes((data / "block.tsv").read_bytes())
    (folder / "terms.tsv").write_text("score\t1\t0\t-\nbonus\t1\t-inf\tinf\n"
                                      "len_7\t0\t-1\t1\n"
                                      "first:usual\t0.5\t0.3\t-\n"
                                      "last:long\t-0.5\t-\t-0.4\n")
    return words


def write_phrases(path, words):
    """Words, and two words, the better ones more often."""
    draw = random.Random(7)
    short = [word for word in sorted(words) if 2 <= len(word) <= 5]
    rows = set()
    while len(rows) < 60:
        left, right = draw.choices(short, [3 ** (words[word] / 100)
                                           for word in short], k=2)
        if len(left) + len(right) == 7:
            letters = (left + right).upper()
            digits = "".join(KEYS[letter] for letter in letters)
            rows.add(f"{left}-{right}\t{letters}\t{digits}\ttwo\t0\tdrawn\n")
    path.write_text(HEADER + "".join(sorted(rows)))


def results(done):
    check(done.returncode == 0 and done.stderr == "",
          f"{done.args}: exit {done.returncode}: {done.stderr}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {(line["kind"], line["result"]): line for line in lines}


def tune(*arguments):
    return results(run("tune", *arguments, "--json"))


def hits(found, kind):
    return [found[kind, "all"][f"recall_at_{rank}"]["hits"]
            for rank in (1, 3, 5)]


def same_files(one, other, names=MADE):
    return filecmp.cmpfiles(one, other, names, shallow=False)[0] == list(names)


def check_fit(folder):
    """What is printed and written, and that threads change none of it."""
    features, phrases = folder / "features", folder / "phrases.tsv"
    small = (features, phrases, "--folds", "3", "--rounds", "2",
             "--candidates", "100")
    found = tune(*small, "-o", folder / "one", "--threads", "1")
    other = tune(*small, "-o", folder / "two", "--threads", "4")

    def figures(lines):
        return {key: {name: value for name, value in line.items()
                      if name != "max_threads"}
                for key, line in lines.items()}
    check(figures(found) == figures(other), "threads change the figures")
    check(same_files(folder / "one", folder / "two"),
          "threads change the lexicon")
    check(sorted(path.name for path in (folder / "one").iterdir()) ==
          sorted(MADE), f"made: {list((folder / 'one').iterdir())}")
    for kind in ("recall", "recall_training", "recall_cross_validated",
                 "recall_cross_validated_shipped"):
        line = found[kind, "all"]["recall_at_5"]
        check(found[kind, "all"]["rows"] == 60 and
              0 <= line["low"] <= line["share"] <= line["high"] <= 1,
              f"{kind}: {line}")
        check((kind, "two") in found, f"{kind}: no shape")
    check(found["figure", "phrases that can be spelled"]["value"] == 100,
          "a drawn phrase cannot be spelled")
    check(found["figure", "log-loss, training"]["value"] <
          found["figure", "log-loss, cross-validated"]["value"],
          "what was trained on is not the more probable")
    check(found["figure", "steepest free weight"]["value"] < 0.05,
          "not at the minimum")
    check(0.3 < found["weight", "score"]["weight"] < 2,
          f"score: {found['weight', 'score']}")
    check(abs(found["weight", "len_7"]["weight"]) <= 1, "bounds")
    check(found["weight", "twin"]["weight"] == 0.3, "twin is fitted")
    shipped = results(run("quality", phrases, "--lexicon", folder / "one",
                          "--json"))
    check(hits(found, "recall") == hits(shipped, "recall"),
          f"quality has {hits(shipped, 'recall')}, tune "
          f"{hits(found, 'recall')}")
    seeded = tune(*small, "-o", folder / "two", "--seed", "2")
    check(same_files(folder / "one", folder / "two"),
          "the seed of the folds changes the fit")
    check(hits(seeded, "recall_cross_validated") is not None, "no folds")
    none = tune(features, phrases, "--folds", "0", "--rounds", "1", "-o",
                folder / "two")
    check(("recall_cross_validated", "all") not in none, "folds are made")
    table = run("tune", *small, "-o", folder / "two")
    check("\ntraining, as shipped:" in table.stdout and
          "\nscore " in table.stdout, f"no table: {table.stdout}")


def check_bake(folder):
    features, weights = folder / "features", folder / "one/weights.tsv"
    found = tune("--bake", weights, features, "-o", folder / "baked")
    check(same_files(folder / "one", folder / "baked", MADE[:4]),
          "baking makes another lexicon than the fit")
    words = (folder / "baked/words.tsv").read_text().splitlines()
    check(found["count", "words"]["value"] == len(words), "count of words")
    check(words == sorted(words), "words are not sorted")
    flags = [row.split("\t")[2:] for row in words]
    check({row[0] for row in flags if row and row[0]} ==
          {"n", "v", "f", "c", "cn", "cv", "cf"},
          "not every class is there, common and not")
    check(all(row[0] or len(row) == 3 for row in flags if row) and
          [] in flags, "a third column without flags")
    check({len(row) for row in flags} == {0, 1, 3},
          "columns of places: both, or neither")
    earned = {name: float(weight) for name, weight in (
        row.split("\t") for row in weights.read_text().splitlines())}
    # Nine times the weight of 'last' is out of bounds.
    first = str(round(100 * earned["first:usual"]))
    places = {tuple(row[1:]) for row in flags if len(row) == 3}
    check({(first, "0"), ("0", "-300")} <= places <=
          {(first, "0"), ("0", "-300"), (first, "-300")} and
          any(row[:1] == [""] for row in flags),
          f"scores of places: {places}, first {first}")
    found = tune("--bake", weights, features, "-o", folder / "few",
                 "--max-words", "500", "--max-pairs", "20", "--name", "few")
    few = (folder / "few/words.tsv").read_text().splitlines()
    check(len(few) == 500 and set(few) < set(words), "--max-words")
    pairs = (folder / "few/pairs.tsv").read_text().splitlines()
    known = {row.split("\t")[0] for row in few}
    check(len(pairs) == 20 and
          all(set(row.split("\t")[:2]) <= known for row in pairs),
          f"--max-pairs: {pairs}")
    tune("--bake", weights, features, "-o", folder / "high", "--floor", "-150")
    check(all(int(row.split("\t")[1]) >= -150 for row in
              (folder / "high/words.tsv").read_text().splitlines()),
          "--floor")
    check_level(folder, features, weights)
    built = subprocess.run(
        [vanity, "build", "-q", "--lexicon", folder / "few", "-o",
         folder / "few.mdb", "--prefix", "3569"], capture_output=True,
        text=True)
    check(built.returncode == 0 and built.stderr == "",
          f"build: {built.stderr}")
    told = subprocess.run([vanity, "info", "-i", folder / "few.mdb", "--json"],
                          capture_output=True, text=True)
    check(json.loads(told.stdout)["model"] == "few", f"info: {told.stdout}")


def check_level(folder, features, weights):
    """A constant a key: other scores, the same ranks."""
    def read(name):
        return {row.split("\t")[0]: int(row.split("\t")[1]) for row in
                (folder / name / "words.tsv").read_text().splitlines()}
    for name, level in (("low", "-1000"), ("upper", "-825")):
        tune("--bake", weights, features, "-o", folder / name, "--level",
             level)
    low, upper = read("low"), read("upper")
    moved = {(upper[word] - low[word]) / len(word) for word in upper
             if -1500 < low[word] and upper[word] < 800}
    check(len(moved) == 1 and min(moved) > 10, f"--level moves by {moved} a letter")
    ranks = [hits(results(run("quality", folder / "phrases.tsv", "--lexicon",
                              folder / name, "--json")), "recall")
             for name in ("low", "upper")]
    refuse("a level out of reach", "--level", "--bake", weights, features,
           "-o", folder / "low", "--level", "-1500")
    check(ranks[0] == ranks[1], f"--level changes ranks: {ranks}")


def choose_by(rule, sheet, path, extra=""):
    """Fills the sheet in: letters of the spellings that the rule likes."""
    head, marker, columns, *rows = sheet.splitlines()
    lines = [head, marker + " maker", columns]
    for row in rows:
        cells = row.split("\t")
        liked = [letter for letter, text in zip("ABCDEFGHIJ", cells[1:11])
                 if text and rule(text)]
        cells[11] = ",".join(liked[:2]) or "-"
        lines.append("\t".join(cells))
    path.write_text("\n".join(lines) + "\n" + extra)
    return sum(line.split("\t")[11] == "-" for line in lines[3:])


def has_digit(text):
    return any(letter.isdigit() for letter in text)


def check_marks(folder):
    """Choices move the fit their way, but those of the phrases' numbers."""
    phrases = folder / "phrases.tsv"
    small = (folder / "features", phrases, "--folds", "0", "--rounds", "2",
             "--candidates", "100", "-o", folder / "two")
    sheet = run("quality", "--random", "60", "--choose", "--at-least", "-80",
                "--lexicon", folder / "one")
    check(sheet.returncode == 0, f"no sheet: {sheet.stderr}")
    digits, letters = folder / "digits.tsv", folder / "letters.tsv"
    row = phrases.read_text().splitlines()[1].split("\t")
    known = "\t".join([row[2], row[1]] + 9 * [""] + ["A", ""]) + "\n"
    unfit = choose_by(has_digit, sheet.stdout, digits, known)
    choose_by(lambda text: not has_digit(text), sheet.stdout, letters)
    plain = tune(*small)
    upper = tune(*small, "--marks", digits, "--marks-weight", "1")
    check([upper["count", name]["value"] for name in (
        "choices", "choices fitted on", "choices dropped: number of a phrase",
        "nothing fit to choose", "not decided")] ==
        [60 - unfit, 60 - unfit, 1, unfit, 0],
        f"counts of choices: {upper}")
    check(upper["figure", "phrases that can be spelled"]["value"] == 100,
          "choices count as phrases")
    less = tune(*small, "--marks", digits)
    shown = tune(*small, "--marks", digits, "--marks-shown")
    lower = tune(*small, "--marks", letters, "--marks-weight", "1")
    both = tune(*small, "--marks", f"{digits},{letters}", "--marks", digits)
    check(both["count", "choices dropped: number of a phrase"]["value"] == 2,
          "--marks is not repeatable")

    def weight(found):
        return found["weight", "digit_other"]["weight"]
    check(weight(upper) > weight(less) > weight(plain) > weight(lower),
          "choices of digits do not make digits better: "
          f"{[weight(found) for found in (upper, less, plain, lower)]}")
    check(weight(shown) != weight(less), "--marks-shown changes nothing")
    none = tune(*small, "--marks", digits, "--marks-weight", "0")
    check(weight(none) == weight(plain), "choices without weight count")
    check(hits(upper, "recall_training")[0] <= 60 and
          upper["recall", "all"]["rows"] == 60, "choices are in the recall")
    refuse_marks(folder, small, letters.read_text().splitlines(True))


def refuse_marks(folder, small, lines):
    """Each bad line is told with file and line."""
    row = "3569377\tFLOWERS\tFLOWER7\t\t\t\t\t\t\t\t\tA\t\n"
    bad = folder / "bad.tsv"
    for text, said in (
            ("suffix\n", ":1: is no choice sheet"),
            (lines[0] + "# marker\n", ":2: write the marker's name"),
            (lines[0] + 2 * lines[1], ":3: names a marker again"),
            (lines[0] + lines[2] + row, ":2: a line '# marker NAME'"),
            (lines[0] + lines[1] + row, ":3: the columns must be named"),
            ("", ":1: the sheet ends without"),
            (row.replace("\tA\t", "\t\t"), ":4: the sheet ends without"),
            (row.replace("3569377", "356937"), ":4: a suffix has seven"),
            (row + row, ":5: 3569377 stands twice"),
            (row.replace("FLOWER7", "FLOWER8"), ":4: 'FLOWER8' does not dial"),
            (row.replace("\tA\t", "\tC\t"), ":4: 'C' is no choice"),
            (row.replace("\tA\t", "\tA-\t"), ":4: 'A-' is no choice"),
            (row.replace("FLOWERS", ""), ":4: a spelling is missing"),
            (row.replace("\n", "\tx\n"), ":4: has more than 13 columns"),
            (row.replace("FLOWERS", "FL\0WERS"), ":4: byte 11 ")):
        whole = text.startswith(("suffix", lines[0])) or text == ""
        bad.write_text(text if whole else "".join(lines[:3]) + text)
        refuse(f"marks {text!r}", "bad.tsv" + said, *small, "--marks", bad)
    refuse_files("--marks", folder, bad, small)


def write_also(path, words, phrases):
    """A word of five letters and two digits; a number that 'phrases' have; two
    phrases of one number."""
    rows = []
    for word in [word for word in sorted(words) if len(word) == 5][:40]:
        letters = word.upper() + "36"
        digits = "".join(KEYS.get(letter, letter) for letter in letters)
        rows.append(f"{word}-36\t{letters}\t{digits}\tmixed\t0\tdrawn\n")
    known = phrases.read_text().splitlines(True)[1]
    path.write_text(HEADER + "".join(rows) + rows[0] + known)
    return len(rows) + 1


def check_also(folder, words):
    """Phrases beside move the fit their way, and none is judged by."""
    phrases, also = folder / "phrases.tsv", folder / "also.tsv"
    count = write_also(also, words, phrases)
    small = (folder / "features", phrases, "--rounds", "2", "--candidates",
             "100", "-o", folder / "two")
    alone = small + ("--folds", "0")
    plain = tune(*alone)
    whole = tune(*alone, "--also", also, "--also-weight", "1")
    less = tune(*alone, "--also", also)
    none = tune(*alone, "--also", also, "--also-weight", "0")

    def weight(found):
        return found["weight", "digit_other"]["weight"]

    def counts(found):
        return [found["count", "phrases beside" + name]["value"] for name in
                ("", " fitted on", " dropped: number of a phrase")]
    check(weight(whole) > weight(less) > weight(plain) == weight(none),
          "phrases with digits do not make digits better: "
          f"{[weight(found) for found in (whole, less, plain, none)]}")
    check(counts(whole) == [count, count, 1] and
          counts(none) == [count, 0, 1], f"counts: {counts(whole)}")
    check(whole["recall", "all"]["rows"] == 60 and
          whole["count", "phrases"]["value"] == 60 and
          whole["figure", "phrases that can be spelled"]["value"] == 100 and
          ("count", "phrases beside") not in plain,
          "phrases beside count as phrases")
    check(whole["figure", "steepest free weight"]["value"] < 0.05,
          "not at the minimum")
    twice = tune(*alone, "--also", f"{also},{also}", "--also", also)
    check(counts(twice) == [3 * count, 3 * count, 3], "--also: repeatable")
    for threads in ("1", "4"):
        found = tune(*small, "--also", also, "--folds", "3", "--threads",
                     threads, "-o", folder / ("also-" + threads))
    check(found["recall_cross_validated", "all"]["rows"] == 60, "folds")
    check(same_files(folder / "also-1", folder / "also-4"),
          "threads change the lexicon with --also")
    refuse_also(folder, alone)


def refuse_also(folder, alone):
    bad = folder / "bad.tsv"
    bad.write_text(HEADER + "x\tFLOWERS\t3569378\tword\t0\tx\n")
    refuse("also: bad line", "bad.tsv:2: letters7", *alone, "--also", bad)
    refuse_files("--also", folder, bad, alone)


def refuse_files(option, folder, bad, small):
    """An option that names files, and the one of their weight."""
    refuse(f"no {option}", "there is no file", *small, option, folder / "no")
    for arguments in ((option, ""), (option, "a,,b"),
                      (option + "-weight", "-1"), (option + "-weight", "x"),
                      (option, ",".join(65 * ["a"]))):
        refuse(f"{arguments}", arguments[0] + " takes", *small, *arguments)
    refuse(f"baking with {option}", f"takes no {option}", "--bake",
           folder / "one/weights.tsv", small[0], "-o", folder / "two",
           option, bad)


def refuse(what, said, *arguments):
    """Exit 2, one line, and what is wrong in it."""
    done = run("tune", *arguments)
    check(done.returncode == 2 and done.stderr.count("\n") == 1 and
          done.stdout == "" and said in done.stderr,
          f"{what}: exit {done.returncode}: {done.stderr!r}")


GOOD = {
    "words.features.gz": "flowers\tgood\nflower\tgood=0.5\n",
    "pairs.features.gz": "flower\tflowers\tnear\n",
    "block.tsv": "bad\tTS\tx\n",
    "terms.tsv": "good\t0\t-\t-\n",
}
# File, its text, and what the message says behind "file:line: ".
BAD = (
    ("words.features.gz", "a\tx\nb4\tx\n", ":2: a word has"),
    ("words.features.gz", "abcdefghijk\tx\n", ":1: a word has"),
    ("words.features.gz", "a\tx\na\tx\n", ":2: the word stands twice"),
    ("words.features.gz", "a\tx=1e\n", ":1: the value of a feature"),
    ("words.features.gz", "a\tx=nan\n", ":1: the value of a feature"),
    ("words.features.gz", "a\t=1\n", ":1: the name of a feature"),
    ("words.features.gz", "a\tmiddle\n", ":1: a feature has the name of"),
    ("words.features.gz", "", ":1: has no word"),
    ("words.features.gz", "a\t\xff\n", ":1: "),
    ("words.features.gz", None, ": there is no file"),
    ("pairs.features.gz", "flower\n", ":1: expected two words"),
    ("pairs.features.gz", "flower\tf1\tx\n", ":1: a word has"),
    ("pairs.features.gz", "flower\tflowers\tx=y\n", ":1: the value of"),
    ("block.tsv", "bad\tX\tx\n", ":1: flags are T and S"),
    ("block.tsv", "bad\n", ":1: expected term"),
    ("terms.tsv", "good\t0\t-\n", ":1: expected name"),
    ("terms.tsv", "good\t0\t1\t-1\n", ":1: the lower bound"),
    ("terms.tsv", "# x\nmiddle\t4\t-\t-\n", ":2: a weight of the model"),
    ("terms.tsv", "common\t1\t-\t-\n", ":1: common is -2 to 0"),
    ("terms.tsv", "run_word.3\t-1\t-\t-\n", ":1: run_word is 0 to 3"),
    ("terms.tsv", "twin\t-1\t-\t-\n", ":1: twin"),
    ("terms.tsv", None, "terms.tsv"),
)


def write_bad(folder, name, text):
    folder.mkdir(exist_ok=True)
    for file, good in GOOD.items():
        content = (good if file != name else text)
        path = folder / file
        path.unlink(missing_ok=True)
        if content is None:
            continue
        content = content.encode("latin-1")
        path.write_bytes(gzip.compress(content) if file.endswith(".gz")
                         else content)


def check_refusals(folder):
    bad, out = folder / "bad", folder / "never"
    phrases = folder / "few.tsv"
    phrases.write_text(HEADER + "x\tFLOWERS\t3569377\tword\t0\tx\n"
                       "y\tFLOWER7\t3569377\tmixed\t0\tx\n")
    for name, text, said in BAD:
        write_bad(bad, name, text)
        refuse(f"{name}: {text!r}", said if text is None else name + said,
               bad, phrases, "-o", out)
    write_bad(bad, "", "")
    whole = (bad / "words.features.gz").read_bytes()
    (bad / "words.features.gz").write_bytes(whole[:-9])
    refuse("cut short", "damaged or cut short", bad, phrases, "-o", out)
    write_bad(bad, "", "")
    refuse("few numbers", "too few for --folds", bad, phrases, "-o", out)
    phrases.write_text(HEADER + "x\tBALLOON\t2255666\tword\t0\tx\n")
    refuse("no phrase", "no phrase can be spelled", bad, phrases, "--folds",
           "0", "-o", out)
    weights = folder / "weights.tsv"
    for text, said in (("nope\t1\n", ":1: no such weight"),
                       ("good\t1\ngood\t1\n", ":2: the weight stands twice"),
                       ("middle\t4\n", ":1: a weight of the model"),
                       ("good\n", ":1: expected name"),
                       ("good\t1\n", "no weight for 'start.1'")):
        weights.write_text(text)
        refuse(f"weights {text!r}", said, "--bake", weights, bad, "-o", out)
    for arguments in ((), (bad,), (bad, phrases), (bad, phrases, phrases),
                      (bad, phrases, "-o", out, "--folds", "1"),
                      (bad, phrases, "-o", out, "--penalty", "-1"),
                      (bad, phrases, "-o", out, "--rounds", "0"),
                      (bad, phrases, "-o", out, "--name", "x" * 32),
                      (bad, phrases, "-o", out, "--bake", weights)):
        refuse(f"{arguments}", "vanity-bench tune: ", *arguments)


with tempfile.TemporaryDirectory() as name:
    place = Path(name)
    drawn_of = write_features(place / "features")
    write_phrases(place / "phrases.tsv", drawn_of)
    check_fit(place)
    check_bake(place)
    check_marks(place)
    check_also(place, drawn_of)
    check_refusals(place)
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
