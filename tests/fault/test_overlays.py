"""Word and block lists that are wrong, odd or too large."""
import json
import os
import subprocess

import fault
from fault import FAILED, REFUSED

HUGE = 1 << 30
# Bad in a list of words as well as in a list of blocked terms.
BAD_LINES = [
    b"caf\xe9", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80", b"\xe2\x82",
    b"caf\xc3\xa9", b"\x00", b"pl\x00umber", b"pl\x01umber", b"pl4umber",
    b"a_b", b"x" * 11, b"x" * 40, b"x" * 5000]


class Overlays(fault.FaultTest):
    option = "--words"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls().build("plain.mdb")
        cls.plain_generation = cls().generation(cls.plain)

    def build_with(self, path, *more, **options):
        return self.run_vanity("build", "--quiet", "-o", self.path("new.mdb"),
                               "--prefix", fault.PREFIX, self.option, path,
                               *more, **options)

    def refuse_path(self, path, code=REFUSED, **options):
        self.assert_fails(self.build_with(path, **options), code)
        self.assert_nothing_left()

    def refuse_line(self, line, number=1, before=b""):
        """The error names file and line."""
        path = self.write("bad.txt", before + line + b"\n")
        with self.subTest(option=self.option, line=line[:40]):
            self.assert_fails(self.build_with(path), REFUSED,
                              f"bad.txt:{number}:")
            self.assert_nothing_left()

    def refuse_lines(self, lines):
        """Each is an error; --skip-bad passes over them all and says so."""
        for line in lines:
            self.refuse_line(line)
        path = self.write("bad.txt", b"\n".join([b"plumber", *lines]))
        new = self.path("new.mdb")
        result = self.run_vanity("build", "-o", new, "--prefix", fault.PREFIX,
                                 self.option, path, "--skip-bad", "--json")
        self.assert_done(result)
        self.assertEqual(json.loads(result.out)["skipped"], len(lines))
        self.assertIn("bad.txt:2:", result.err)
        os.unlink(new)

    def assert_nothing_left(self):
        left = [name for name in os.listdir(self.folder) if "new.mdb" in name]
        for name in left:
            os.unlink(self.path(name))
        self.assertEqual(left, [])

    def accepted_generation(self, data):
        path = self.write("good.txt", data)
        self.assert_done(self.build_with(path))
        generation = self.generation(self.path("new.mdb"))
        os.unlink(self.path("new.mdb"))
        return generation

    def check_files(self):
        self.refuse_path(self.path("none.txt"))
        self.refuse_path(self.folder)
        self.refuse_path("")
        self.refuse_path(self.path("plain.mdb/below"))

    def check_unreadable(self):
        path = self.write("closed.txt", "plumber\n")
        # The user may write the index: it is the list that fails.
        os.makedirs(self.path("open"), exist_ok=True)
        target = self.path("open/new.mdb")
        with fault.restricted(path, 0), \
                fault.restricted(self.path("open"), 0o777):
            result = self.run_as_nobody("build", "-o", target, "--prefix",
                                        fault.PREFIX, self.option, path)
        self.assert_fails(result, FAILED, "closed.txt",
                          "Permission denied")
        self.only_files(self.path("open"))

    def check_odd_forms(self, word):
        """Byte order mark, CRLF, comments, blank lines, no last line feed."""
        plain = self.accepted_generation(f"{word}\n")
        self.assertNotEqual(plain, self.plain_generation)
        for data in (f"\ufeff{word}\n", f"{word}\r\n", word,
                     f"# comment \xe9\n\n  \n\t\n{word}\n",
                     f"\ufeff# comment\r\n\r\n{word}\r\n",
                     f"{word}\n{word}\n", f"  {word}  \n", word.upper()):
            with self.subTest(data=data):
                self.assertEqual(self.accepted_generation(data), plain)

    def check_empty(self):
        for data in ("", "\n", "\ufeff", "# nothing\n", "\r\n\r\n"):
            with self.subTest(data=data):
                self.assertEqual(self.accepted_generation(data),
                                 self.plain_generation)

    def check_huge(self):
        sparse = self.path("sparse.txt")
        with open(sparse, "wb") as file:
            file.write(b"plumber\n")
            file.truncate(HUGE)
        self.refuse_path(sparse)
        os.unlink(sparse)
        self.refuse_path("/dev/zero")
        self.check_huge_pipe()

    def check_huge_pipe(self):
        """A line of 1 GB that no file holds, through a named pipe."""
        pipe = self.path("pipe.txt")
        os.mkfifo(pipe)
        with subprocess.Popen(
                [self.program, "build", "-o", self.path("new.mdb"),
                 "--prefix", fault.PREFIX, self.option, pipe],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE) as process:
            thread = self.feed_pipe(pipe)
            err = process.stderr.read().decode()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        # Frees the writer, should nobody have opened the pipe.
        os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
        thread.join()
        os.unlink(pipe)
        self.assert_fails(fault.Result(process.returncode, b"", err), REFUSED)
        # In kB: the line was never held whole.
        self.assertLess(usage.ru_maxrss, HUGE // 1024)
        self.assert_nothing_left()

    def feed_pipe(self, pipe):
        piece = b"x" * (1 << 20)

        def pieces():
            for _ in range(HUGE // len(piece)):
                yield piece

        return fault.feed(lambda: open(pipe, "wb", buffering=0), pieces())


class Words(Overlays):
    def test_missing_file_and_folder_are_refused(self):
        self.check_files()

    def test_unreadable_file_is_a_failure(self):
        self.check_unreadable()

    def test_byte_order_mark_line_ends_and_comments_are_accepted(self):
        self.check_odd_forms("zyzzyva")

    def test_empty_list_changes_nothing(self):
        self.check_empty()

    def test_bad_lines_are_named_and_can_be_skipped(self):
        self.refuse_lines(BAD_LINES + [
            b"plumber\t801", b"plumber\t-1501", b"plumber\tx",
            b"plumber\t1.5", b"plumber\t99999999999999", b"plumber\t1\t2",
            b"\t100", b"- -", b"pet meds now here", b"123"])

    def test_error_counts_comments_and_empty_lines(self):
        self.refuse_line(b"caf\xe9", 4, b"# one\r\nplumber\r\n\r\n")

    def test_huge_files_are_refused(self):
        self.check_huge()

    def test_too_many_lists_are_refused(self):
        path = self.write("one.txt", "plumber\n")
        more = [word for _ in range(64) for word in (self.option, path)]
        self.assert_fails(self.build_with(path, *more), REFUSED)
        self.assert_nothing_left()


class Blocks(Overlays):
    option = "--block"

    def test_missing_file_and_folder_are_refused(self):
        self.check_files()

    def test_unreadable_file_is_a_failure(self):
        self.check_unreadable()

    def test_byte_order_mark_line_ends_and_comments_are_accepted(self):
        self.check_odd_forms("flowers")

    def test_empty_list_changes_nothing(self):
        self.check_empty()

    def test_bad_lines_are_named_and_can_be_skipped(self):
        self.refuse_lines(BAD_LINES + [b"two words"])

    def test_huge_files_are_refused(self):
        self.check_huge()

    def test_lexicon_without_any_word_is_refused(self):
        words = self.read(os.path.join(os.environ["VN_SOURCE"],
                                       "engine/data/words-en.tsv"))
        every = b"".join(line.split(b"\t")[0] + b"\n"
                         for line in words.splitlines())
        self.refuse_path(self.write("every.txt", every))

    def test_blocked_word_is_never_spelled(self):
        path = self.write("block.txt", "flowers\n")
        self.assert_done(self.build_with(path))
        result = self.run_vanity("lookup", "-i", self.path("new.mdb"),
                                 "356-9377")
        os.unlink(self.path("new.mdb"))
        self.assert_done(result)
        self.assertNotIn(b"FLOWERS", result.out.replace(b"-", b""))


if __name__ == "__main__":
    fault.main()
