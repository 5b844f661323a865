#!/usr/bin/env python3
"""The rules of scripts/rebuild_cost; CTest runs this file."""

import importlib.machinery
import importlib.util
import pathlib
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def load():
    path = str(ROOT / "scripts" / "rebuild_cost")
    loader = importlib.machinery.SourceFileLoader("rebuild_cost", path)
    spec = importlib.util.spec_from_loader("rebuild_cost", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


rebuild_cost = load()
Change = rebuild_cost.Change


class InATree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name).resolve()

    def write(self, name, text):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


class Includes(InATree):
    def test_a_header_behind_a_header_is_read(self):
        last = self.write("b/last.h", "")
        self.write("a/first.h", '#pragma once\n#include "b/last.h"\n')
        source = self.write("a/one.cpp", '#include <vector>\n\n  #  include "a/first.h"\n')
        other = self.write("a/two.cpp", '#include <vector>\n')
        includes = rebuild_cost.Includes(self.tree)
        self.assertEqual(rebuild_cost.rebuilt({source, other}, includes, {last}), {source})

    def test_a_changed_source_is_rebuilt_and_nothing_else(self):
        source = self.write("a/one.cpp", "")
        other = self.write("a/two.cpp", "")
        includes = rebuild_cost.Includes(self.tree)
        self.assertEqual(rebuild_cost.rebuilt({source, other}, includes, {source}), {source})

    def test_headers_that_include_each_other_end(self):
        self.write("a/first.h", '#include "a/second.h"\n')
        second = self.write("a/second.h", '#include "a/first.h"\n')
        source = self.write("a/one.cpp", '#include "a/first.h"\n')
        self.assertIn(second, rebuild_cost.Includes(self.tree).read_by(source))

    def test_generated_headers_are_looked_for_after_the_others(self):
        generated = self.write("generated/a/made.h", "")
        source = self.write("a/one.cpp", '#include "a/made.h"\n#include "a/nowhere.h"\n')
        includes = rebuild_cost.Includes(self.tree, self.tree / "generated")
        self.assertEqual(includes.read_by(source), {source, generated})

    def test_what_is_not_included_by_a_line_of_its_own_is_not_read(self):
        self.write("a/first.h", "")
        source = self.write("a/one.cpp", '// #include "a/first.h"\n')
        self.assertEqual(rebuild_cost.Includes(self.tree).read_by(source), {source})


class Ninja(InATree):
    def test_sources_are_told_from_other_inputs(self):
        inputs = f"{self.tree}/a/one.cpp\ngenerated/b/two.cpp\nlib/a.o\ncmake_pch.hxx.cxx\nx.h\n"
        self.assertEqual(rebuild_cost.sources_of(inputs, self.tree / "build"),
                         {self.tree / "a/one.cpp", self.tree / "build/generated/b/two.cpp"})


class SampleEdits(InATree):
    def test_text_goes_before_the_first_anchor(self):
        self.assertEqual(
            rebuild_cost.changed_text("a;\nb;\nb;\n", Change("x.h", "new;\n", "b;")),
            "a;\nnew;\nb;\nb;\n")

    def test_text_without_an_anchor_goes_to_the_end(self):
        self.assertEqual(rebuild_cost.changed_text("a;\n", Change("x.cpp", "new;\n")), "a;\nnew;\n")

    def test_a_missing_anchor_is_refused(self):
        with self.assertRaisesRegex(rebuild_cost.DoesNotFit, "x.h has no 'c;'"):
            rebuild_cost.changed_text("a;\n", Change("x.h", "new;\n", "c;"))

    def test_an_edit_that_fits_no_form_is_refused(self):
        with self.assertRaisesRegex(rebuild_cost.DoesNotFit, "a delay fits nowhere"):
            rebuild_cost.fitting_changes(self.tree, "a delay")

    def test_a_new_migration_has_the_next_number(self):
        self.write("storage/metadata/migrations/001_first.sql", "")
        change = Change("storage/metadata/migrations/{next}_second.sql", "")
        self.assertEqual(rebuild_cost.path_of(self.tree, change).name, "002_second.sql")

    def test_all_fit_this_checkout(self):
        for edit in rebuild_cost.EDITS:
            with self.subTest(edit):
                for path in rebuild_cost.fitting_changes(ROOT, edit):
                    self.assertTrue(path.is_file() or path.suffix == ".sql", path)


class Tables(unittest.TestCase):
    def test_a_missed_share_is_told(self):
        table = rebuild_cost.edits_table({"a delay": [(92, 200), (31, 200)],
                                          "a kind": [(140, 200), (30, 200)]})
        self.assertIn("| a delay | 92 of 200, 46.0% | 31 of 200, 15.5% | ≤ 15% | **no** |", table)
        self.assertIn("| a kind | 140 of 200, 70.0% | 30 of 200, 15.0% | ≤ 15% | yes |", table)

    def test_the_ratio_of_clean_builds_is_told(self):
        self.assertIn("| 300 s | 180 s | 0.60 | ≤ 0.60 | yes |",
                      rebuild_cost.clean_table(300, 180))
        self.assertIn("| 0.61 | ≤ 0.60 | **no** |", rebuild_cost.clean_table(300, 183))


if __name__ == "__main__":
    unittest.main()
