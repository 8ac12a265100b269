"""No space, no permission: the old index stays, nothing is left beside it."""
import contextlib
import os
import resource
import shutil
import subprocess

import fault
from fault import FAILED, REFUSED

FULL = "No space left on device"
CLOSED = "Permission denied"


def file_size_limit(size):
    """Runs in the child: a write past 'size' fails as on a full disk."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@contextlib.contextmanager
def small_disk(folder, size):
    """In a 'with': 'folder' has only 'size' bytes; yields what to pass on."""
    os.mkdir(folder)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
        check=False, capture_output=True).returncode == 0
    print(f"full disk by {'a small tmpfs' if mounted else 'RLIMIT_FSIZE'}")
    try:
        yield {} if mounted else {"preexec_fn": file_size_limit(size)}
    finally:
        if mounted:
            subprocess.run(["umount", folder], check=True)
        shutil.rmtree(folder)


class Storage(fault.FaultTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = cls().build("small.mdb")
        cls.small_data = cls().read(cls.small)
        cls.large = cls().build("large.mdb", prefix="35")
        cls.large_size = os.path.getsize(cls.large)

    def build_over(self, target, *before, **options):
        return self.run_vanity("build", "--quiet", "-o", target, "--prefix",
                               "35", before=before, **options)

    def assert_old_index_stays(self, target):
        self.assertEqual(self.read(target), self.small_data)
        self.only_files(os.path.dirname(target), os.path.basename(target))

    def test_full_disk_leaves_the_old_index(self):
        size = len(self.small_data)
        # From hardly a page to hardly too little.
        for share in range(1, 16, 2):
            space = size + (self.large_size * share // 16 & ~0xfff)
            with self.subTest(space=space), \
                    small_disk(self.path("disk"), space) as options:
                target = self.write("disk/index.mdb", self.small_data)
                result = self.build_over(target, **options)
                self.assert_fails(result, FAILED, FULL if not options else "")
                self.assert_old_index_stays(target)

    def test_full_disk_leaves_no_first_index(self):
        with small_disk(self.path("disk"), 65536) as options:
            target = self.path("disk/index.mdb")
            self.assert_fails(self.build_over(target, **options), FAILED)
            self.only_files(self.path("disk"))

    def test_every_limit_of_file_size_leaves_the_old_index(self):
        os.mkdir(self.path("limited"))
        target = self.write("limited/index.mdb", self.small_data)
        for share in range(24):
            size = self.large_size * share // 24
            with self.subTest(size=size):
                result = self.build_over(
                    target, preexec_fn=file_size_limit(size))
                self.assert_fails(result, FAILED)
                self.assert_old_index_stays(target)

    def test_last_page_that_does_not_fit_leaves_the_old_index(self):
        os.mkdir(self.path("last"))
        target = self.write("last/index.mdb", self.small_data)
        for less in (1, 4095, 4096, 4097, 8192):
            with self.subTest(less=less):
                result = self.build_over(target, preexec_fn=file_size_limit(
                    self.large_size - less))
                self.assert_fails(result, FAILED)
                self.assert_old_index_stays(target)
        self.assert_done(self.build_over(target, preexec_fn=file_size_limit(
            self.large_size)))

    def test_folder_without_permission_is_a_failure(self):
        os.mkdir(self.path("shelf"))
        target = self.write("shelf/index.mdb", self.small_data)
        with fault.restricted(self.path("shelf"), 0o555):
            for path in (target, self.path("shelf/new.mdb")):
                result = self.run_as_nobody("build", "-o", path, "--prefix",
                                            fault.PREFIX)
                self.assert_fails(result, FAILED, CLOSED)
        self.assert_old_index_stays(target)

    def test_folder_that_may_not_be_entered_is_a_failure(self):
        os.mkdir(self.path("closed"))
        with fault.restricted(self.path("closed"), 0):
            result = self.run_as_nobody(
                "build", "-o", self.path("closed/new.mdb"), "--prefix",
                fault.PREFIX)
            self.assert_fails(result, FAILED, CLOSED)
        self.only_files(self.path("closed"))

    def test_target_that_is_no_file_is_bad_input(self):
        os.makedirs(self.path("odd/folder"))
        os.mkfifo(self.path("odd/pipe"))
        os.symlink("nowhere", self.path("odd/dangling"))
        os.symlink("/dev/stdout", self.path("odd/output"))
        for target in ("odd/folder", "odd/folder/", "odd/pipe", "/dev/null",
                       "/dev/full", "odd/none/index.mdb", "odd/dangling",
                       "small.mdb/below", "odd/output", "/dev/stdout",
                       "/dev/fd/2", ""):
            with self.subTest(target=target):
                path = os.path.join(self.folder, target) if target else ""
                result = self.run_vanity("build", "-o", path, "--prefix",
                                         fault.PREFIX)
                self.assert_fails(result, REFUSED)
        self.only_files(self.path("odd"), "dangling", "folder", "output",
                        "pipe")
        self.only_files(self.path("odd/folder"))

    def test_name_that_is_too_long_is_refused(self):
        result = self.run_vanity("build", "-o", self.path("x" * 300),
                                 "--prefix", fault.PREFIX)
        self.assert_no_crash(result)
        self.assertIn(result.code, (REFUSED, FAILED))
        self.assert_one_line(result)

    def test_link_to_an_index_stays_a_link(self):
        os.makedirs(self.path("linked/there"))
        target = self.write("linked/there/index.mdb", self.small_data)
        link = self.path("linked/index.mdb")
        os.symlink("there/index.mdb", link)
        self.assert_done(self.build_over(link))
        self.assertTrue(os.path.islink(link))
        self.assertEqual(os.path.getsize(target), self.large_size)
        self.only_files(self.path("linked"), "index.mdb", "there")
        self.only_files(self.path("linked/there"), "index.mdb")

    def test_second_build_of_the_same_index_is_a_failure(self):
        os.mkdir(self.path("two"))
        target = self.path("two/index.mdb")
        builds = [subprocess.Popen(
            [self.program, "build", "-o", target, "--prefix", "35"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            for _ in range(4)]
        codes = []
        for build in builds:
            err = build.communicate()[1].decode()
            codes.append(build.returncode)
            if build.returncode != 0:
                self.assert_fails(fault.Result(build.returncode, b"", err),
                                  FAILED, "another build")
        self.assertIn(0, codes)
        self.assert_done(self.run_vanity("verify", "-i", target))
        self.only_files(self.path("two"), "index.mdb")


if __name__ == "__main__":
    fault.main()
