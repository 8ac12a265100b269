"""Random environments and files: the loader finds what botocore finds.

Usage: compare_botocore.py AWS_SHOW. The seed is printed and taken from
VN_SEED. What both leave to others (roles, SSO) is tested elsewhere.
"""
import os
import random
import subprocess
import sys
import tempfile

import botocore.exceptions
import botocore.session

CASES = 250
NAMES = ["default", "work", "my team"]
SECRETS = ["wJalr/XUtn+FEMI", "a=b", "with#hash", "x;y", "k:v"]


class Case:
    """One environment with its files."""

    def __init__(self, chance):
        self.chance = chance
        self.number = 0
        self.profile = chance.choice([None, None, "default", "work", "my team",
                                      "missing"])
        self.environment = {}
        self.files = {}
        self.fill_environment()
        self.files["credentials"] = self.make_file(False)
        self.files["config"] = self.make_file(True)

    def maybe(self, probability):
        return self.chance.random() < probability

    def key(self):
        self.number += 1
        return f"AKID{self.number}"

    def fill_environment(self):
        if self.maybe(0.3):
            self.environment["AWS_ACCESS_KEY_ID"] = self.key()
            if self.maybe(0.9):
                self.environment["AWS_SECRET_ACCESS_KEY"] = self.chance.choice(
                    SECRETS)
            if self.maybe(0.3):
                name = self.chance.choice(
                    ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])
                self.environment[name] = "token=="
        if self.maybe(0.3):
            self.environment["AWS_PROFILE"] = self.chance.choice(
                NAMES + ["missing"])

    def setting(self, indent, name, value):
        if self.maybe(0.2):
            name = name.upper()
        between = self.chance.choice([" = ", "=", "\t=\t", ": ", " : ", "=  "])
        noise = self.chance.choice(["", "", "", "# note\n", "  ; note = 1\n",
                                    "\n"])
        end = self.chance.choice(["\n", "\n", "  \n", "\r\n"])
        return noise + indent + name + between + value + end

    def section(self, is_config):
        """The lines below a header."""
        indent = self.chance.choice(["", "", "  "])
        lines = []
        if self.maybe(0.6):
            lines.append(("aws_access_key_id", self.key()))
            if self.maybe(0.95):
                lines.append(("aws_secret_access_key",
                              self.chance.choice(SECRETS)))
            if self.maybe(0.3):
                lines.append(("aws_session_token", "Fwo+/=="))
        if self.maybe(0.3):
            lines.append(("credential_process", self.process()))
        if self.maybe(0.3):
            lines.append(("output", "json"))
        if is_config and self.maybe(0.6):
            lines.append(("region", self.chance.choice(
                ["eu-west-1", "us-east-2"])))
        self.chance.shuffle(lines)
        text = "".join(self.setting(indent, *line) for line in lines)
        if self.maybe(0.3):
            text += self.setting(indent, "s3", "")
            text += f"{indent}    aws_access_key_id = nested\n"
        return text

    def process(self):
        """A command that prints credentials, quoted in some way, or fails."""
        name = f"answer {self.number}"
        token = ', "SessionToken": "t"' if self.maybe(0.5) else ""
        self.files[name] = (
            f'{{"Version": {self.chance.choice([1, 1, 1, 2])}, '
            f'"AccessKeyId": "{self.key()}", '
            f'"SecretAccessKey": "process"{token}}}')
        return self.chance.choice([
            f"cat '{name}'", f'cat "{name}"', "cat " + name.replace(" ", "\\ "),
            f"sh -c 'cat \"$1\"' sh '{name}'", "false", "echo nothing",
            f"cat '{name}"])

    def make_file(self, is_config):
        text = self.chance.choice(["", "# first\n"])
        for name in NAMES:
            if self.maybe(0.5):
                continue
            if is_config and name != "default":
                quote = '"' if " " in name else self.chance.choice(["", '"'])
                header = f"[profile {quote}{name}{quote}]"
            else:
                header = f"[{name}]"
            text += header + "\n" + self.section(is_config)
        if is_config and self.maybe(0.3):
            text += "[preview]\naws_access_key_id = other\n"
        return text


def of_botocore(profile):
    """(region, id, secret, token), or None where it finds none."""
    try:
        session = botocore.session.Session(profile=profile)
        region = session.get_scoped_config().get("region") or "us-west-1"
        found = session.get_credentials()
        if found is None:
            return None
        found = found.get_frozen_credentials()
    except (botocore.exceptions.BotoCoreError, ValueError):
        return None
    return (region, found.access_key, found.secret_key, found.token or "")


def of_loader(program, profile):
    run = subprocess.run([program] + ([profile] if profile else []),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         text=True, timeout=60, check=False)
    if run.returncode == 1 and not run.stderr:
        return None, run.stdout.strip()
    if run.returncode != 0:
        raise SystemExit(f"aws_show: exit {run.returncode}: {run.stderr}")
    return tuple(run.stdout.split("\n")[:4]), ""


def compare(program, case):
    """True if both found credentials; ends the program if they differ."""
    for name, text in case.files.items():
        with open(name, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(case.environment, HOME="/nonexistent",
                      AWS_EC2_METADATA_DISABLED="true",
                      AWS_CONFIG_FILE="config",
                      AWS_SHARED_CREDENTIALS_FILE="credentials")
    expected = of_botocore(case.profile)
    # botocore knows one variable for the region only; the files are compared.
    if expected is None or expected[0] == "us-west-1":
        os.environ["AWS_REGION"] = "us-west-1"
    found, sentence = of_loader(program, case.profile)
    if found != expected:
        print(f"profile {case.profile}, environment {case.environment}")
        for name, text in case.files.items():
            print(f"---- {name}\n{text}")
        raise SystemExit(
            f"botocore: {expected}\nloader: {found} {sentence}")
    return found is not None


def main():
    seed = int(os.environ.get("VN_SEED", "20240229"))
    program = os.path.abspath(sys.argv[1])
    chance = random.Random(seed)
    print(f"VN_SEED={seed}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        both = sum(compare(program, Case(chance)) for _ in range(CASES))
        os.chdir("/")
    print(f"{CASES} cases agree, {both} with credentials")
    if not CASES * 0.2 < both < CASES * 0.9:
        raise SystemExit("the cases have lost their variety")


main()
