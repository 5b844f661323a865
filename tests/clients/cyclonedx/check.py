"""cyclonedx-check FILE...: says what is wrong with SBOMs, by CycloneDX's published schema of the version
that each names, with nothing in them that it does not know; by SPDX's list of licences; and by package
URLs in the form that their specification calls canonical. Exit code 1 when something is."""

import json
import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing
from packageurl import PackageURL


def wrong_with(text):
    document = json.loads(text)
    version = SchemaVersion.from_version(document["specVersion"])
    against_schema = JsonStrictValidator(version).validate_str(text)
    if against_schema:
        yield str(against_schema).partition("\n")[0]
    licences = get_spdx_licensing()
    for part in [document["metadata"]["component"], *document["components"]]:
        for licence in part["licenses"]:
            yield from licences.validate(licence["expression"]).errors
        if PackageURL.from_string(part["purl"]).to_string() != part["purl"]:
            yield f"{part['purl']} is not canonical"


found = [f"{name}: {wrong}" for name in sys.argv[1:]
         for wrong in wrong_with(pathlib.Path(name).read_text())]
print(*found, sep="\n")
sys.exit(1 if found else 0)
