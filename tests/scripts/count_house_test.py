"""That scripts/count_house.py counts what it is there for and nothing else, in houses made for the
purpose."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

import count_house

ROWS = "storage/metadata/volumes/volume_rows.cpp"
FAMILY = "server/services/ec2/volumes/volumes.cpp"
DOCS = "# Architecture\n\n## Lists with a sequence of their own\n\n| operation | why |\n|---|---|\n"
HANDLER = """DescribeVolumesResponse describe_volumes(Session& session,
                                         const DescribeVolumesRequest& request)
{
    return describe<kDescribe>(session, request);
}
"""
SHAPES = {"Paged": {"members": {"MaxResults": {}, "NextToken": {}}},
          "Named": {"members": {"VolumeId": {}}}}


class Counts(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name)
        self.serve({"DescribeVolumes": "Paged", "DescribeVolumeAttribute": "Named"})
        self.write("docs/architecture.md", DOCS)
        self.write("storage/metadata/sql/listing.cpp", 'query.sql(" LIMIT ").value(limit);')
        self.write("storage/metadata/sql/listing.h",
                   "struct ListQuery { std::string_view owner{}; std::int64_t limit = -1; };")
        self.write(FAMILY, HANDLER)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def serve(self, operations):
        self.write("fixtures/api/served.json",
                   json.dumps({"ec2": {"volumes": {"volumes": list(operations)}}}))
        self.write("fixtures/api/ec2.json", json.dumps(
            {"operations": {name: {"input": shape} for name, shape in operations.items()},
             "shapes": SHAPES}))

    def places(self, what):
        return list(count_house.COUNTS[what](self.root))

    def count(self, what, text, path=ROWS):
        self.write(path, text)
        return len(self.places(what))

    def main(self, *arguments):
        self.printed = io.StringIO()
        with contextlib.redirect_stdout(self.printed), contextlib.redirect_stderr(self.printed):
            return count_house.main([*arguments, str(self.root)])


class PageTails(Counts):
    def test_the_one_page_is_none(self):
        self.assertEqual(self.places("page tails"), [])

    def test_a_bound_limit_is_one(self):
        self.assertEqual(self.count("page tails", 'select(db, "SELECT id FROM v ORDER BY id LIMIT ?");'), 1)
        self.assertEqual(self.places("page tails"), [f"{ROWS}:1"])

    def test_a_limit_that_is_appended_is_one(self):
        for code in ('query.sql(" ORDER BY 1 LIMIT ").value(wanted.limit);',
                     'sql += " ORDER BY id LIMIT " + std::to_string(limit);',
                     'fmt::format("{} LIMIT {}", select, limit);',
                     'constexpr auto kTail = R"(ORDER BY id LIMIT ?)";'):
            self.assertEqual(self.count("page tails", code), 1, code)

    def test_branches_of_one_statement_are_one(self):
        self.assertEqual(self.count(
            "page tails", 'query.sql(is_one ? " LIMIT " : " ORDER BY 1 LIMIT ").value(limit);'), 1)

    def test_two_statements_are_two(self):
        self.assertEqual(self.count("page tails", 'a(" LIMIT ?");\nb(" LIMIT ?");\n'), 2)

    def test_probes_and_batches_are_none(self):
        self.assertEqual(self.count(
            "page tails", 'a("SELECT 1 FROM v LIMIT 1"); b("FROM t ORDER BY due_ms LIMIT"\n " 1000");'), 0)

    def test_comments_are_none(self):
        self.assertEqual(self.count("page tails", '// a(" LIMIT ?");\n/* b(" LIMIT ?"); */\n'), 0)

    def test_quotes_in_literals_hide_none(self):
        self.assertEqual(self.count(
            "page tails", 'f("\\"", "*?\\\\", \'"\', ""); a(" LIMIT ?"); b(x, "", "LIMIT 1");'), 1)


class QueryStructs(Counts):
    def test_the_list_query_is_one(self):
        self.assertEqual(self.places("query structs"),
                         ["storage/metadata/sql/listing.h:1: ListQuery"])

    def test_what_derives_from_it_is_another(self):
        self.assertEqual(self.count("query structs", "struct Wanted : ListQuery {\n bool all = false;\n};"), 2)

    def test_what_has_its_name_or_its_members_is_another(self):
        self.assertEqual(self.count("query structs", "struct VolumeQuery { std::string after; };"), 2)
        self.assertEqual(self.count(
            "query structs", "struct Asked {\n std::string owner = {};\n std::int64_t limit = 0;\n};"), 2)

    def test_pages_texts_and_routes_are_none(self):
        self.assertEqual(self.count(
            "query structs", "class Query { std::string sql_; };\n"
            "struct ListPage { std::string after; std::optional<std::int64_t> limit; };\n"
            "struct VolumeRow { std::string owner{}; };"), 1)
        self.assertEqual(self.count("query structs", "class RouteQuery {};", "server/control/q.h"), 1)


class OwnSequences(Counts):
    def test_a_list_that_leaves_it_to_the_one_is_none(self):
        self.assertEqual(self.places("own sequences"), [])
        self.assertEqual(self.count(
            "own sequences", HANDLER.replace("describe<", "answer_list<"), FAMILY), 0)

    def test_a_list_that_does_not_is_one(self):
        self.assertEqual(self.count(
            "own sequences", HANDLER.replace("describe<kDescribe>", "list_volumes"), FAMILY), 1)

    def test_a_list_without_a_handler_is_one(self):
        self.serve({"DescribeVolumes": "Paged", "ListVolumes": "Paged"})
        self.assertEqual(self.places("own sequences"), [f"{FAMILY}: ListVolumes"])

    def test_the_document_names_them_and_no_others(self):
        self.write(FAMILY, HANDLER.replace("describe<kDescribe>", "list_volumes"))
        self.assertEqual(self.main(), 1)
        self.assertIn("DescribeVolumes has a sequence of its own, and no row", self.printed.getvalue())
        self.write("docs/architecture.md", DOCS + "| DescribeVolumes | it is blue |\n\n## Next\n")
        self.assertEqual(self.main(), 0)
        self.write(FAMILY, HANDLER)
        self.assertEqual(self.main(), 1)
        self.assertIn("DescribeVolumes has no sequence of its own", self.printed.getvalue())


class Sql(Counts):
    def test_numbered_placeholders_are_counted_one_by_one(self):
        self.assertEqual(self.count(
            "numbered placeholders", 'a("x = ?1 AND y = ?2", is ? 1 : 2); // ?3\nb("x = ?");'), 2)
        self.assertEqual(self.count(
            "numbered placeholders", "SELECT ?1; -- ?2\n", "storage/metadata/migrations/001_x.sql"), 3)

    def test_comparisons_with_a_literal_state_are_counted(self):
        for code in ('a("SELECT 1 FROM v WHERE v.state = \'available\'");',
                     'a("x.state <> \'gone\'");', 'a("state NOT IN (\'a\', \'b\')");',
                     'a("lock_state IS NOT \'a\'");', 'a("\'a\' = v.state");',
                     'a("CASE v.state WHEN \'a\' THEN 1 END");',
                     'a("UPDATE v SET state = \'b\' WHERE state = \'a\'");',
                     'if (row.state == "available") {}', 'if (row->status() != "x") {}',
                     'if ("x" == row.state) {}'):
            self.assertEqual(self.count("literal states", code), 1, code)

    def test_what_is_no_comparison_with_a_literal_state_is_none(self):
        for code in ('a("UPDATE v SET state = \'b\', n = ? WHERE id = ?");', 'a("v.state = ?");',
                     'a("v.kind = \'group\'");', 'if (row.state == volume_state::kInUse) {}',
                     'row.state = "available";', '// row.state == "available"\n',
                     'a("INSERT INTO v (state) VALUES (\'a\')");'):
            self.assertEqual(self.count("literal states", code), 0, code)

    def test_whole_rows_are_counted(self):
        for code in ('a("SELECT * FROM v");', 'a("SELECT"\n  " v.* FROM v");',
                     'a("SELECT DISTINCT *");', 'a("SELECT id, v.* FROM v");'):
            self.assertEqual(self.count("SELECT *", code), 1, code)
        self.assertEqual(self.count("SELECT *", 'a("SELECT count(*), 2 * 3 FROM v"); // SELECT *'), 0)


class Rows(Counts):
    def test_members_without_a_default_are_counted(self):
        self.assertEqual(self.count(
            "members without a default",
            "struct VolumeRow {\n    std::string id;\n    std::optional<std::int64_t> size;  // GiB\n"
            "    bool encrypted = false;\n    std::string state{};\n"
            "    bool is_free() const { return true; }\n    static VolumeRow made(int size);\n};"), 2)
        self.assertEqual(self.places("members without a default"), [f"{ROWS}:2", f"{ROWS}:3"])

    def test_members_of_what_is_no_row_are_none(self):
        self.assertEqual(self.count(
            "members without a default", "struct Volume {\n    std::string id;\n};"), 0)


class Limits(Counts):
    def test_a_house_in_order_passes_and_says_its_counts(self):
        self.assertEqual(self.main(), 0)
        self.assertIn("query structs: 1 (at most 3)", self.printed.getvalue())

    def test_each_limit_fails_when_it_is_passed(self):
        passing = {"page tails": 'a(" LIMIT ?");', "query structs": "struct OneQuery {};",
                   "numbered placeholders": 'a("?1");', "literal states": 'a(" state = \'x\'");',
                   "SELECT *": 'a("SELECT * FROM v");',
                   "members without a default": "struct VolumeRow {\n    int size;\n};"}
        for what, code in passing.items():
            self.write(ROWS, (code + "\n") * (count_house.LIMITS[what] + 1))
            self.assertEqual(self.main(), 1, what)
            self.assertIn(f"scripts/check: {self.main_count(what)} {what}", self.printed.getvalue())
            self.assertIn(f"  {ROWS}:", self.printed.getvalue())

    def main_count(self, what):
        return len(self.places(what))

    def test_own_sequences_fail_though_they_are_named(self):
        names = [f"DescribeThings{letter}" for letter in "ABCDEF"]
        self.serve({name: "Paged" for name in names})
        self.write("docs/architecture.md", DOCS + f"| {', '.join(names)} | because |\n")
        self.assertEqual(self.main(), 1)
        self.assertIn("6 own sequences, and 5 are the most", self.printed.getvalue())

    def test_every_place_is_told_on_request(self):
        self.assertEqual(self.main("--list"), 0)
        self.assertIn("  storage/metadata/sql/listing.h:1: ListQuery", self.printed.getvalue())

    def test_prints_to_stderr_are_those_beside_the_one_place(self):
        place = "server/cli/lab.cpp"
        line = 'fmt::print(stderr, "{}\\n", line);'
        self.assertEqual(self.count("prints to stderr", line, place), 1)
        self.assertEqual(self.count("prints to stderr", "std::cerr << 1;", place), 1)
        self.assertEqual(self.count("prints to stderr", 'fmt::print("stderr");', place), 0)
        self.assertEqual(self.count("prints to stderr", "write_to_stderr(text);", place), 1)
        self.assertEqual(self.count("prints to stderr", "complain(line);", place), 0)
        self.write(place, "")
        self.assertEqual(self.count("prints to stderr", line, "server/cli/complaints.cpp"), 0)
        self.assertEqual(self.count("prints to stderr", line, "tests/bench/x.cpp"), 0)


if __name__ == "__main__":
    unittest.main()
