"""Each of 1,000 bits of an index turned: found, and never a wrong spelling."""
import random

import fault
from fault import FAILED, REFUSED

FLIPS = 1000
NUMBERS = 200


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
        for bit in self.random.sample(range(len(self.data) * 8), FLIPS):
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
        page = 4096
        for start in range(0, len(self.data), page):
            for fill in (bytes(page), b"\xff" * page,
                         self.random.randbytes(page), self.data[:page]):
                if self.data[start:start + page] == fill:
                    continue
                with self.subTest(page=start // page, fill=fill[:4]):
                    data = bytearray(self.data)
                    data[start:start + page] = fill
                    path = self.write("garbage.mdb", bytes(data))
                    self.check_verify(path)
                    self.check_lookup(path, right)


if __name__ == "__main__":
    fault.main()
