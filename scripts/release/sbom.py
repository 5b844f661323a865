"""What is linked into the static file: Debian's packages, their licences, an SBOM."""

import dataclasses
import gzip
import itertools
import json
import pathlib
import re
import shlex
import urllib.parse
import uuid

from release import facts
from release.facts import PackageError, run

# By Debian's source package, as SPDX writes them. Source: their copyright files.
LICENCES = {
    "boost1.81": "BSL-1.0",
    "cli11": "BSD-3-Clause",
    "fmtlib": "MIT",
    "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "glibc": "LGPL-2.1-or-later",
    "openssl": "Apache-2.0",
    "pugixml": "MIT",
    "spdlog": "MIT",
    "sqlite3": "blessing",
    "zlib": "Zlib",
}
# Whose the archives are that the linker is given.
OWNERS = {
    "libboost_container.a": "libboost-container1.81-dev",
    "libboost_json.a": "libboost-json1.81-dev",
    "libboost_system.a": "libboost-system1.81-dev",
    "libboost_url.a": "libboost-url1.81-dev",
    "libc.a": "libc6-dev",
    "libcrypto.a": "libssl-dev",
    "libgcc.a": "libgcc-12-dev",
    "libgcc_eh.a": "libgcc-12-dev",
    "libm.a": "libc6-dev",
    "libpugixml.a": "libpugixml-dev",
    "libsqlite3.a": "libsqlite3-dev",
    "libstdc++.a": "libstdc++-12-dev",
    "libz.a": "zlib1g-dev",
}
# No archive of theirs is linked: their headers are compiled.
HEADERS_ALONE = ("libboost1.81-dev", "libcli11-dev", "libfmt-dev", "libspdlog-dev")
COMPILER_ARCHIVES = ("libstdc++.a", "libgcc.a", "libgcc_eh.a", "libc.a", "libm.a")


@dataclasses.dataclass(frozen=True, order=True)
class Package:
    """A package of Debian's; its documents are in `documents`."""
    name: str
    version: str
    architecture: str
    source: str
    documents: pathlib.Path

    @property
    def licence(self):
        if self.source not in LICENCES:
            raise PackageError(f"{self.name} is linked in, and scripts/release/sbom.py knows no "
                               f"licence of {self.source}")
        return LICENCES[self.source]

    @property
    def copyright(self):
        return (self.documents / "copyright").read_text(errors="replace")

    @property
    def purl(self):
        name, version = (urllib.parse.quote(text, safe="~:") for text in (self.name, self.version))
        return f"pkg:deb/debian/{name}@{version}?arch={self.architecture}&distro=debian-12"


def _linked_archives(architecture):
    """Names of the archives of others that the linker is given."""
    command = run("ninja", "-C", architecture.build, "-t", "commands", "-s", "amilab-static")
    archives = {pathlib.Path(word).name for word in shlex.split(command)
                if word.endswith(".a") and not pathlib.Path(word).name.startswith("libamilab_")}
    return sorted(archives | set(COMPILER_ARCHIVES))


def _owner(archive):
    if archive not in OWNERS:
        raise PackageError(f"{archive} is linked in, and scripts/release/sbom.py does not know "
                           "whose it is")
    return OWNERS[archive]


def _describe(architecture, name):
    """By the newest entry of its changelog, which says source and version."""
    documents = architecture.sysroot / "usr/share/doc" / name
    changelogs = sorted(documents.glob("changelog.Debian*gz")) or sorted(documents.glob("changelog*gz"))
    if not changelogs:
        raise PackageError(f"{documents} has no changelog")
    with gzip.open(changelogs[0], "rt", errors="replace") as changelog:
        found = re.match(r"(\S+) \((\S+)\)", changelog.readline())
    return Package(name, found[2], architecture.debian, found[1], documents)


def linked_packages(architecture):
    """In the order of their names."""
    owners = {_owner(archive) for archive in _linked_archives(architecture)} | set(HEADERS_ALONE)
    return [_describe(architecture, owner) for owner in sorted(owners)]


def cyclonedx(architecture, packages, digest):
    """A CycloneDX 1.5 document; the same for the same file."""
    name = architecture.binary.name
    whole = {"type": "application", "bom-ref": name, "name": "amilab", "version": facts.version(),
             "description": facts.SUMMARY, "licenses": [{"expression": "Apache-2.0"}],
             "hashes": [{"alg": "SHA-256", "content": digest}],
             "purl": f"pkg:generic/amilab@{facts.version()}?arch={architecture.name}",
             "properties": [{"name": "amilab:commit", "value": facts.commit()}]}
    parts = [{"type": "library", "bom-ref": package.purl, "name": package.name,
              "version": package.version, "purl": package.purl,
              "licenses": [{"expression": package.licence}]} for package in packages]
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name + digest)}", "version": 1,
        "metadata": {"timestamp": f"{facts.source_moment():%Y-%m-%dT%H:%M:%SZ}", "component": whole},
        "components": parts,
        "dependencies": [{"ref": name, "dependsOn": [part["bom-ref"] for part in parts]}],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def notices(packages):
    """amilab's own licence and what packages state of theirs, those of one source once."""
    texts = [(facts.ROOT / "NOTICE").read_text(), (facts.ROOT / "docs/notices.md").read_text(),
             (facts.ROOT / "LICENSE").read_text()]
    by_source = sorted(packages, key=lambda package: package.source)
    for _, group in itertools.groupby(by_source, key=lambda package: package.source):
        of_source = list(group)
        names = "".join(f"{package.name} {package.version} ({package.licence})\n"
                        for package in of_source)
        texts.append(names + "\n" + of_source[0].copyright)
    return ("\n" + "=" * 78 + "\n\n").join(texts)
