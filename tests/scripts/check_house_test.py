"""That scripts/check_house.py finds what it is there for, in houses made for the purpose."""

import json
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

import check_house

FAMILY = "server/services/ec2/volumes/volumes"
SOURCE = """#include "server/services/ec2/volumes/volumes.h"
#include "server/calls/session.h"
DescribeVolumesResponse describe_volumes(Session& session, const DescribeVolumesRequest& request)
constexpr Operation kOperations[] = {
    read<describe_volumes>(kDescribeVolumes),
};
"""


class House(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name)
        self.write("fixtures/api/served.json",
                   json.dumps({"ec2": {"volumes": {"volumes": ["DescribeVolumes"]}}}))
        self.write("server/main.cpp", "")
        self.write_facts(f"| DescribeVolumes refuses | observed | `{FAMILY}.cpp` |")
        self.write("storage/CMakeLists.txt", "")
        self.write("CMakeLists.txt", "amilab_in_units(amilab_server\n  WITHOUT storage/disk_formats)\n")
        self.write("server/link/unit_names.h",
                   "#define kOperations AMILAB_NAME_IN(kOperations, AMILAB_UNIT)\n")
        self.write(f"{FAMILY}.h", "")
        self.write(f"{FAMILY}.cpp", SOURCE)
        self.write(f"tests/{FAMILY}_test.cpp", "")

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def write_facts(self, row):
        self.write("docs/fidelity.md", f"| behaviour | how we know | where |\n|---|---|---|\n{row}\n")

    def wrong(self):
        return [*check_house.check_roots(self.root), *check_house.check_includes(self.root),
                *check_house.check_locks(self.root), *check_house.check_libraries(self.root),
                *check_house.check_families(self.root), *check_house.check_rows(self.root),
                *check_house.check_facts(self.root), *check_house.check_units(self.root)]

    def assert_wrong(self, part):
        self.assertTrue(any(part in line for line in self.wrong()), self.wrong())

    def test_a_house_in_order_is_left_alone(self):
        self.assertEqual(self.wrong(), [])

    def test_an_include_that_climbs_is_found(self):
        self.write("server/calls/session.h", '#include "server/services/ec2/volumes/volumes.h"\n')
        self.assert_wrong("server/calls may not include server/services/ec2/volumes")

    def test_storage_does_not_know_the_server(self):
        self.write("storage/base/clock.h", '#include "server/calls/session.h"\n')
        self.assert_wrong("storage/base may not include server/calls")

    def test_rooms_beside_each_other_do_not_meet(self):
        self.write("server/services/ebs/ebs.cpp", f'#include "{FAMILY}.h"\n')
        self.assert_wrong("server/services/ebs may not include server/services/ec2/volumes")

    def test_a_room_without_a_line_stands_beside_others_and_above_what_is_common(self):
        room = "server/services/ec2/hosts"
        self.write(f"{room}/hosts.cpp", '#include "server/services/ec2/common/ids.h"\n')
        self.write("server/services/ec2/images/images.cpp", f'#include "{room}/hosts.h"\n')
        self.assertEqual(self.wrong(), [])
        self.write(f"{room}/hosts.h", '#include "server/services/ec2/groups/groups.h"\n')
        self.write("server/services/ec2/groups/groups.h", f'#include "{FAMILY}.h"\n')
        self.assert_wrong("server/services/ec2/hosts may not include server/services/ec2/groups")
        self.assert_wrong("server/services/ec2/groups may not include server/services/ec2/volumes")

    def test_rows_read_rows(self):
        self.write("storage/metadata/images/image_rows.h",
                   '#include "storage/metadata/snapshots/snapshot_rows.h"\n')
        self.assertEqual(self.wrong(), [])

    def test_a_file_in_no_room_is_found(self):
        self.write("server/attic/old.cpp", "")
        self.write("server/front.cpp", "")
        self.assert_wrong("server/front.cpp: files stand in rooms")

    def test_an_operation_in_another_file_is_found(self):
        self.write(f"{FAMILY}.cpp", SOURCE.replace("DescribeVolumesResponse describe", "x"))
        self.assert_wrong("DescribeVolumes is handled elsewhere")

    def test_an_operation_without_a_row_is_found(self):
        self.write(f"{FAMILY}.cpp", SOURCE.replace("read<", "wrote<x"))
        self.assert_wrong("no row of its table has DescribeVolumes")

    def test_a_family_without_its_files_is_found(self):
        (self.root / f"{FAMILY}.h").unlink()
        (self.root / f"tests/{FAMILY}_test.cpp").unlink()
        self.assert_wrong("the family volumes has no such file")
        self.assert_wrong("the family volumes has no tests of its name")


    def test_rows_have_the_name_of_a_family(self):
        for name in ("volume_rows.h", "volume_type_rows.h", "volumes.h"):
            self.write(f"storage/metadata/volumes/{name}", "")
        self.write("storage/metadata/layers/layer_rows.h", "")
        self.write("storage/metadata/volumes/export_rows.h", "")
        self.assertEqual(self.wrong(), [])
        self.write("storage/metadata/volumes/disk_rows.h", "")
        self.assert_wrong("volumes/disk_rows.h: no family of volumes has this name")

    def test_a_migration_has_the_name_of_a_room(self):
        self.write("storage/metadata/migrations/003_life.sql", "")
        self.write("storage/metadata/migrations/012_volumes.sql", "")
        self.assertEqual(self.wrong(), [])
        self.write("storage/metadata/migrations/013_disks.sql", "")
        self.assert_wrong("migrations/013_disks.sql: there is no room disks")

    def test_a_library_that_stands_behind_one_file_is_found_beside_it(self):
        for header, only in (("CLI/CLI.hpp", "server/cli/command_line.cpp"),
                             ("boost/process/child.hpp", "server/cli/programs.cpp"),
                             ("boost/process.hpp", "server/cli/programs.cpp"),
                             ("spdlog/spdlog.h", "server/log/log.cpp")):
            self.write(only, f"#include <{header}>\n")
            self.assertEqual(self.wrong(), [])
            for written in (f"#include <{header}>", f'#  include "{header}"'):
                for path in ("server/cli/options.h", "server/log/log.h", "storage/base/clock.cpp"):
                    self.write(path, f"#pragma once\n{written}\n")
                    self.assert_wrong(f"{path}:2: {header} is for {only} alone")
                    self.write(path, f'#include "{only.removesuffix(".cpp")}.h"\n'
                               if path.startswith("server/cli") else "")

    def test_a_lock_that_knows_no_order_is_found(self):
        for lock in ("std::mutex", "std::recursive_mutex", "std::condition_variable_any",
                     "std::scoped_lock", "std::lock_guard", "std::unique_lock<std::mutex>"):
            self.write("storage/base/clock.h", f"\n    {lock} lock_;\n")
            self.assert_wrong("storage/base/clock.h:2: std::")
        self.write("storage/base/clock.h", "    Mutex mutex_{LockLevel::kClock};\n")
        self.write("storage/base/mutex.h", "    std::mutex locked_;\n")
        self.assertEqual(self.wrong(), [])

    def test_a_fact_cites_what_is_there(self):
        self.write_facts("| DescribeVolumes refuses | observed | `server/services/volumes.cpp` |")
        self.assert_wrong("docs/fidelity.md:3: there is no server/services/volumes.cpp")

    def test_a_fact_of_an_operation_cites_who_knows_it(self):
        self.write("server/calls/session.cpp", "")
        self.write_facts("| DescribeVolumes refuses | observed | `server/calls/session.cpp` |")
        self.assert_wrong("docs/fidelity.md:3: DescribeVolumes is not in server/calls/session.cpp")

    def test_a_fact_has_no_code_that_nothing_says(self):
        self.write_facts(f"| `VolumeInUse` | observed | `{FAMILY}.cpp` |")
        self.assert_wrong("docs/fidelity.md:3: nothing says VolumeInUse")
        self.write("server/calls/errors.cpp", 'return {"VolumeInUse"};\n')
        self.assertEqual(self.wrong(), [])

    def write_room(self, one, other, room="server/wire"):
        """Two sources of a room, with this in their unnamed namespaces."""
        for name, text in (("check", one), ("rest_xml", other)):
            self.write(f"{room}/{name}.cpp",
                       f"namespace amilab::wire {{\nnamespace {{\n{text}\n}}\nvoid {name}();\n}}\n")

    def test_what_two_sources_of_a_room_call_alike_is_found(self):
        for one, other, name in (
                ("struct Wish {\n    int a;\n};", "struct Wish final : Row { int b{}; };", "Wish"),
                ("enum class Kind { kOne };", "using Kind = int;", "Kind"),
                ("constexpr int kMost = 1;", "constexpr std::array<int, 2> kMost{1, 2};", "kMost"),
                ("constexpr Unit kUnits[] = {{1}, {2}};", "const auto kUnits = [] { return 1; }();",
                 "kUnits"),
                ("int total;", "static long total = 0;", "total"),
                ("void check() {}", "constexpr int check = 1;", "check"),
                ("void check() { if (a) { b(); } }", "int check() noexcept { return 1; }", "check()"),
                ("void read(const Node& node, int most = 1) {}", "int read(const wire::Node& n, int) {}",
                 "read(const Node &, int)"),
                ("template <class T = int> void put(std::map<T, int>* to) {}",
                 "template <class T> requires(sizeof(T) > 1) T put(std::map<T, int>*) { return {}; }",
                 "put(map < T , int > *)")):
            with self.subTest(name=name, one=one):
                self.write_room(f"\n// {name} }};\n{one}", f'const auto kFirst = "{{";\n{other}')
                self.assert_wrong(f"server/wire/rest_xml.cpp:4: {name} stands in check.cpp too")

    def test_what_is_not_alike_is_left_alone(self):
        for one, other in (
                ("void read(int a) {}", "void read(long a) {}"),
                ("void read(int a) {}", "void read(int a, int b) {}"),
                ("void read(int a);", "void read(int a);"),
                ("struct Wish;", "struct Wish {};"),
                ("struct Wish { int a; };", "struct Hope { int a; struct Wish {}; };"),
                ("void read() { constexpr int kMost = 1; }", "void write() { const int kMost = 1; }"),
                ("void read() { return kMost; }", "constexpr int kMost[] = {1};"),
                ("namespace json = boost::json;\nusing std::min;",
                 "namespace json = boost::json;\nusing std::min;"),
                ("void Wish::read() {}\nWish::~Wish() {}", "void Hope::read() {}\nHope::~Hope() {}"),
                ("bool operator==(A a, A b) { return 1; }", "bool operator==(B a, B b) { return 1; }"),
                ("namespace a { int kMost = 1; }", "namespace b { int kMost = 1; }"),
                ("#define READ void read() {}", "#define READ void read() {}"),
                ("// void read() {}", "/* void read() {} */"),
                ('auto kText = R"sql(; int kMost = 1;)sql";', "int kMost = 1;")):
            with self.subTest(one=one, other=other):
                self.write_room(one, other)
                self.assertEqual(self.wrong(), [])

    def test_what_hides_a_name_of_another_source_is_found(self):
        self.write_room("void refuse(int status, Text why) {}",
                        "}\nvoid refuse(Text why) {}\nnamespace {")
        self.assert_wrong("server/wire/rest_xml.cpp:4: refuse(Text) stands in check.cpp too")
        self.write_room("constexpr int kMost = 1;", "void read() {\n    constexpr int kMost[] = {2};\n}")
        self.assert_wrong("server/wire/rest_xml.cpp:4: {kMost} stands in check.cpp too")
        self.write_room("constexpr int kMost = 1;", "class A {\n    int b() { const int kMost = 2; }\n};")
        self.assert_wrong("server/wire/rest_xml.cpp:4: {kMost} stands in check.cpp too")
        self.write_room("constexpr int kMost = 1;", "class A { static constexpr int kMost = 2; };")
        self.assertEqual(self.wrong(), [])
        self.write_room("", "}\nvoid refuse(Text why) {}\nvoid refuse(int why) {}\nnamespace {")
        self.assertEqual(self.wrong(), [])

    def test_a_header_of_the_room_is_looked_at_too(self):
        self.write_room("struct Wish {};", "")
        self.write("server/wire/check.h", "namespace amilab::wire {\nstruct Wish {};\n}\n")
        self.assertEqual(self.wrong(), [])
        self.write("server/wire/parse.h", "namespace amilab::wire {\nstruct Wish {};\n}\n")
        self.assert_wrong("server/wire/parse.h:2: Wish stands in check.cpp too")

    def test_what_units_tell_apart_may_be_alike(self):
        self.write_room("constexpr int kOperations[] = {1};", "constexpr int kOperations[] = {2};")
        self.assertEqual(self.wrong(), [])

    def test_rooms_that_are_no_units_may_call_things_alike(self):
        self.write_room("int kMost = 1;", "int kMost = 1;", room="storage/disk_formats")
        self.assertEqual(self.wrong(), [])
        self.write("server/calls/session.cpp", "namespace { int kMost = 1; }\n")
        self.write("server/wire/check.cpp", "namespace { int kMost = 1; }\n")
        self.assertEqual(self.wrong(), [])


if __name__ == "__main__":
    unittest.main()
