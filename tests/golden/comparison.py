"""How two recordings of one scenario differ."""

import difflib
import re

from recorder import TITLE

NUMBER = re.compile(rf"^{re.escape(TITLE)}\d+ ")
MOST_LINES = 400


def calls_of(text):
    """The blocks of a recording, each with its title."""
    if not text:
        return []
    return [TITLE + block for block in f"\n{text}".split(f"\n{TITLE}")[1:]]


def difference(scenario, recorded, answered):
    """Lines of a unified diff for each call that differs, under its name; empty: none does."""
    old, new = calls_of(recorded), calls_of(answered)
    # Numbers of calls shift when one is added: they tell nothing apart.
    matcher = difflib.SequenceMatcher(None, [NUMBER.sub("", call) for call in old],
                                      [NUMBER.sub("", call) for call in new], autojunk=False)
    lines = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag != "equal":
            for before, after in _pairs(old[old_from:old_to], new[new_from:new_to]):
                lines += _call_difference(scenario, before, after)
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"... and {len(lines) - MOST_LINES} more lines of {scenario}"]
    return lines


def _pairs(old, new):
    for number in range(max(len(old), len(new))):
        yield (old[number] if number < len(old) else "", new[number] if number < len(new) else "")


def _call_difference(scenario, before, after):
    title = (after or before).split("\n")[0].removeprefix(TITLE)
    return difflib.unified_diff(before.splitlines(), after.splitlines(),
                                f"{scenario}: {title} (recorded)", f"{scenario}: {title}",
                                lineterm="")
