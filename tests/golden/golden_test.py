"""The harness itself: it fails when an answer differs, and when an operation is left out."""

import contextlib
import io
import os
import pathlib
import random
import re
import shutil
import tempfile
import unittest

import comparison
import completeness
import facts
import golden
import scenarios
import short_form
from client import Answer, Request, flat
from recorder import Call, Recorder, lines_of

SCENARIO = "identity"


def answer(body, request_id="c0ffee", service="ec2", status=200):
    return Answer(service, status, "OK", [("Date", "today"), ("Content-Type", "text/xml"),
                                          ("x-amzn-RequestId", request_id)], body)


def recorded(*answers, brief=False):
    recorder = Recorder()
    recorder.begin("s")
    for one in answers:
        recorder.learn(one)
        recorder.add("title", "GET /", one, brief)
    recorder.end()
    return recorder.texts["s"]


class Recording(unittest.TestCase):
    def test_leaves_out_the_date_and_names_the_request_id(self):
        text = recorded(answer(b"<a><b>c0ffee</b></a>"))
        self.assertIn("x-amzn-RequestId: {request-id}\n", text)
        self.assertIn("<b>{request-id}</b>", text)
        self.assertNotIn("today", text)
        self.assertNotIn("c0ffee", text)

    def test_tells_a_request_id_that_comes_twice(self):
        text = recorded(answer(b"<a/>"), answer(b"<a/>"))
        self.assertIn("x-amzn-RequestId: {request-id of call 1}\n", text)

    def test_names_what_is_encrypted(self):
        one, other = (recorded(answer(f"<a><passwordData>{text}</passwordData></a>".encode()),
                               brief=True) for text in ("YQ==", "Yg=="))
        self.assertEqual(one, other)

    def test_numbers_sealed_tokens_in_the_order_in_which_they_come(self):
        body = b'{"Blocks":[{"BlockToken":"q/w"},{"BlockToken":"e+r"}],"NextToken":"q/w"}'
        text = recorded(answer(body, service="ebs"))
        self.assertEqual(text.count("{token-1}"), 2)
        self.assertEqual(text.count("{token-2}"), 1)

    def test_names_tokens_of_pages_in_every_service(self):
        xml = recorded(answer(b"<a><nextToken>q/w=</nextToken></a>"))
        self.assertIn("{token-1}", xml)
        self.assertNotIn("q/w=", xml)

    def test_in_brief_does_not_tell_tokens_apart(self):
        pages = [answer(f"<a><nextToken>{token}</nextToken></a>".encode(), request_id)
                 for token, request_id in (("q/w=", "dead"), ("e+r=", "beef"))]
        sums = re.findall("sha256 .*", recorded(*pages, brief=True))
        self.assertEqual((len(sums), len(set(sums))), (2, 1))

    def test_shows_order_line_ends_and_spaces_of_a_body(self):
        bodies = (b"<a><b/><c/></a>", b"<a><c/><b/></a>", b"<a> <b/><c/></a>", b"<a>\n<b/><c/></a>",
                  b"<a><b/><c/></a>\n", b"<a><b/><c/></a>\r\n")
        self.assertEqual(len({tuple(lines_of(body)) for body in bodies}), len(bodies))

    def test_in_brief_still_tells_answers_apart(self):
        self.assertNotEqual(recorded(answer(b"<a>1</a>"), brief=True),
                            recorded(answer(b"<a>2</a>"), brief=True))


class Comparing(unittest.TestCase):
    def test_finds_nothing_in_what_is_alike(self):
        text = recorded(answer(b"<a/>"), answer(b"<b/>", "dead"))
        self.assertEqual(comparison.difference("s", text, text), [])

    def test_names_scenario_and_call_of_what_differs(self):
        before = recorded(answer(b"<a/>"), answer(b"<b>1</b>", "dead"))
        after = recorded(answer(b"<a/>"), answer(b"<b>2</b>", "dead"))
        lines = comparison.difference("s", before, after)
        self.assertEqual(lines[:2], ["--- s: 2 title (recorded)", "+++ s: 2 title"])
        self.assertIn("-<b>1</b>", lines)
        self.assertIn("+<b>2</b>", lines)

    def test_shows_a_call_that_is_new_as_that_alone(self):
        before = recorded(answer(b"<a/>"), answer(b"<c/>", "beef"))
        after = recorded(answer(b"<a/>"), answer(b"<b/>", "dead"), answer(b"<c/>", "beef"))
        changed = [line for line in comparison.difference("s", before, after)
                   if line[0] in "+-" and line[:3] not in ("+++", "---")]
        self.assertIn("+<b/>", changed)
        self.assertTrue(all(line[0] == "+" for line in changed))


def call(number, request, *answer, title="ec2 Look"):
    return "\n".join([f"== {number} {title}", request, *answer]) + "\n"


class ShortForm(unittest.TestCase):
    def assert_kept(self, calls, *lines):
        text = "\n".join(calls)
        self.assertEqual(short_form.compact(text).splitlines(), list(lines))
        self.assertEqual(short_form.expand(short_form.compact(text)), text)

    def test_brings_back_every_recording(self):
        paths = sorted(golden.ANSWERS.glob("*.txt"))
        self.assertEqual([path.stem for path in paths], sorted(scenarios.ALL))
        for path in paths:
            kept = path.read_text(encoding="utf-8")
            self.assertEqual(short_form.compact(short_form.expand(kept)), kept, path.name)

    def test_brings_back_any_calls(self):
        seed = int(os.environ.get("AMILAB_SEED", random.randrange(2**31)))
        print(f"AMILAB_SEED={seed}")
        dice = random.Random(seed)
        words = ["a", "b ", " ", "~", " ~", "=2", ".", "..", ">", "\\", "+", "<a>", "</a>", "<b/>",
                 "A.1=1", "A.2=2", "A.3=3", "200", "400 Bad Request", "Content-Length: 1", "\\n",
                 "", "POST /", "{request-id}", "é"]
        for _ in range(300):
            calls = []
            for number in range(1, dice.randrange(2, 12)):
                request, *answer = ["".join(dice.choices(words, k=dice.randrange(1, 4)))
                                    for _ in range(dice.randrange(1, 9))]
                calls.append(call(number, request, dice.choice(["200 OK", "200 Fine", "404 None"]),
                                  *answer, title=dice.choice(["ec2 A", "ec2 B", "iam A", "http"])))
            text = "\n".join(calls)
            self.assertEqual(short_form.expand(short_form.compact(text)), text)

    def test_says_a_title_once_and_no_numbers(self):
        self.assert_kept([call(1, "POST / A=1", "200 OK", "x"),
                          call(2, "GET /b", "404 Not Found", "y"),
                          call(3, "POST /", "200 OK", "x", title="http")],
                         "== ec2 Look", "> A=1", "200", "x", ">GET /b", "404 Not Found", "y",
                         "== http", ">", "200", "x")

    def test_says_words_of_the_request_before_by_their_number(self):
        self.assert_kept([call(1, "POST / A=1 B=2", "200 OK"), call(2, "POST / A=1 B=3", "200 OK"),
                          call(3, "POST / A=1 B=3", "200 OK")],
                         "== ec2 Look", "> A=1 B=2", "200", ">~3 B=3", "200", ">~4", "200")

    def test_says_of_words_that_count_up_the_first_and_the_last(self):
        self.assert_kept([call(1, "POST / A.1=0 A.2=1 A.3=2 A.4=3 A.6=5 A.7=6", "200 OK")],
                         "== ec2 Look", "> A.1=0 .. A.4=3 A.6=5 A.7=6", "200")

    def test_says_only_what_an_answer_has_of_its_own(self):
        first, second = (["<a>", f"<id>{number}</id>", "<b>x</b>", "<c/>", "</a>"]
                         for number in (1, 2))
        self.assert_kept([call(1, "POST /", "200 OK", *first), call(2, "POST /", "200 OK", *second),
                          call(3, "POST /", "200 OK", "<a>", "<id>3</id>", "<b>x</b>"),
                          call(4, "POST /", "400 Bad Request", "Odd All of it is odd"),
                          call(5, "POST /", "400 Bad Request", "None There is none"),
                          call(6, "POST /", "400 Bad Request", "Odd All of it is odd")],
                         "== ec2 Look", ">", "200", "<a>", "<id>1", "<b>x", "<c/>", "</a>",
                         ">", "200", "=1", "<id>2", ">", "200", "=1", "<id>3", "=1", ".",
                         ">", "400", "Odd All of it is odd", ".", ">", "400", "None There is none",
                         ">", "400", "Odd ~")

    def test_says_a_length_only_where_it_is_not_the_bodys(self):
        self.assert_kept([call(1, "GET /", "200 OK", "Content-Length: 39", "", "{request-id}\\né"),
                          call(2, "GET /", "200 OK", "Content-Length: 7", "", "x")],
                         "== ec2 Look", ">GET /", "200", "Content-Length:", "\\",
                         "{request-id}\\né", ">~2", "200", "Content-Length: 7", "=1", "x")

    def test_marks_what_would_be_taken_for_something_else(self):
        odd = ["=1", ".", ">a", "\\b", "<a>b", "", "a ~"]
        self.assert_kept([call(1, "POST / ..", "200 OK", *odd)],
                         "== ec2 Look", "> ..", "200", *(f"\\{line}" for line in odd[:-1]), "a ~")

    def test_refuses_what_it_would_not_bring_back_and_what_it_has_not_written(self):
        with self.assertRaises(ValueError):
            short_form.compact(call(2, "POST /", "200 OK"))
        for damaged in (">", "> A=1\n200\n=1\n", "== a\n>\n200\n=1\n"):
            with self.assertRaises(ValueError, msg=damaged):
                short_form.expand(damaged)


class Completeness(unittest.TestCase):
    def test_wants_calls_of_every_operation(self):
        gaps = completeness.gaps([])
        for name in facts.operations():
            self.assertIn(f"{name}: 0 calls are recorded, expected 3", gaps)

    def test_wants_a_success_with_every_parameter_that_is_offered(self):
        calls = [Call("RunInstances", 200, "", {"ImageId": "x", "Placement.GroupName": ""}, False)]
        gaps = completeness.gaps(calls)
        self.assertIn("RunInstances: no call with BlockDeviceMapping.1.DeviceName succeeds", gaps)
        for told in ("ImageId", "Placement.GroupName", "Placement.HostResourceGroupArn", "AdditionalInfo"):
            self.assertNotIn(f"RunInstances: no call with {told} succeeds", gaps)

    def test_wants_a_success_a_refusal_a_dry_run_and_a_second_page(self):
        calls = [Call("DescribeTags", 200, "", {"Filter.2.Name": "", "Filter.2.Value.7": ""},
                      False)] * 3
        gaps = [gap for gap in completeness.gaps(calls)
                if gap.startswith("DescribeTags:") and "succeeds" not in gap]
        self.assertEqual(gaps, ["DescribeTags: no call is refused", "DescribeTags: no dry run",
                                "DescribeTags: no page with a token, and the page after it"])
        calls += [Call("DescribeTags", 400, "InvalidParameterValue", {}, False),
                  Call("DescribeTags", 412, "DryRunOperation", {"DryRun": "true"}, False),
                  Call("DescribeTags", 200, "", {"MaxResults": "5"}, True),
                  Call("DescribeTags", 200, "", {"NextToken": "x"}, False)]
        self.assertFalse([gap for gap in completeness.gaps(calls) if "DescribeTags" in gap])

    def test_knows_the_pages_of_iam_by_their_words(self):
        calls = [Call("ListRoles", 200, "", {"MaxItems": "1", "PathPrefix": "/"}, True),
                 Call("ListRoles", 400, "ValidationError", {}, False)]
        gap = "ListRoles: no page with a token, and the page after it"
        self.assertIn(gap, completeness.gaps(calls))
        calls.append(Call("ListRoles", 200, "", {"Marker": "x"}, False))
        self.assertFalse([gap for gap in completeness.gaps(calls) if "ListRoles" in gap])


class Requests(unittest.TestCase):
    def test_are_flat_in_the_order_of_the_call(self):
        self.assertEqual(list(flat({"B": [{"C": True}, {"C": "x"}], "A": 1})),
                         [("B.1.C", "true"), ("B.2.C", "x"), ("A", "1")])

    def test_put_members_where_the_schema_has_them(self):
        request = Request(facts.operations()["UntagResource"],
                          {"ResourceArn": "a/b", "TagKeys": ["c"]})
        self.assertEqual((request.method, request.target), ("DELETE", "/tags/a%2Fb?tagKeys=c"))


class AgainstTheServer(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def run_golden(self, *arguments):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = golden.main(arguments, self.folder)
        return code, output.getvalue()

    def test_a_check_passes_after_a_recording_and_fails_when_an_answer_differs(self):
        self.assertEqual(self.run_golden("check", SCENARIO)[0], 1)  # nothing is recorded yet
        self.assertEqual(self.run_golden("record", SCENARIO)[0], 0)
        self.assertEqual(self.run_golden("check", SCENARIO)[0], 0)
        path = self.folder / f"{SCENARIO}.txt"
        text = golden.recorded(SCENARIO, self.folder)
        self.assertEqual(self.run_golden("show", SCENARIO), (0, text))
        path.write_text(short_form.compact(text.replace(":root</Arn>", ":user/ann</Arn>")))
        code, output = self.run_golden("check", SCENARIO)
        self.assertEqual(code, 1)
        self.assertIn(f"+++ {SCENARIO}: 1 sts GetCallerIdentity", output)
        self.assertIn("-<Arn>arn:aws:iam::123456789012:user/ann</Arn>", output)

    def test_a_recording_that_cannot_be_read_differs(self):
        (self.folder / f"{SCENARIO}.txt").write_text("== sts GetCallerIdentity\n>\n200\n=1\n")
        code, output = self.run_golden("check", SCENARIO)
        self.assertEqual(code, 1)
        self.assertIn(f"{SCENARIO} is not as it was written", output)

    def test_a_call_that_ends_otherwise_than_its_scenario_says_is_told(self):
        def wrong(emulator):
            emulator.me.refused("GetCallerIdentity")
        scenarios.ALL["wrong"] = wrong
        self.addCleanup(scenarios.ALL.pop, "wrong")
        code, output = self.run_golden("record", "wrong")
        self.assertEqual(code, 1)
        self.assertIn("GetCallerIdentity was to be refused", output)

    def test_a_scenario_that_fails_is_told_with_what_came_before(self):
        def broken(emulator):
            emulator.me("GetCallerIdentity")["NoSuchMember"]
        scenarios.ALL["broken"] = broken
        self.addCleanup(scenarios.ALL.pop, "broken")
        code, output = self.run_golden("record", "broken")
        self.assertEqual(code, 1)
        self.assertIn("no NoSuchMember in", output)
        self.assertIn("GetCallerIdentity", (self.folder / "broken.txt").read_text())


if __name__ == "__main__":
    unittest.main()
