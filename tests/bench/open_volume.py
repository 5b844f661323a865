"""What opening a volume of 64 TiB costs, with something in each of its segments."""

import json
import sys

from processes import Programs
from table import Better, Row, Target

MS_AT_MOST = 10
MIB_AT_MOST = 16


def open_rows(programs: Programs, rounds: int) -> list[Row]:
    print("bench: opening a volume of 64 TiB", file=sys.stderr)
    folder = programs.new_folder()
    programs.run("open_large", folder, "--make")
    opened = [json.loads(programs.run("open_large", folder)) for _ in range(rounds)]
    return [
        Row("open a volume of 64 TiB and read at both ends", "ms", Better.LESS,
            [one["ms"] for one in opened], target=Target(f"≤ {MS_AT_MOST} ms", MS_AT_MOST)),
        Row("most memory of the process that did it", "MiB", Better.LESS,
            [one["peak_kib"] / 1024 for one in opened],
            target=Target(f"≤ {MIB_AT_MOST} MiB", MIB_AT_MOST)),
    ]
