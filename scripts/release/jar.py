"""A jar for JUnit 5: the static file, and the extension of fixtures/junit, which Maven compiles."""

import pathlib
import shutil
import zipfile

from release import archive, facts, tree
from release.facts import PackageError, run

PROJECT = facts.ROOT / "fixtures/junit"
CLASSES = facts.ROOT / "build/junit/classes"
TOOLS = ("javac", "mvn")


def missing_tools():
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def _pom():
    """By it `mvn install:install-file` knows what the jar is called."""
    text = (PROJECT / "pom.xml").read_text()
    return text.replace("<version>0</version>", f"<version>{facts.version()}</version>").encode()


def _contents(architecture):
    """(name, bytes) of each file; the manifest is the first, as tools want it."""
    manifest = ["Manifest-Version: 1.0", "Automatic-Module-Name: amilab.junit",
                f"Implementation-Version: {facts.version()}", "", ""]
    yield "META-INF/MANIFEST.MF", "\r\n".join(manifest).encode()
    yield "META-INF/maven/amilab/amilab-junit/pom.xml", _pom()
    for licence in ("LICENSE", "NOTICE"):
        yield f"META-INF/{licence}", (facts.ROOT / licence).read_bytes()
    for entry in tree.beside(architecture):
        yield f"META-INF/{pathlib.PurePath(entry.path).name}", entry.data
    for path in sorted(CLASSES.rglob("*.class")):
        yield str(path.relative_to(CLASSES)), path.read_bytes()
    yield f"amilab/linux-{architecture.name}", architecture.binary.read_bytes()


def make(architecture):
    if missing := missing_tools():
        raise PackageError(f"the jar needs {' and '.join(missing)}")
    shutil.rmtree(CLASSES.parent, ignore_errors=True)
    run("mvn", "--batch-mode", "--quiet", "--file", PROJECT / "pom.xml", "compile")
    file = facts.OUTPUT / f"amilab-junit-{facts.version()}-linux-{architecture.name}.jar"
    with zipfile.ZipFile(file, "w") as jar:
        for name, data in _contents(architecture):
            archive.add_to_zip(jar, name, data)
    return [file]
