"""Records what the server answers, or checks that it answers as it was recorded.

    golden.py check [scenario ...]     exit code 1 and a diff when an answer differs
    golden.py record [scenario ...]    rewrites tests/golden/answers
    golden.py show [scenario ...]      what is recorded, in full; asks no server
"""

import argparse
import pathlib
import sys
import traceback

import comparison
import completeness
import scenarios
import short_form
from emulator import Emulator
from recorder import Recorder
from server import Server

ANSWERS = pathlib.Path(__file__).parent / "answers"
# As kept: each operation takes some 4 KiB, its faults and filters included, and there are 420.
MOST_BYTES = 2 * 1024 * 1024


def run(names):
    """Plays the scenarios against a server of their own."""
    recorder = Recorder()
    options = {name: tuple(scenarios.OPTIONS.get(name, ())) for name in names}
    for wanted in dict.fromkeys(options.values()):
        with Server(*wanted) as server:
            for name in names:
                if options[name] == wanted:
                    play(name, Emulator(server, recorder))
    return recorder


def play(name, emulator):
    recorder = emulator.recorder
    recorder.begin(name)
    try:
        emulator.start_anew()
        scenarios.ALL[name](emulator)
    except Exception:  # the diff of what came before tells most
        recorder.complain(traceback.format_exc(limit=-4))
    recorder.end()


def check(recorder, names, folder, every):
    """Lines that say what differs from the recording in `folder`."""
    lines = []
    for name in names:
        try:
            lines += comparison.difference(name, recorded(name, folder), recorder.texts[name])
        except ValueError as error:
            lines.append(f"{name} is not as it was written: {error}")
    if every:
        lines += [f"{path.name} is of no scenario" for path in _leftovers(folder)]
    return lines


def recorded(name, folder):
    path = folder / f"{name}.txt"
    return short_form.expand(path.read_text(encoding="utf-8")) if path.exists() else ""


def record(recorder, names, folder, every):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.txt").write_text(short_form.compact(recorder.texts[name]),
                                            encoding="utf-8")
    for path in _leftovers(folder) if every else []:
        path.unlink()


def _leftovers(folder):
    return sorted(path for path in folder.glob("*.txt") if path.stem not in scenarios.ALL)


def complaints(recorder, folder, every):
    """What makes a recording worth nothing, whatever it says."""
    found = list(recorder.problems)
    if every:
        found += completeness.gaps(recorder.calls)
        size = sum(path.stat().st_size for path in folder.glob("*.txt"))
        if size > MOST_BYTES:
            found.append(f"the recording has {size} bytes; at most {MOST_BYTES} are kept")
    return found


def main(arguments, folder=ANSWERS):
    parser = argparse.ArgumentParser(description="What the server answers, recorded.")
    parser.add_argument("mode", nargs="?", choices=("check", "record", "show"), default="check")
    parser.add_argument("scenario", nargs="*", help="all unless some are named")
    chosen = parser.parse_args(arguments)
    names = chosen.scenario or list(scenarios.ALL)
    unknown = [name for name in names if name not in scenarios.ALL]
    if unknown:
        parser.error(f"no scenario {', '.join(unknown)}; there are {', '.join(scenarios.ALL)}")
    if chosen.mode == "show":
        print("\n".join(recorded(name, folder) for name in names), end="")
        return 0
    every = not chosen.scenario
    recorder = run(names)
    lines = []
    if chosen.mode == "record":
        record(recorder, names, folder, every)
    else:
        lines = check(recorder, names, folder, every)
    problems = complaints(recorder, folder, every)
    print("\n".join(lines + problems), end="\n" if lines or problems else "")
    print(f"golden: {len(recorder.calls)} calls of {len(names)} scenarios; "
          f"{'they differ' if lines else 'as recorded' if chosen.mode == 'check' else 'recorded'}"
          f"{f', {len(problems)} complaints' if problems else ''}")
    return 1 if lines or problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
