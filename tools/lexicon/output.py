"""output.py: writes what was found, the same bytes every time."""

import gzip
import math


def write_packed(path, lines):
    """Lines, compressed, without name and time."""
    with open(path, "wb") as file:
        with gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write("".join(line + "\n" for line in lines).encode())


def write_lines(path, lines):
    """Lines as they are."""
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def feature_text(features):
    """name, or name=value where it is not one, in the order of names."""
    return " ".join(
        name if value == 1 else "%s=%s" % (name, number(value))
        for name, value in sorted(features.items()))


def number(value):
    """At most four decimals, no zeros at the end; inf and -inf."""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return ("%.4f" % value).rstrip("0").rstrip(".")


def write_sources(path, sources, lists):
    """What the folder is made of, for who hands it on."""
    lines = ["package\tversion\tlicence\twhat was taken"]
    lines += ["%s (%s)\t%s\t%s\t%s" % (p.name, "npm" if p.npm else "Debian",
                                       sources.versions[p.name], p.licence,
                                       p.taken)
              for p in sources.packages if p.data]
    lines += ["%s\t\tApache-2.0 (this project)\tthe whole list" % name
              for name in lists]
    write_lines(path, lines)
