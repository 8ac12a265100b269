"""What a caller hears, of seeded numbers, checked by others.

Usage: check_speech.py xml|voice VANITY
  xml    100,000 prompts: well-formed, of the tags of Amazon Connect, right
         words and digits, within the limits
  voice  espeak-ng reads some and says what it says of the plain text
VN_SEED is the seed (default 1), VN_COUNT the number of prompts.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

SEED = int(os.environ.get("VN_SEED", "1"))
# tools/answer/speech.h
SPEECH_SIZE = 4096
TAGS = {("break", ("time", "250ms")), ("break", ("time", "500ms")),
        ("say-as", ("interpret-as", "digits"))}
VOWELS = set("AEIOUY")
NAMES = ["one", "two", "three"]


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what} (VN_SEED={SEED})")


def some_number(suffix):
    """A number in one of the forms that are shown differently."""
    front = random.choice([
        "", "", "+1" + str(random.randint(200, 999)),
        "+44" + str(random.randint(100, 999)),
        "+" + str(random.randint(20000000, 99999999)), "+357"])
    return f"{front}{suffix}"


def prompts(vanity, count):
    """Pairs of a JSON object of lookup and the keys of its number."""
    digit = str(random.randint(2, 9))
    numbers = [some_number(f"{digit}{random.randrange(10 ** 6):06}")
               for _ in range(count)]
    with tempfile.TemporaryDirectory(prefix="vanity-speech-") as folder:
        index = Path(folder, "one.mdb")
        subprocess.run([vanity, "build", "-q", "-o", index, "--prefix", digit],
                       check=True)
        done = subprocess.run(
            [vanity, "lookup", "-q", "-i", index, "--json", "--ssml", "-"],
            input="\n".join(numbers), stdout=subprocess.PIPE, text=True,
            check=True)
    lines = done.stdout.splitlines()
    check(len(lines) == count, f"{len(lines)} answers to {count} numbers")
    return zip(map(json.loads, lines), numbers)


def hear(ssml):
    """The words of a prompt, pauses as spaces, digits as '<800>'."""
    root = ElementTree.fromstring(ssml)
    check(root.tag == "speak" and not root.attrib, f"{root.tag} {root.attrib}")
    parts = [root.text]
    for part in root:
        check((part.tag, *part.attrib.items()) in TAGS and len(part) == 0,
              f"{part.tag} {part.attrib}")
        parts.append(f"<{part.text}>" if part.text else " ")
        parts.append(part.tail or "")
    return " ".join("".join(parts).split())


def word(text):
    apart = len(text) == 1 or not VOWELS & set(text)
    return " ".join(text) if apart else text.lower()


def groups(digits):
    parts = []
    while len(digits) > 4:
        parts.append(digits[:3])
        digits = digits[3:]
    return " ".join(f"<{part}>" for part in [*parts, digits])


def said(display):
    """A display form as it is heard."""
    parts = display.replace("+", "").replace("-", " ").split()
    return " ".join(groups(part) if part.isdigit() else word(part)
                    for part in parts)


def expected(found):
    spoken = found["candidates"][:3]
    if not spoken:
        return "Sorry, no word fits your number."
    many = len(spoken) > 1
    if spoken[0]["score"] < -90:
        text = "No word fits your number well. "
        text += "These are" if many else "This is"
        text += " the best we found."
    else:
        text = "These are the best ways" if many else "This is the best way"
        text += " to say your number."
    for name, candidate in zip(NAMES, spoken):
        display = candidate["display"]
        plain = display.removesuffix(candidate["spelling"]) + found["suffix"]
        text += f" Number {name}: " if many else " "
        text += f"{said(display)}, that is {said(plain)}"
    return text


def check_xml(vanity, count):
    most = 0
    weak = none = 0
    for found, number in prompts(vanity, count):
        ssml = found["ssml"]
        heard = hear(ssml)
        check(heard == expected(found),
              f"{number}: {heard}\nnot {expected(found)}")
        most = max(most, len(ssml.encode()))
        none += not found["candidates"]
        weak += "the best we found" in heard
    check(most <= SPEECH_SIZE, f"a prompt of {most} bytes")
    check(weak and none, f"{weak} weak ones, {none} without a word")
    print(f"{count} prompts, {weak} weak, {none} without a word; "
          f"the largest has {most} bytes")


def phonemes(text, *options):
    """Without stress and pauses, which depend on what stands around a word."""
    done = subprocess.run(["espeak-ng", "-q", "-x", *options, "--", text],
                          capture_output=True, text=True, check=True)
    check(done.stderr == "", f"espeak-ng: {done.stderr}")
    marks = str.maketrans("", "", "',%=|_:")
    return " ".join(done.stdout.translate(marks).split())


def check_voice(vanity, count):
    for found, number in prompts(vanity, count):
        ssml = found["ssml"]
        plain = hear(ssml).replace("<", ", ").replace(">", ", ")
        aloud, alone = phonemes(ssml, "-m"), phonemes(plain)
        check(aloud and aloud == alone, f"{number}: {aloud}\nnot {alone}")
    print(f"{count} prompts sound like their words")


def main():
    checks = {"xml": (check_xml, 100000), "voice": (check_voice, 30)}
    run, count = checks[sys.argv[1]]
    random.seed(SEED)
    run(sys.argv[2], int(os.environ.get("VN_COUNT", count)))


main()
