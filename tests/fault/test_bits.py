"""Each of 1,000 bits of an index turned: found, and never a wrong spelling."""
import random
import struct

import fault
from fault import FAILED, REFUSED

FLIPS = 1000
NUMBERS = 200
PAGE = 4096

# LMDB's own bytes: header of a page, of a node; kinds of pages that have nodes.
PAGE_HEADER = struct.Struct("<QHHHH")
NODE_HEADER = 8
BRANCH_OR_LEAF = 3


def structure(data):
    """Where LMDB's own bytes lie behind the two first pages."""
    for start in range(2 * PAGE, len(data) - PAGE, PAGE):
        _, _, flags, lower, _ = PAGE_HEADER.unpack_from(data, start)
        if not flags & BRANCH_OR_LEAF:
            continue
        yield from range(start, start + lower)
        count = (lower - PAGE_HEADER.size) // 2
        for at in struct.unpack_from(f"<{count}H", data,
                                     start + PAGE_HEADER.size):
            yield from range(start + at, start + at + NODE_HEADER)


def bits(places):
    return [place * 8 + bit for place in places for bit in range(8)]


class Bits(fault.FaultTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(fault.seed())
        cls.data = cls().read(cls().build("good.mdb"))
        numbers = [f"{fault.PREFIX}{n:03d}" for n in
                   cls.random.sample(range(1000), NUMBERS)]
        cls.numbers = ("\n".join(numbers) + "\n").encode()

    def lookup(self, path):
        return self.run_vanity("lookup", "-i", path, "-", data=self.numbers)

    def flip(self, bit):
        data = bytearray(self.data)
        data[bit // 8] ^= 1 << bit % 8
        return self.write("flipped.mdb", bytes(data))

    def check_verify(self, path):
        result = self.run_vanity("verify", "-i", path)
        self.assert_no_crash(result)
        self.assertIn(result.code, (REFUSED, FAILED), str(result))
        self.assert_one_line(result)
        return result.code

    def check_lookup(self, path, right):
        """What is printed is right, up to where the damage was met."""
        result = self.lookup(path)
        self.assert_no_crash(result)
        self.assertIn(result.code, (0, REFUSED, FAILED), str(result))
        if result.code == 0:
            self.assertEqual(result.out, right)
        else:
            self.assertTrue(right.startswith(result.out), str(result))
            self.assert_one_line(result)
        return result.code

    def test_every_flipped_bit_is_found_and_none_misleads(self):
        good = self.path("good.mdb")
        right = self.assert_done(self.lookup(good)).out
        self.assertEqual(right.count(b"\n"), NUMBERS)
        verified = {REFUSED: 0, FAILED: 0}
        looked_up = {0: 0, REFUSED: 0, FAILED: 0}
        inside = bits(structure(self.data))
        self.assertGreater(len(inside), FLIPS)
        for bit in (self.random.sample(range(len(self.data) * 8), FLIPS // 2) +
                    self.random.sample(inside, FLIPS // 2)):
            with self.subTest(bit=bit):
                path = self.flip(bit)
                verified[self.check_verify(path)] += 1
                looked_up[self.check_lookup(path, right)] += 1
        print(f"{len(self.data)} bytes; exits of verify {verified}, "
              f"of lookup {looked_up}")
        # Only a broken magic number or version makes the file foreign.
        self.assertLess(verified[REFUSED], FLIPS // 20)

    def test_pages_of_garbage_do_not_mislead(self):
        right = self.assert_done(self.lookup(self.path("good.mdb"))).out
        for start in range(0, len(self.data), PAGE):
            for fill in (bytes(PAGE), b"\xff" * PAGE,
                         self.random.randbytes(PAGE), self.data[:PAGE]):
                if self.data[start:start + PAGE] == fill:
                    continue
                with self.subTest(page=start // PAGE, fill=fill[:4]):
                    data = bytearray(self.data)
                    data[start:start + PAGE] = fill
                    path = self.write("garbage.mdb", bytes(data))
                    self.check_verify(path)
                    self.check_lookup(path, right)


if __name__ == "__main__":
    fault.main()
