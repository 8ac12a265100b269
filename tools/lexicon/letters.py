"""letters.py: from the text of a package to the letters on a keypad."""

import re
import unicodedata

# Keys of a number, and letters that the last word may run past them; it must
# cover three keys then.
KEYS = 7
LETTERS_MAX = KEYS + 3
OVERDIAL_COVER = 3
# What Unicode does not take apart into a letter and its accent.
WHOLE = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l",
                       "đ": "d", "’": "'"})
WORD = re.compile(r"[a-z'.\-]+")


def fold(text):
    """The text in lower case without accents."""
    apart = unicodedata.normalize("NFKD", text.lower().translate(WHOLE))
    return "".join(c for c in apart if not unicodedata.combining(c))


def key(text):
    """The letters a-z of a word; "" if it holds anything but letters, ' . -"""
    folded = fold(text)
    if not WORD.fullmatch(folded):
        return ""
    return re.sub("[^a-z]", "", folded)


def fits(left, right):
    """Whether two words can stand beside each other in a number."""
    total = len(left) + len(right)
    return total <= KEYS or (len(left) + OVERDIAL_COVER <= KEYS
                             and total <= LETTERS_MAX)


def read_list(path):
    """The lines of a list beside this file: no comments, in their order."""
    with open(path, encoding="utf-8") as lines:
        stripped = [line.strip() for line in lines]
    return [line for line in stripped if line and not line.startswith("#")]


def read_counts(path):
    """The lines of a list beside this file as text -> number behind a tab."""
    rows = (line.split("\t") for line in read_list(path))
    return {text: int(count) for text, count in rows}
