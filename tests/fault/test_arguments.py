"""Wrong use, and files that are no index: one line, the right exit code."""
import os
import struct
import subprocess

import xxhash

import fault
from fault import FAILED, REFUSED

FOOTER_BYTES = 4096
FOOTER_FORMAT_AT = 16
NUMBER = "1-800-356-9377"
COMMANDS = ("build", "lookup", "explain", "rank", "top", "info", "verify",
            "diff")


class WrongUse(fault.FaultTest):
    def refuse(self, *arguments, words=()):
        with self.subTest(arguments=arguments):
            result = self.run_vanity(*arguments)
            self.assert_fails(result, REFUSED, *words)
            self.assertEqual(result.out, b"")

    def test_unknown_command_and_option_are_refused(self):
        self.refuse("frobnicate", words=("frobnicate",))
        self.refuse("")
        self.refuse("x" * 5000)
        self.refuse("--frobnicate")
        for command in COMMANDS:
            self.refuse(command, "--frobnicate", words=("frobnicate",))

    def test_option_without_its_value_is_refused(self):
        for command, option in (("build", "-o"), ("build", "--words"),
                                ("build", "--prefix"), ("build", "--threads"),
                                ("lookup", "-i"), ("lookup", "--top"),
                                ("top", "-n"), ("top", "--prefix")):
            self.refuse(command, option)

    def test_missing_and_surplus_arguments_are_refused(self):
        self.refuse("lookup")
        self.refuse("explain")
        self.refuse("rank")
        self.refuse("diff")
        self.refuse("diff", "one.mdb")
        self.refuse("diff", "one.mdb", "two.mdb", "three.mdb")
        for command in ("build", "top", "info", "verify"):
            self.refuse(command, "surplus")

    def test_no_command_and_help_of_two_are_refused(self):
        self.refuse(words=("vanity help",))
        self.refuse("help", "lookup", "rank", words=("rank",))

    def test_number_of_threads_out_of_range_is_refused(self):
        for value in ("0", "100000", "-1", "1025", "+2", "many", "1x", "", "0x10",
                      "99999999999999999999"):
            self.refuse("build", "-o", self.path("t.mdb"), "--threads", value,
                        words=("threads",))
        self.assertFalse(os.path.exists(self.path("t.mdb")))

    def test_bad_prefix_is_refused(self):
        for value in ("12345678", "35a", "-1", "+1", " 35", "3 5"):
            self.refuse("build", "-o", self.path("p.mdb"), "--prefix", value)
        self.assertFalse(os.path.exists(self.path("p.mdb")))

    def test_bad_counts_are_refused(self):
        for value in ("0", "6", "-1", "two", ""):
            self.refuse("lookup", "--top", value, NUMBER)
        for value in ("0", "-1", "two", "", "99999999999999999999"):
            self.refuse("top", "-n", value)


class BadIndex(fault.FaultTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls().build("good.mdb")

    def readers(self, path):
        """Every command that reads an index, on 'path'."""
        yield ("lookup", "-i", path, NUMBER)
        yield ("rank", "-i", path, "-")
        yield ("top", "-i", path)
        yield ("info", "-i", path)
        yield ("verify", "-i", path)
        yield ("verify", "--deep", "-i", path)
        yield ("diff", path, self.good)
        yield ("diff", self.good, path)

    def all_fail(self, path, code, *words, run=None):
        for arguments in self.readers(path):
            with self.subTest(arguments=arguments):
                result = (run or self.run_vanity)(*arguments)
                self.assert_fails(result, code, *words)
                self.assertEqual(result.out, b"")

    def test_missing_index_is_bad_input(self):
        self.all_fail(self.path("none.mdb"), REFUSED)
        self.all_fail(self.path("no/such/folder.mdb"), REFUSED)
        self.all_fail(self.path("good.mdb/below"), REFUSED)
        self.all_fail("", REFUSED)

    def test_directory_is_bad_input(self):
        os.mkdir(self.path("folder"))
        self.all_fail(self.path("folder"), REFUSED)

    def test_devices_and_pipes_are_bad_input(self):
        os.mkfifo(self.path("pipe"))
        self.all_fail(self.path("pipe"), REFUSED)
        self.all_fail("/dev/null", REFUSED)
        self.all_fail("/dev/zero", REFUSED)

    def test_empty_and_foreign_files_are_bad_input(self):
        self.all_fail(self.write("empty.mdb", b""), REFUSED)
        self.all_fail(self.write("one.mdb", b"x"), REFUSED)
        self.all_fail(self.write("text.mdb", "not an index\n" * 5000),
                      REFUSED)
        self.all_fail(self.write("zeros.mdb", bytes(100000)), REFUSED)

    def test_truncated_index_is_damage(self):
        data = self.read(self.good)
        for size in (len(data) - 1, len(data) - FOOTER_BYTES, len(data) // 2,
                     FOOTER_BYTES * 2, FOOTER_BYTES):
            self.all_fail(self.write("cut.mdb", data[:size]), FAILED)

    def test_index_with_bytes_added_is_damage(self):
        data = self.read(self.good)
        self.all_fail(self.write("more.mdb", data + b"\n"), FAILED)
        footer = data[-FOOTER_BYTES:]
        self.all_fail(self.write("twice.mdb", data + footer), FAILED)
        # A footer alone, or behind too little.
        self.all_fail(self.write("foot.mdb", footer), FAILED)
        self.all_fail(self.write("feet.mdb", data[:FOOTER_BYTES] + footer),
                      FAILED)

    def test_another_format_version_is_named(self):
        data = bytearray(self.read(self.good))
        footer = data[-FOOTER_BYTES:]
        self.assertEqual(footer[:12], b"VANITY INDEX")
        struct.pack_into("<I", footer, FOOTER_FORMAT_AT, 77)
        struct.pack_into("<Q", footer, FOOTER_BYTES - 8,
                         xxhash.xxh3_64_intdigest(bytes(footer[:-8])))
        path = self.write("version.mdb", bytes(data[:-FOOTER_BYTES] + footer))
        for arguments in self.readers(path):
            with self.subTest(arguments=arguments):
                self.assert_fails(self.run_vanity(*arguments), REFUSED, "77")

    def test_unreadable_index_is_a_failure(self):
        path = self.write("closed.mdb", self.read(self.good))
        with fault.restricted(path, 0):
            self.all_fail(path, FAILED, "Permission denied",
                          run=self.run_as_nobody)

    def test_index_in_a_closed_folder_is_a_failure(self):
        os.mkdir(self.path("closed"))
        path = self.write("closed/index.mdb", self.read(self.good))
        with fault.restricted(self.path("closed"), 0):
            self.all_fail(path, FAILED, "Permission denied",
                          run=self.run_as_nobody)

    def test_read_only_index_in_a_read_only_folder_is_read(self):
        os.mkdir(self.path("shelf"))
        path = self.write("shelf/index.mdb", self.read(self.good))
        with fault.restricted(path, 0o444), \
                fault.restricted(self.path("shelf"), 0o555):
            for arguments in (("lookup", "-i", path, "356-9377"),
                              ("verify", "-i", path)):
                self.assert_done(self.run_as_nobody(*arguments))
        self.only_files(self.path("shelf"), "index.mdb")

    def test_number_outside_the_prefix_is_bad_input(self):
        result = self.run_vanity("lookup", "-i", self.good, "468-5865")
        self.assert_fails(result, REFUSED, fault.PREFIX)

    def test_another_lexicon_than_the_index_is_bad_input(self):
        words = self.write("words.txt", "zyzzyva\t100\n")
        for arguments in (("verify", "--deep", "--words", words),
                          ("verify", "--deep", "--block", words)):
            with self.subTest(arguments=arguments):
                self.assert_fails(
                    self.run_vanity(*arguments, "-i", self.good), REFUSED)

    def test_indexes_of_different_prefixes_do_not_compare(self):
        other = self.build("other.mdb", prefix="3568")
        self.assert_fails(self.run_vanity("diff", self.good, other), REFUSED)


class Output(fault.FaultTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls().build("good.mdb")

    def printers(self):
        yield ("lookup", "-i", self.good, NUMBER)
        yield ("lookup", "--json", "-i", self.good, NUMBER)
        yield ("lookup", "-i", self.good, "-")
        yield ("rank", "-i", self.good, "-")
        yield ("explain", NUMBER)
        yield ("top", "-i", self.good)
        yield ("info", "-i", self.good)
        yield ("info", "--json", "-i", self.good)
        yield ("diff", "--json", "--quiet", self.good, self.good)
        yield ("--help",)
        yield ("--version",)
        for command in COMMANDS:
            yield (command, "--help")

    def test_full_output_is_a_failure(self):
        for arguments in self.printers():
            with self.subTest(arguments=arguments), \
                    open("/dev/full", "wb") as full:
                result = self.run_vanity(*arguments, stdout=full,
                                         data=f"{NUMBER}\n".encode() * 9)
                self.assert_fails(result, FAILED)

    def test_closed_output_is_a_failure(self):
        for arguments in self.printers():
            with self.subTest(arguments=arguments):
                result = self.run_vanity(
                    *arguments, data=f"{NUMBER}\n".encode() * 9,
                    before=("sh", "-c", 'exec "$@" >&-', "sh"))
                self.assert_fails(result, FAILED)

    def test_closed_standard_files_do_no_harm_to_an_index(self):
        path = self.path("alone.mdb")
        script = 'exec "$@" <&- >&- 2>&-'
        result = self.run_vanity("build", "-o", path, "--prefix",
                                 fault.PREFIX,
                                 before=("sh", "-c", script, "sh"))
        self.assert_no_crash(result)
        if os.path.exists(path):
            self.assert_done(self.run_vanity("verify", "-i", path))

    def test_reader_that_leaves_is_no_crash(self):
        for arguments in (("top", "-n", "1000", "-i", self.good),
                          ("lookup", "-i", self.good, "-")):
            with self.subTest(arguments=arguments):
                reader, writer = os.pipe()
                os.close(reader)
                with open(writer, "wb") as pipe:
                    result = self.run_vanity(
                        *arguments, stdout=pipe,
                        data=f"{NUMBER}\n".encode() * 9)
                self.assert_no_crash(result)


class BadNumbers(fault.FaultTest):
    refused = ("", " ", "1", "123456", "12345678", "123456789", "1-800",
               "1-800-356-93771", "1-800-FLOWERSHOPS", "356_9377",
               "1-800-356-9377 ext 5", "1-800-356-9377x5", "+1+8003569377",
               "8+003569377", "+123", "+1234567890123456", "\u0663" * 7,
               "1-800-\x01FLOWER", "\ufeff356", "f" * 256, "3" * 100000)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls().build("good.mdb")

    def test_bad_argument_is_refused(self):
        for number in self.refused:
            for command in ("lookup", "explain"):
                index = ("-i", self.good) if command == "lookup" else ()
                with self.subTest(command=command, number=number[:30]):
                    result = self.run_vanity(command, *index, number)
                    self.assert_fails(result, REFUSED)

    def test_bad_line_is_refused_and_the_others_answered(self):
        bad = [line.encode() for line in self.refused]
        bad += [b"356\x009377", b"356-93\xff7", b"\x00"]
        data = b"".join(line + b"\n356-9377\r\n" for line in bad)
        for option in ((), ("--json",)):
            with self.subTest(option=option):
                result = self.run_vanity("lookup", *option, "-i", self.good,
                                         "-", data=data)
                self.assert_no_crash(result)
                self.assertEqual(result.code, REFUSED, str(result))
                lines = result.out.split(b"\n")
                errors = [line for line in lines if b"error" in line]
                flowers = [line for line in lines if line not in errors and
                           b"FLOWERS" in line]
                self.assertEqual(len(errors), len(bad))
                self.assertEqual(len(flowers), len(bad))

    def test_huge_line_is_refused_in_little_memory(self):
        for command in ("lookup", "rank"):
            with self.subTest(command=command):
                self.check_huge_line(command)

    def check_huge_line(self, command):
        piece = b"3" * (1 << 20)
        pieces = [piece] * 1024 + [b"\n356-9377\n"]
        with subprocess.Popen(
                [self.program, command, "-i", self.good, "-"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL) as process:
            thread = fault.feed(process.stdin, pieces)
            out = process.stdout.read()
            thread.join()
            # Reaped here for its peak memory, in kB.
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(process.returncode, (0, REFUSED))
        self.assertIn(b"FLOWERS", out)
        self.assertLess(len(out), 100000)
        self.assertLess(usage.ru_maxrss, 300 * 1024)


if __name__ == "__main__":
    fault.main()
