"""passcheck says of every fixture what was reviewed; script/golden rewrites it."""
import json
import os
import sys
import unittest

import jsonschema

sys.path.insert(0, os.path.dirname(__file__))
import golden  # noqa: E402

PASSCHECK, SOURCE = os.environ["PASSCHECK"], os.environ["PASSCHECK_SOURCE"]
CODES = {"ready": 0, "not-ready": 2, "undetermined": 3}


class Fixtures(unittest.TestCase):
    maxDiff = 20000

    def test_there_are_the_fixtures_that_the_design_asks_for(self):
        self.assertGreaterEqual(len(golden.fixtures(SOURCE)), 6)

    def test_reports_are_those_that_were_reviewed(self):
        for fixture in golden.fixtures(SOURCE):
            for name, arguments in golden.FORMS.items():
                with self.subTest(fixture=fixture.name, form=name):
                    said, _ = golden.say(PASSCHECK, fixture, arguments)
                    self.assertEqual(said, (fixture / name).read_text(encoding="utf-8"))

    def test_json_is_of_the_schema_and_the_exit_code_is_the_verdict(self):
        with open(os.path.join(SOURCE, "docs/passcheck.schema.json"), encoding="utf-8") as file:
            validator = jsonschema.Draft202012Validator(json.load(file))
        for fixture in golden.fixtures(SOURCE):
            with self.subTest(fixture=fixture.name):
                said, code = golden.say(PASSCHECK, fixture, ["--format", "json"])
                report = json.loads(said)
                validator.validate(report)
                self.assertEqual(code, CODES[report["verdict"]])


if __name__ == "__main__":
    unittest.main()
