"""That tests/clients/times.py tells what took how long, and what was left out."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))

import times

REPORT = """<?xml version="1.0"?>
<testsuite name="amilab">
  <testcase name="Volume.ReadsZeros" classname="x" time="900.5" status="run"/>
  <testcase name="clients_story" classname="x" time="61.4" status="run">
    <system-out>....  [100%]&#10;4 passed in 61.2s</system-out></testcase>
  <testcase name="clients_nbd" classname="x" time="125" status="run">
    <system-out>..s [100%]
SKIPPED [1] test_nbd.py:9: not installed: nbdfuse
2 passed, 1 skipped in 124s</system-out></testcase>
  <testcase name="clients_go" classname="x" time="0.5" status="notrun">
    <skipped message="SKIP_RETURN_CODE=77"/><system-out>no clients here</system-out></testcase>
</testsuite>
"""


class Times(unittest.TestCase):
    def lines(self, report):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(report)
            file.flush()
            return list(times.table(times.parts(file.name)))

    def test_the_slowest_comes_first_and_tells_what_it_left_out(self):
        self.assertEqual(self.lines(REPORT), [
            "clients: minutes by part",
            "  nbd                2:05",
            "    left out: test_nbd.py:9: not installed: nbdfuse",
            "  story              1:01",
            "  go                 0:00",
            "    left out: no clients here",
            "  together           3:07"])

    def test_without_clients_nothing_is_told(self):
        report = '<testsuite><testcase name="Volume.Reads" time="1"/></testsuite>'
        self.assertEqual(self.lines(report), [])


if __name__ == "__main__":
    unittest.main()
