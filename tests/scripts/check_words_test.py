"""That scripts/check_words.py finds what it is there for, in code made for the purpose."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

import check_words


class Words(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def wrong(self, generated=None):
        return [*check_words.check_comments(self.root),
                *check_words.check_types(self.root, generated),
                *check_words.check_paths(self.root)]

    def assert_wrong(self, part, generated=None):
        wrong = self.wrong(generated)
        self.assertTrue(any(part in line for line in wrong), wrong)

    def test_a_comment_that_names_its_subject_is_left_alone(self):
        self.write("server/a.h", "/// An image. What is said further down is\n"
                                 "/// The same, wherever a line begins.\n"
                                 "/// Those of one launch.\n"
                                 "int size;  ///< Bytes, as above.\n// And a remark.\n")
        self.assertEqual(self.wrong(), [])

    def test_a_comment_that_points_at_another_is_found(self):
        for text in ("/// The same, and locked.", "    /// It is gone.", "/// And its tags.",
                     "int x;  ///< Same in bytes."):
            with self.subTest(text):
                self.write("storage/a.h", f"int y;\n{text}\n")
                self.assert_wrong("storage/a.h:2: this comment does not name its subject")

    def test_a_docstring_that_points_at_another_is_found(self):
        self.write("tests/a.py", 'def a():\n    """The same for calls that are refused."""\n')
        self.assert_wrong("tests/a.py:2")

    def test_two_headers_with_a_type_of_one_name_are_found(self):
        self.write("server/a.h", "struct Session {\n};\n")
        self.write("storage/b.h", "class Session final : public Base {\n};\n")
        self.assert_wrong("server/a.h: a reader meets another Session in storage/b.h")

    def test_a_source_meets_what_its_headers_include(self):
        self.write("storage/deep.h", "enum class Kind : int { kOne };\n")
        self.write("storage/near.h", '#include "storage/deep.h"\n')
        self.write("tests/a_test.cpp", '#include "storage/near.h"\nusing Kind = int;\n')
        self.assert_wrong("storage/deep.h: a reader meets another Kind in tests/a_test.cpp")

    def test_sources_that_do_not_meet_may_use_one_name(self):
        self.write("server/a.cpp", "struct Wish {\n};\n")
        self.write("server/b.cpp", "struct Wish {\n};\n")
        self.assertEqual(self.wrong(), [])

    def test_types_within_others_and_mere_declarations_do_not_count(self):
        self.write("server/a.h", "class Store {\n    struct Options {\n    };\n};\nclass File;\n"
                                 "enum class Kind : int;\n")
        self.write("server/b.h", "class File {\n    struct Options {\n    };\n};\n"
                                 "struct File::Store {\n};\nenum class Kind : int { kOne };\n")
        self.assertEqual(self.wrong(), [])

    def test_generated_types_count_where_they_are_included(self):
        self.write("build/server/wire/ec2/shared.h", "struct Filter {\n};\n")
        self.write("build/server/wire/ebs/shared.h", "struct Filter {\n};\n")
        self.write("storage/filter.h", "struct Filter {\n};\n")
        generated = self.root / "build"
        self.assertEqual(self.wrong(generated), [])
        self.write("server/a.cpp", '#include "server/wire/ec2/shared.h"\n'
                                   '#include "storage/filter.h"\n')
        self.assert_wrong("server/wire/ec2/shared.h: a reader meets another Filter", generated)

    def test_a_name_with_a_reason_may_stand_twice(self):
        name = next(iter(check_words.ALLOWED))
        self.write("server/a.h", f"struct {name} {{\n}};\n")
        self.write("storage/b.h", f"struct {name} {{\n}};\n")
        self.assertEqual(self.wrong(), [])

    def test_files_that_docs_name_are_there(self):
        self.write("server/calls/session.h", "")
        self.write("docs/a.md", "`server/calls/session.h`, `session.h`, `git show`, `<family>.cpp`\n")
        self.write("docs/decisions/b.md", "`server/calls/gone.h`\n")
        self.assertEqual(self.wrong(), [])

    def test_a_file_that_docs_name_and_is_gone_is_found(self):
        for name in ("server/calls/gone.h", "gone.cpp"):
            with self.subTest(name):
                self.write("docs/a.md", f"The session.\n`{name}` has it.\n")
                self.assert_wrong(f"docs/a.md:2: there is no {name}")


if __name__ == "__main__":
    unittest.main()
