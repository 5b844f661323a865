"""The arithmetic of the benchmark's tables. No clock is read."""

import unittest

from table import Better, Growth, Row, Target, as_markdown, as_text, paired


class Paired(unittest.TestCase):
    def test_takes_the_median_of_the_rounds_ratios_not_the_ratio_of_medians(self):
        self.assertEqual(paired([10, 100, 30], [10, 50, 10]), 2)

    def test_refuses_rounds_that_have_no_partner(self):
        with self.assertRaises(ValueError):
            paired([1, 2], [1])


class RowTest(unittest.TestCase):
    def test_counts_less_of_a_cost_and_more_of_a_rate_as_better(self):
        self.assertEqual(Row("", "µs", Better.LESS, [2], moto=[10]).times_better(), 5)
        self.assertEqual(Row("", "/s", Better.MORE, [10], moto=[2]).times_better(), 5)

    def test_misses_its_target_when_one_of_two_bounds_is_missed(self):
        target = Target("", floor_at_most=2, moto_at_least=100)
        self.assertTrue(Row("", "", Better.LESS, [2], [200], [1], target).is_met())
        self.assertFalse(Row("", "", Better.LESS, [2], [199], [1], target).is_met())
        self.assertFalse(Row("", "", Better.LESS, [3], [300], [1], target).is_met())

    def test_judges_by_the_bounds_that_were_measured(self):
        target = Target("", floor_at_least=0.5, moto_at_least=30)
        self.assertTrue(Row("", "", Better.MORE, [5], None, [10], target).is_met())
        self.assertFalse(Row("", "", Better.MORE, [4], None, [10], target).is_met())
        self.assertIsNone(Row("", "", Better.MORE, [5], None, None, target).is_met())
        self.assertIsNone(Row("", "", Better.MORE, [5], [1], [1]).is_met())

    def test_judges_the_value_itself_by_its_median(self):
        target = Target("", at_most=20)
        self.assertTrue(Row("", "ms", Better.LESS, [19, 20, 90], target=target).is_met())
        self.assertFalse(Row("", "ms", Better.LESS, [19, 21, 90], target=target).is_met())

    def test_shows_a_dash_for_what_was_not_measured(self):
        self.assertEqual(Row("a", "µs", Better.LESS, [2.5]).cells(),
                         ["a", "2.5 µs", "-", "-", "-", "-", "-", "-"])


class GrowthTest(unittest.TestCase):
    def test_compares_much_with_little(self):
        self.assertTrue(Growth("", "ms", [10], [12], 1.2).is_met())
        self.assertFalse(Growth("", "ms", [10], [13], 1.2).is_met())

    def test_divides_by_the_items_where_the_cost_is_theirs(self):
        def scan(figure):
            return Growth("", "µs", [1], [figure], per_item=(1000, 0.5, "µs an image"))

        self.assertTrue(scan(500).is_met())
        self.assertFalse(scan(501).is_met())


class Tables(unittest.TestCase):
    def test_are_markdown_or_aligned_text(self):
        header, rows = ["what", "n"], [["a", "1"], ["bcdef", "**no**"]]
        self.assertEqual(as_markdown(header, rows),
                         "| what | n |\n|---|---:|\n| a | 1 |\n| bcdef | **no** |")
        lines = as_text(header, rows).splitlines()
        self.assertEqual(len(set(map(len, lines))), 1)
        self.assertNotIn("*", lines[2])


if __name__ == "__main__":
    unittest.main()
