"""The static file: built, held to its limits, with its checksum, SBOM and notices beside it."""

import hashlib
import os
import pathlib
import shutil
import tempfile

from release import facts, sbom
from release.facts import PackageError, run

MOST_BYTES = 24 << 20
# Of the same commit's program that takes the C and C++ libraries from the machine.
MOST_TIMES_SHARED = 1.25


def _write_beside(file, ending, text):
    path = file.with_name(file.name + ending)
    path.write_text(text)
    return path


def _stripped_size(architecture, program):
    with tempfile.NamedTemporaryFile() as stripped:
        run(architecture.tool_prefix + "strip", "-o", stripped.name, program)
        return pathlib.Path(stripped.name).stat().st_size


def _sections(architecture, program):
    """Bytes by section."""
    rows = (line.split() for line in
            run(architecture.tool_prefix + "size", "-A", program).splitlines()[2:])
    return {row[0]: int(row[1]) for row in rows if len(row) == 3}


def weights(architecture):
    """(part, bytes) of the static file; the last is all of it."""
    sections = _sections(architecture, architecture.binary)
    catalogue = (architecture.build / "generated/catalogue.sqlite").stat().st_size
    text = sections[".text"]
    unwinding = sum(sections.get(name, 0) for name in (".eh_frame", ".gcc_except_table"))
    constants = sections[".rodata"] - catalogue + sections.get(".data.rel.ro", 0)
    whole = architecture.binary.stat().st_size
    rest = whole - text - unwinding - constants - catalogue
    return [("text", text), ("tables and constants", constants), ("catalogue", catalogue),
            ("tables for exceptions", unwinding), ("everything else", rest), ("whole", whole)]


def _require_static(architecture):
    headers = run(architecture.tool_prefix + "readelf", "--program-headers", "--wide",
                  architecture.binary)
    if "INTERP" in headers or "DYNAMIC" in headers:
        raise PackageError(f"{architecture.binary.name} wants libraries of the machine")


def _require_no_folder(architecture):
    """Of the checkout: else the same commit would give other bytes in another folder."""
    if os.fsencode(facts.ROOT) in architecture.binary.read_bytes():
        raise PackageError(f"{architecture.binary.name} has the name of the folder {facts.ROOT} in it, "
                           "by __FILE__ of some macro")


def _require_small(architecture):
    whole = architecture.binary.stat().st_size
    shared = _stripped_size(architecture, architecture.build / "amilab")
    for part, size in weights(architecture):
        print(f"package: {part}: {size / 2**20:.1f} MiB")
    print(f"package: {whole / shared:.2f} times the program that takes its libraries from the machine")
    if whole > MOST_BYTES or whole > MOST_TIMES_SHARED * shared:
        raise PackageError(f"{architecture.binary.name} has {whole:,} bytes; at most "
                           f"{MOST_BYTES:,} and {MOST_TIMES_SHARED} times {shared:,}")


def make(architecture):
    """The static file and what lies beside it."""
    if architecture.sysroot_maker is not None:
        print(run(facts.ROOT / architecture.sysroot_maker), end="")
    run(facts.ROOT / "scripts/build", architecture.preset, "amilab", "amilab_static")
    file = architecture.binary
    shutil.copyfile(architecture.build / "amilab-static", file)
    file.chmod(0o755)
    _require_static(architecture)
    _require_no_folder(architecture)
    _require_small(architecture)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    packages = sbom.linked_packages(architecture)
    return [file,
            _write_beside(file, ".sha256", f"{digest}  {file.name}\n"),
            _write_beside(file, ".cdx.json", sbom.cyclonedx(architecture, packages, digest)),
            _write_beside(file, ".notices.txt", sbom.notices(packages))]
