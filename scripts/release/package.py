"""scripts/package: makes what it is told to, and says what that weighs."""

import argparse
import sys

from release import archive, binary, debian, facts, images, jar, npm, wheel

WHAT = {
    "binary": binary.make,
    "wheel": wheel.make,
    "npm": npm.make,
    "jar": jar.make,
    "deb": debian.make,
    "tar": archive.make,
    "images": images.make,
}


def everything():
    """All that the tools of this machine can make; says what is left out."""
    missing = jar.missing_tools()
    if missing:
        print(f"package: no jar, there is no {' and no '.join(missing)}")
    return [what for what in WHAT if what != "jar" or not missing]


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/package")
    parser.add_argument("what", choices=[*WHAT, "all"], nargs="+")
    parser.add_argument("--arch", choices=facts.ARCHITECTURES, action="append",
                        help="x86_64 unless said otherwise; may be repeated")
    options = parser.parse_args(arguments)
    wanted = everything() if "all" in options.what else options.what
    facts.OUTPUT.mkdir(parents=True, exist_ok=True)
    try:
        for name in options.arch or ["x86_64"]:
            architecture = facts.ARCHITECTURES[name]
            # All carry it; a build that is current takes a moment.
            for what in ["binary", *(other for other in wanted if other != "binary")]:
                for file in WHAT[what](architecture):
                    print(f"package: {file.relative_to(facts.ROOT)} ({file.stat().st_size:,} bytes)")
    except facts.PackageError as error:
        print(f"scripts/package: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
