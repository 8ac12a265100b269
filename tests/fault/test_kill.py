"""A build that is killed leaves the old index or the new one, complete."""
import os
import random
import signal
import subprocess
import time

import fault

KILLS = 50
ATTEMPTS_MAX = 2000


class Kill(fault.FaultTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(fault.seed())

    def command(self, target, words):
        return [self.program, "build", "--quiet", "-o", target, "--prefix",
                "35", "--words", words]

    def wait_at_random(self, length):
        """Half of the moments fall into the end, where files change."""
        begin = self.random.choice((0, length * 0.7))
        time.sleep(self.random.uniform(begin, length * 1.2))

    def kill_at_random(self, command, length, number):
        """True if the signal met a running build."""
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            self.wait_at_random(length)
            process.send_signal(number)
            process.wait()
        return process.returncode == -number

    def prepare(self):
        """Two lists of words: each gives an index of its own generation."""
        os.makedirs(self.path("kill"), exist_ok=True)
        target = self.path("kill/index.mdb")
        known = {}
        length = 0
        for name in ("first", "second"):
            words = self.write(f"{name}.txt", f"{name}\t100\n")
            start = time.monotonic()
            subprocess.run(self.command(target, words), check=True)
            length = time.monotonic() - start
            known[words] = self.generation(target)
        self.assertEqual(len(set(known.values())), 2)
        return target, known, length

    def test_killed_build_leaves_a_complete_index(self):
        target, known, length = self.prepare()
        words = list(known)
        kills = replaced = leftovers = 0
        current = known[words[1]]
        for attempt in range(ATTEMPTS_MAX):
            if kills == KILLS:
                break
            # Builds what is not there, so that the file tells which it is.
            other = words[0] if current == known[words[1]] else words[1]
            kills += self.kill_at_random(self.command(target, other), length,
                                         signal.SIGKILL)
            self.assert_done(self.run_vanity("verify", "-i", target))
            found = self.generation(target)
            self.assertIn(found, (current, known[other]))
            replaced += found != current
            leftovers += len(os.listdir(self.path("kill"))) - 1
            current = found
        self.assertEqual(kills, KILLS, f"in {attempt} attempts")
        print(f"{kills} builds killed, {leftovers} temporary files left, "
              f"{replaced} indexes replaced")
        subprocess.run(self.command(target, words[0]), check=True)
        self.only_files(self.path("kill"), "index.mdb")
        self.assertEqual(self.generation(target), known[words[0]])

    def test_killed_first_build_leaves_no_index_or_a_complete_one(self):
        _, known, length = self.prepare()
        os.mkdir(self.path("fresh"))
        target = self.path("fresh/index.mdb")
        command = self.command(target, list(known)[0])
        for _ in range(KILLS // 5):
            self.kill_at_random(command, length, signal.SIGKILL)
            if os.path.exists(target):
                self.assert_done(self.run_vanity("verify", "-i", target))
                os.unlink(target)
        subprocess.run(command, check=True)
        self.only_files(self.path("fresh"), "index.mdb")

    def test_stopped_build_cleans_up_itself(self):
        target, known, length = self.prepare()
        words = list(known)[0]
        before = self.generation(target)
        for number in (signal.SIGINT, signal.SIGTERM):
            for _ in range(5):
                with subprocess.Popen(self.command(target, words),
                                      stderr=subprocess.PIPE) as process:
                    self.wait_at_random(length)
                    process.send_signal(number)
                    process.communicate()
                # Before the program listens, the signal itself ends it.
                self.assertIn(process.returncode, (0, 128 + number, -number))
                self.only_files(self.path("kill"), "index.mdb")
                self.assert_done(self.run_vanity("verify", "-i", target))
                self.assertIn(self.generation(target),
                              (before, known[words]))


if __name__ == "__main__":
    fault.main()
