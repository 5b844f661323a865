"""The generator and the schema script: what they refuse, and how they read the models."""

import copy
import json
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

import generate_wire
import update_api_schema

SAMPLE = pathlib.Path(__file__).parent / "sample"


def load(name):
    return json.loads((SAMPLE / name).read_text())


def service(change_overlay=lambda overlay: None, change_schema=lambda schema: None):
    overlay, schema = load("overlay.json")["sample"], load("sample.json")
    change_overlay(overlay)
    change_schema(schema)
    return generate_wire.Service("sample", schema, load("served.json")["sample"], overlay)


class Overlay(unittest.TestCase):
    def refusal(self, **changes):
        with self.assertRaises(SystemExit) as caught:
            service(**changes)
        return str(caught.exception)

    def test_a_fact_without_a_source_stops_the_build(self):
        def change(overlay):
            del overlay["operations"]["ListThings"]["ranges"]["MaxResults"]["source"]

        self.assertIn("no source", self.refusal(change_overlay=change))

    def test_limits_of_another_operation_are_that_ones(self):
        def model(schema):
            made = schema["shapes"][schema["operations"]["MakeThing"]["input"]]["members"]
            made["MaxResults"] = {"in": "MaxResults", "type": "integer"}

        def change(overlay):
            overlay["operations"]["MakeThing"]["ranges"] = {
                "MaxResults": {"as": "ListThings", "source": "made up"}}

        made = service(change, model).entry_of("MakeThing")["ranges"]["MaxResults"]
        self.assertEqual((made["min"], made["max"]), (5, 10))

    def test_limits_that_another_operation_does_not_have_stop_the_build(self):
        for facts in ({"as": "Nope"}, {"as": "MakeThing"}, {"as": "ListThings"}):
            def change(overlay):
                overlay["operations"]["MakeThing"]["ranges"] = {
                    "Long": {**facts, "source": "made up"}}

            self.assertIn("has no limits of its own", self.refusal(change_overlay=change))

    def test_limits_of_its_own_beside_those_of_another_operation_stop_the_build(self):
        for own in ({"min": 6}, {"max": 7}, {"least_members": 1}, {"least_members": 1, "max": 7}):
            def change(overlay):
                overlay["operations"]["MakeThing"]["ranges"] = {
                    "MaxResults": {"as": "ListThings", **own, "source": "made up"}}

            self.assertIn(f"ranges, MaxResults: {', '.join(sorted(own))} beside as, which takes all "
                          "limits from ListThings", self.refusal(change_overlay=change))

    def test_filters_and_transport_parameters_need_sources_too(self):
        for section in ("filters", "transport"):
            def change(overlay):
                overlay["operations"]["ListThings"][section] = {"x": {}}

            self.assertIn("no source", self.refusal(change_overlay=change))

    def test_a_section_spelled_wrongly_stops_the_build(self):
        def change(overlay):
            overlay["operations"]["ListThings"]["not_ofered"] = {}

        self.assertIn("no such section", self.refusal(change_overlay=change))

    def test_a_member_not_offered_needs_no_source_but_its_default_does(self):
        def change(overlay):
            overlay["operations"]["MakeThing"]["not_offered"]["Exotic.Speed"] = {"default": "1"}

        self.assertIn("no source", self.refusal(change_overlay=change))

    def test_a_path_that_the_model_lacks_stops_the_build(self):
        for path in ("Nope", "Exotic.Nope", "Parts.Parts.Nope", "Name.Nope"):
            def change(overlay):
                overlay["operations"]["MakeThing"]["not_offered"][path] = {}

            self.assertRegex(self.refusal(change_overlay=change), "no member|no members")

    def test_unknown_shapes_operations_and_lists_stop_the_build(self):
        def shape(overlay):
            overlay["shapes"]["Nope"] = {}

        def operation(overlay):
            overlay["operations"]["PaintThing"] = {}

        def returning(overlay):
            overlay["also_return"] = {"operations": ["PaintThing"]}

        def listed(overlay):
            overlay["render_empty"]["members"].append("Thing.Nope")

        for change in (shape, operation, returning, listed):
            self.assertIn("overlay", self.refusal(change_overlay=change))

    def test_what_no_request_offers_is_not_in_the_struct(self):
        made = service()
        names = [name for name, _ in made.struct_members("Part")]
        self.assertEqual(names, ["Operator", "Parts"])
        self.assertNotIn("Exotic", [name for name, _ in made.struct_members("MakeThingInput")])

    def test_a_structure_that_holds_itself_outside_a_list_stops_the_build(self):
        def change(schema):
            schema["shapes"]["Thing"]["members"]["Twin"] = {"out": "twin", "shape": "Thing"}

        self.assertIn("holds itself", self.refusal(change_schema=change))


class Output(unittest.TestCase):
    def test_shapes_of_two_families_stand_in_the_shared_file(self):
        made = service()
        self.assertEqual(made.file_of["Thing"], "shared")
        self.assertEqual(made.file_of["Part"], "things")

    def test_a_file_that_would_not_change_is_left_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder)
            generate_wire.Writer(service(), output).write_all()
            header = output / "sample" / "things.h"
            before = header.stat().st_mtime_ns
            generate_wire.Writer(service(), output).write_all()
            self.assertEqual(header.stat().st_mtime_ns, before)

    def test_names_become_snake_case_and_no_keywords(self):
        for name, wanted in {"ImageId": "image_id", "EbsOptimized": "ebs_optimized",
                             "Ipv6CidrBlockAssociationSet": "ipv6_cidr_block_association_set",
                             "EnableResourceNameDnsAAAARecord":
                                 "enable_resource_name_dns_aaaa_record",
                             "VCpuInfo": "v_cpu_info", "Return": "return_value",
                             "Operator": "operator_value"}.items():
            self.assertEqual(generate_wire.snake(name), wanted)


class Schema(unittest.TestCase):
    def test_filter_names_are_the_outermost_items(self):
        names, aliases = update_api_schema.filter_names(
            "<p>The filters.</p> <ul> <li> <p> <code>b</code> - One of <code>x</code>: <ul> <li>"
            " <code>x</code> </li> </ul> </p> </li> <li> <p> <code>a-b</code> - Text. You can also"
            " use <code>aB</code> or <code>ab</code> as the filter names.</p> </li> <li> <p>"
            " <code>tag</code>:&lt;key&gt; - The tag <code>Owner</code>.</p> </li> </ul>")
        self.assertEqual(names, ["a-b", "b", "tag:<key>"])
        self.assertEqual(aliases, {"aB": "a-b", "ab": "a-b"})

    def test_an_item_that_names_no_filter_is_an_error(self):
        with self.assertRaises(SystemExit):
            update_api_schema.filter_names("<ul><li>architecture</li></ul>")

    def test_request_names_follow_the_ec2_protocol(self):
        schema = update_api_schema.Schema({"metadata": {"protocol": "ec2"}, "shapes": {}})
        self.assertEqual(schema.input_name("Ids", {"queryName": "id", "locationName": "x"}), "id")
        self.assertEqual(schema.input_name("Ids", {"locationName": "imageId"}), "ImageId")
        self.assertEqual(schema.input_name("Ids", {}), "Ids")
        query = update_api_schema.Schema({"metadata": {"protocol": "query"}, "shapes": {}})
        self.assertEqual(query.input_name("Ids", {"locationName": "imageId"}), "imageId")

    def test_the_text_is_stable_json(self):
        value = {"b": [1, 2, 3, 4], "a": {"x": {"y": {"k": "v", "j": 1}}}, "c": [], "d": {}}
        text = update_api_schema.dump(value)
        self.assertEqual(json.loads(text), value)
        self.assertEqual(text, update_api_schema.dump(copy.deepcopy(value)))
        self.assertIn('"y": {"j": 1, "k": "v"}', text)

    def test_the_pinned_botocore_made_the_schemas(self):
        pins = (ROOT / "tests/clients/requirements.txt").read_text().split()
        for name in ("ec2", "sts"):
            schema = json.loads((ROOT / f"fixtures/api/{name}.json").read_text())
            self.assertIn(f"botocore=={schema['botocore']}", pins)


if __name__ == "__main__":
    unittest.main()
