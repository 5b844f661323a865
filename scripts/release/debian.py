"""A Debian package with the static file: it needs no other package, so it installs on any Debian and
Ubuntu."""

import email.utils
import gzip
import hashlib
import pathlib
import tempfile

from release import facts, tree
from release.facts import run

MAINTAINER = "amilab maintainers <maintainers@amilab.invalid>"
DESCRIPTION = """offline EC2/AMI emulator for testing
 Point the AWS CLI, an SDK, Packer, Terraform or Ansible at it, and the AMI
 workflow works as it does on AWS: launch, capture, register, share, copy,
 relaunch, retire. The bytes of disks are real, and what AWS refuses is refused
 with the same code and message.
 .
 The service is not started unless it is enabled.
"""
# What Debian's policy wants elsewhere than an installation below /usr/local has it.
MOVED = {
    "usr/share/zsh/site-functions/_amilab": "usr/share/zsh/vendor-completions/_amilab",
    "usr/lib/systemd/system/amilab.service": "lib/systemd/system/amilab.service",
}
OVERRIDES = """\
# One file for every release of Debian and Ubuntu cannot ask for the libraries of one.
amilab: statically-linked-binary [usr/bin/amilab]
amilab: embedded-library zlib [usr/bin/amilab]
"""
# With DPKG_ROOT another root is worked on, and this machine's services are none of its business.
POSTINST = """#!/bin/sh
set -e
if [ "$1" = configure ] && [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
    # Only where it runs.
    deb-systemd-invoke try-restart amilab.service >/dev/null || true
fi
"""
PRERM = """#!/bin/sh
set -e
if [ "$1" = remove ] && [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
    deb-systemd-invoke stop amilab.service >/dev/null || true
fi
"""
POSTRM = """#!/bin/sh
set -e
if [ "$1" = purge ]; then
    if [ -z "${DPKG_ROOT:-}" ] && command -v deb-systemd-helper >/dev/null; then
        deb-systemd-helper purge amilab.service >/dev/null || true
    fi
    rm -rf "${DPKG_ROOT:-}/var/lib/amilab" "${DPKG_ROOT:-}/var/lib/private/amilab"
fi
if [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
fi
"""


def _gzip(data):
    return gzip.compress(data, 9, mtime=0)


def _changelog():
    return (f"amilab ({facts.version()}) unstable; urgency=medium\n\n"
            f"  * What changed is in CHANGELOG.md.\n\n"
            f" -- {MAINTAINER}  {email.utils.format_datetime(facts.source_moment())}\n")


def _copyright():
    """Of amilab; what is linked in has its own in notices.txt."""
    year = facts.source_moment().year
    return ("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
            "Upstream-Name: amilab\n"
            "Comment: The program has parts of Boost, OpenSSL, SQLite, pugixml, zlib, fmt, spdlog, CLI11,\n"
            " the GNU C++ library and the GNU C library in it. Their licences are in\n"
            " /usr/share/doc/amilab/notices.txt.gz.\n\n"
            f"Files: *\nCopyright: {year} the authors of amilab\nLicense: Apache-2.0\n"
            " On Debian systems the full text of the licence is in\n"
            " /usr/share/common-licenses/Apache-2.0.\n")


def _debian_path(path):
    below = f"usr/{path}"
    return MOVED.get(below, below)


def _contents(architecture):
    """{path below the root: (bytes, mode)}."""
    found = {}
    for entry in tree.entries(architecture.binary, architecture.runner, "/usr"):
        found[_debian_path(entry.path)] = (entry.data, entry.mode)
    documents = "usr/share/doc/amilab"
    del found[f"{documents}/LICENSE"]  # common-licenses has it
    found["usr/share/man/man1/amilab.1.gz"] = (_gzip(found.pop("usr/share/man/man1/amilab.1")[0]), 0o644)
    for entry in tree.beside(architecture):
        found[_debian_path(entry.path) + ".gz"] = (_gzip(entry.data), 0o644)
    found[f"{documents}/CHANGELOG.md.gz"] = (_gzip(found.pop(f"{documents}/CHANGELOG.md")[0]), 0o644)
    found[f"{documents}/changelog.gz"] = (_gzip(_changelog().encode()), 0o644)
    found[f"{documents}/copyright"] = (_copyright().encode(), 0o644)
    found["usr/share/lintian/overrides/amilab"] = (OVERRIDES.encode(), 0o644)
    found["etc/default/amilab"] = ((tree.FILES / "amilab.default").read_bytes(), 0o644)
    return found


def _control(architecture, contents):
    kib = sum((len(data) + 1023) // 1024 for data, _ in contents.values())
    return (f"Package: amilab\nVersion: {facts.version()}\nArchitecture: {architecture.debian}\n"
            f"Maintainer: {MAINTAINER}\nInstalled-Size: {kib}\nSection: devel\nPriority: optional\n"
            f"Recommends: qemu-utils, e2fsprogs\nDescription: {DESCRIPTION}")


def _md5sums(contents):
    return "".join(f"{hashlib.md5(data).hexdigest()}  {path}\n"
                   for path, (data, _) in sorted(contents.items()) if not path.startswith("etc/"))


def make(architecture):
    file = facts.OUTPUT / f"amilab_{facts.version()}_{architecture.debian}.deb"
    contents = _contents(architecture)
    about = {"control": (_control(architecture, contents).encode(), 0o644),
             "conffiles": (b"/etc/default/amilab\n", 0o644),
             "md5sums": (_md5sums(contents).encode(), 0o644),
             "postinst": (POSTINST.encode(), 0o755), "prerm": (PRERM.encode(), 0o755),
             "postrm": (POSTRM.encode(), 0o755)}
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder, "root")
        tree.write([tree.Entry(path, *what) for path, what in contents.items()]
                   + [tree.Entry(f"DEBIAN/{name}", *what) for name, what in about.items()], root)
        for path in [root, *root.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
        run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, file,
            env={"PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": str(facts.source_time())})
    return [file]
