"""Container images, made by buildah without a daemon: docker-archives, which `docker load` and `podman
load` read. `amilab` has the static file and nothing else; `amilab-tools` stands on a Debian root and
has what imports of other formats need, and LocalStack's way to be started."""

import hashlib
import json
import os
import pathlib
import tarfile
import tempfile

from release import archive, facts, tree
from release.facts import run

USER = 65532
DATA = "/var/lib/amilab"
# What is published is reached from outside alone, so that control is open to whoever reaches it; a
# token in AMILAB_CONTROL_TOKEN goes before that.
SERVE = ["serve", "--listen", "0.0.0.0:4566", "--allow-host", "amilab", "--control-open",
         "--data", DATA]
TOOLS = ("bash", "qemu-utils", "e2fsprogs")
SUITE = "bookworm"
# Where the kernel has qemu start arm64's programs.
BINFMT = pathlib.Path("/proc/sys/fs/binfmt_misc/qemu-aarch64")


class Builder:
    """buildah with a store of its own, which goes with the folder."""

    def __init__(self, folder):
        self._command = ["buildah", "--storage-driver", "vfs", "--root", folder / "store",
                         "--runroot", folder / "run"]
        # Its own files too: TMPDIR holds layers while they are written. Docker's format: the other
        # one has no health checks.
        self._environment = os.environ | {"TMPDIR": str(folder), "BUILDAH_FORMAT": "docker"}

    def __call__(self, *arguments):
        return run(*self._command, *arguments, env=self._environment).strip()


def _sources():
    """The package sources of this machine, whatever mirror it has."""
    places = [pathlib.Path("/etc/apt/sources.list"),
              *sorted(pathlib.Path("/etc/apt/sources.list.d").glob("*.list")),
              *sorted(pathlib.Path("/etc/apt/sources.list.d").glob("*.sources"))]
    return [place for place in places if place.exists() and place.read_text().strip()]


def _debian_root(architecture, folder):
    """A Debian with the tools, as a tar; no manuals, no translations, all copyrights."""
    file = folder / "root.tar"
    without = ["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*"]
    options = [f"--dpkgopt=path-exclude={path}" for path in without]
    run("mmdebstrap", "--quiet", "--variant=essential", f"--include={','.join(TOOLS)}",
        f"--architectures={architecture.debian}", *options,
        "--dpkgopt=path-include=/usr/share/doc/*/copyright", SUITE, file, *_sources(),
        env=os.environ | {"SOURCE_DATE_EPOCH": str(facts.source_time())})
    return file


def _program(architecture):
    """What both images have."""
    found = [tree.Entry("bin/amilab", architecture.binary.read_bytes(), 0o755),
             *tree.beside(architecture)]
    found += [tree.Entry(f"share/doc/amilab/{name}", (facts.ROOT / name).read_bytes())
              for name in ("LICENSE", "NOTICE")]
    return [tree.Entry(f"usr/{entry.path}", entry.data, entry.mode) for entry in found]


def _layer(folder, entries, folders):
    """A tar of files that are root's, and of folders as (path, mode, owner)."""
    file = folder / "layer.tar"
    with tarfile.open(file, "w", format=tarfile.GNU_FORMAT) as packed:
        for path, mode, owner in folders:
            entry = tarfile.TarInfo(path)
            entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, mode, facts.source_time()
            entry.uid = entry.gid = owner
            packed.addfile(entry)
        for entry in entries:
            archive.add(packed, entry.path, entry.data, entry.mode)
    return file


def _configure(build, container, architecture, entrypoint, command):
    words = ", ".join(f'"{word}"' for word in entrypoint)
    build("config", "--user", f"{USER}:{USER}", "--port", "4566/tcp", "--volume", DATA,
          "--workingdir", DATA, "--env", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
          "--entrypoint", f"[{words}]", "--cmd", " ".join(command), "--arch", architecture.debian,
          "--healthcheck", "CMD /usr/bin/amilab status", "--healthcheck-interval", "10s",
          "--healthcheck-start-period", "5s",
          "--label", "org.opencontainers.image.licenses=Apache-2.0",
          "--label", f"org.opencontainers.image.version={facts.version()}",
          "--label", f"org.opencontainers.image.revision={facts.commit()}",
          "--label", f"org.opencontainers.image.description={facts.SUMMARY}", container)


def _configuration(text):
    """An image's, without what names the container in which buildah made it, another each time."""
    configuration = json.loads(text)
    for name in ("container", "container_config"):
        configuration.pop(name, None)
    configuration["config"].pop("Hostname", None)
    return json.dumps(configuration, sort_keys=True, separators=(",", ":")).encode()


def _write_again(committed, file):
    """A docker-archive of the same layers that has the same bytes each time, and no more than readers of
    today want: the layers, the configuration by its digest, and the manifest."""
    with tarfile.open(committed) as read, \
            tarfile.open(file, "w", format=tarfile.GNU_FORMAT) as written:
        (manifest,) = json.load(read.extractfile("manifest.json"))
        for layer in manifest["Layers"]:
            entry = tarfile.TarInfo(layer)
            entry.size, entry.mtime = read.getmember(layer).size, facts.source_time()
            written.addfile(entry, read.extractfile(layer))
        configuration = _configuration(read.extractfile(manifest["Config"]).read())
        manifest["Config"] = f"{hashlib.sha256(configuration).hexdigest()}.json"
        archive.add(written, manifest["Config"], configuration, 0o644)
        archive.add(written, "manifest.json", json.dumps([manifest]).encode(), 0o644)


def _commit(build, container, architecture, name, folder):
    committed = folder / f"{name}.tar"
    build("commit", "--quiet", "--timestamp", facts.source_time(), container,
          f"docker-archive:{committed}:{name}:{facts.version()}")
    build("rm", container)
    file = facts.OUTPUT / f"{name}-{facts.version()}-image-{architecture.name}.tar"
    _write_again(committed, file)
    committed.unlink()
    return file


def _make_amilab(build, architecture, folder):
    users = [tree.Entry("etc/passwd", f"amilab:x:{USER}:{USER}::{DATA}:/sbin/nologin\n".encode()),
             tree.Entry("etc/group", f"amilab:x:{USER}:\n".encode())]
    layer = _layer(folder, [*_program(architecture), *users],
                   [("tmp", 0o1777, 0), (DATA.lstrip("/"), 0o755, USER)])
    container = build("from", "scratch")
    build("add", "--quiet", container, layer, "/")
    _configure(build, container, architecture, ["/usr/bin/amilab"], SERVE)
    return _commit(build, container, architecture, "amilab", folder)


def _make_tools(build, architecture, folder):
    entrypoint = tree.Entry("usr/local/bin/docker-entrypoint.sh",
                            (tree.FILES / "docker-entrypoint.sh").read_bytes(), 0o755)
    layer = _layer(folder, [*_program(architecture), entrypoint], [(DATA.lstrip("/"), 0o755, USER)])
    container = build("from", "scratch")
    build("add", "--quiet", container, _debian_root(architecture, folder), "/")
    build("add", "--quiet", container, layer, "/")
    _configure(build, container, architecture, ["/" + entrypoint.path], [])
    return _commit(build, container, architecture, "amilab-tools", folder)


def make(architecture):
    with tempfile.TemporaryDirectory(prefix="amilab-images-") as name:
        folder = pathlib.Path(name)
        build = Builder(folder)
        made = [_make_amilab(build, architecture, folder)]
        if architecture.runner and not BINFMT.exists():
            print(f"package: no amilab-tools for {architecture.name}: this kernel starts no programs "
                  "of another architecture, so that its Debian root cannot be set up")
        else:
            made.append(_make_tools(build, architecture, folder))
    compose = facts.OUTPUT / "compose.yaml"
    compose.write_text((tree.FILES / "compose.yaml").read_text().replace("@VERSION@", facts.version()))
    return [*made, compose]
