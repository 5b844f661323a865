"""Records what the server answers, or checks that it answers as it was recorded.

    golden.py check [scenario ...]     exit code 1 and a diff when an answer differs
    golden.py record [scenario ...]    rewrites tests/golden/answers
"""

import argparse
import pathlib
import sys
import traceback

import comparison
import completeness
import scenarios
from emulator import Emulator
from recorder import Recorder
from server import Server

ANSWERS = pathlib.Path(__file__).parent / "answers"
# Each operation takes some 12 KiB, its faults and filters included: there are 340 and more to come.
MOST_BYTES = 10 * 512 * 1024


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
        path = folder / f"{name}.txt"
        recorded = path.read_text(encoding="utf-8") if path.exists() else ""
        lines += comparison.difference(name, recorded, recorder.texts[name])
    if every:
        lines += [f"{path.name} is of no scenario" for path in _leftovers(folder)]
    return lines


def record(recorder, names, folder, every):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.txt").write_text(recorder.texts[name], encoding="utf-8")
    for path in _leftovers(folder) if every else []:
        path.unlink()


def _leftovers(folder):
    return sorted(path for path in folder.glob("*.txt") if path.stem not in scenarios.ALL)


def complaints(recorder, every):
    """What makes a recording worth nothing, whatever it says."""
    found = list(recorder.problems)
    if every:
        found += completeness.gaps(recorder.calls)
        size = sum(len(text.encode()) for text in recorder.texts.values())
        if size > MOST_BYTES:
            found.append(f"the recording has {size} bytes; at most {MOST_BYTES} are kept")
    return found


def main(arguments, folder=ANSWERS):
    parser = argparse.ArgumentParser(description="What the server answers, recorded.")
    parser.add_argument("mode", nargs="?", choices=("check", "record"), default="check")
    parser.add_argument("scenario", nargs="*", help="all unless some are named")
    chosen = parser.parse_args(arguments)
    names = chosen.scenario or list(scenarios.ALL)
    unknown = [name for name in names if name not in scenarios.ALL]
    if unknown:
        parser.error(f"no scenario {', '.join(unknown)}; there are {', '.join(scenarios.ALL)}")
    every = not chosen.scenario
    recorder = run(names)
    problems = complaints(recorder, every)
    lines = []
    if chosen.mode == "record":
        record(recorder, names, folder, every)
    else:
        lines = check(recorder, names, folder, every)
    print("\n".join(lines + problems), end="\n" if lines or problems else "")
    print(f"golden: {len(recorder.calls)} calls of {len(names)} scenarios; "
          f"{'they differ' if lines else 'as recorded' if chosen.mode == 'check' else 'recorded'}"
          f"{f', {len(problems)} complaints' if problems else ''}")
    return 1 if lines or problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
