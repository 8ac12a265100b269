"""Compares the options of --help, man page and completion; checks the pages.

Usage: check_pages.py VANITY TOOLS
"""

import re
import subprocess
import sys
from pathlib import Path

vanity = str(Path(sys.argv[1]).resolve())
tools = Path(sys.argv[2]).resolve()
LONG = re.compile(r"--[a-z][a-z-]*")
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def help_options(command):
    text = run(vanity, command, "--help").stdout
    rows = [row for row in text.splitlines() if row.lstrip().startswith("-")]
    return {
        option
        for row in rows
        for option in LONG.findall(row[:28])
    }


def page_options(command):
    text = (tools / "man" / f"vanity-{command}.1").read_text()
    section = text.split(".SH OPTIONS")[1].split(".SH ")[0]
    heads = re.findall(r"^\.TP\n(.*)$", section, re.MULTILINE)
    return set(LONG.findall(" ".join(heads).replace("\\-", "-")))


def completed_options(command):
    script = (
        f'. "{tools}/completion/vanity.bash"; '
        f"COMP_WORDS=(vanity {command} --); COMP_CWORD=2; _vanity; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    return set(LONG.findall(run("bash", "-c", script).stdout))


def check_page(name):
    page = tools / "man" / f"{name}.1"
    check(page.exists(), f"{page.name} is missing")
    shown = run("man", "--warnings", "-l", str(page))
    check(shown.returncode == 0 and not shown.stderr,
          f"{page.name}: {shown.stderr}")
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "OUTPUT",
                    "EXIT STATUS", "EXAMPLES", "SEE ALSO"):
        check(f".SH {section}\n" in page.read_text(),
              f"{page.name} has no {section}")


listing = run(vanity, "help").stdout.split("Commands:\n")[1].split("\n\n")[0]
commands = [row.split()[0] for row in listing.splitlines()]
check(len(commands) > 1, "'vanity help' lists the commands")
check_page("vanity")
for command in commands:
    if command == "help":
        continue
    check_page(f"vanity-{command}")
    helped = help_options(command)
    text = run(vanity, command, "--help").stdout
    check("Examples:" in text, f"{command} --help has no example")
    check(helped >= {"--help", "--version", "--quiet", "--json"},
          f"{command} lacks a common option")
    for kind, found in (("man page", page_options(command)),
                        ("completion", completed_options(command))):
        check(found == helped,
              f"{command}: {kind} has {found}, --help has {helped}")
    main_page = (tools / "man" / "vanity.1").read_text()
    check(f"vanity\\-{command} (1)" in main_page,
          f"vanity.1 does not name {command}")

for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
