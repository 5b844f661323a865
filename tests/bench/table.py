"""Rows of figures, compared, and tables of them as text or Markdown."""

from dataclasses import dataclass
from enum import Enum
from statistics import median


class Better(Enum):
    LESS = "less"
    MORE = "more"


@dataclass(frozen=True)
class Target:
    """What DESIGN.md asks for. Each bound is optional."""

    text: str
    at_most: float | None = None  # the value itself
    floor_at_most: float | None = None  # value ÷ floor
    floor_at_least: float | None = None
    moto_at_least: float | None = None  # how many times better than moto


@dataclass(frozen=True)
class Row:
    """One figure of amilab, moto and the floor; lists have one entry for each round."""

    what: str
    unit: str
    better: Better
    amilab: list[float]
    moto: list[float] | None = None
    floor: list[float] | None = None
    target: Target | None = None

    def times_better(self) -> float | None:
        if not self.moto:
            return None
        if self.better is Better.MORE:
            return paired(self.amilab, self.moto)
        return paired(self.moto, self.amilab)

    def of_floor(self) -> float | None:
        return paired(self.amilab, self.floor) if self.floor else None

    def is_met(self) -> bool | None:
        """Nothing when there is no target, or what it compares with was not measured."""
        if self.target is None:
            return None
        checks = [
            meets(median(self.amilab), at_most=self.target.at_most),
            meets(self.of_floor(), self.target.floor_at_least, self.target.floor_at_most),
            meets(self.times_better(), self.target.moto_at_least),
        ]
        made = [check for check in checks if check is not None]
        return all(made) if made else None

    def cells(self) -> list[str]:
        return [self.what, show(median(self.amilab), self.unit),
                show(median(self.moto), self.unit) if self.moto else "-",
                show_ratio(self.times_better()),
                show(median(self.floor), self.unit) if self.floor else "-",
                show_ratio(self.of_floor()),
                self.target.text if self.target else "-", show_met(self.is_met())]


HEADER = ["what", "amilab", "moto", "× better than moto", "floor", "amilab ÷ floor", "target",
          "met"]


@dataclass(frozen=True)
class Growth:
    """One figure of amilab with little and with much of something."""

    what: str
    unit: str
    little: list[float]
    much: list[float]
    ratio_at_most: float | None = None
    # Instead: the figure with much, divided by this, is at most that.
    per_item: tuple[int, float, str] | None = None

    def ratio(self) -> float:
        return paired(self.much, self.little)

    def target_text(self) -> str:
        if self.per_item:
            return f"≤ {self.per_item[1]:g} {self.per_item[2]}"
        return f"≤ {self.ratio_at_most:g} ×" if self.ratio_at_most else "-"

    def is_met(self) -> bool | None:
        if self.per_item:
            return median(self.much) / self.per_item[0] <= self.per_item[1]
        return meets(self.ratio(), at_most=self.ratio_at_most)

    def cells(self) -> list[str]:
        ratio = show_ratio(self.ratio())
        if self.per_item:
            each = median(self.much) / self.per_item[0]
            ratio += f" ({each:.3g} {self.per_item[2]})"
        return [self.what, show(median(self.little), self.unit),
                show(median(self.much), self.unit), ratio, self.target_text(),
                show_met(self.is_met())]


def paired(values: list[float], others: list[float]) -> float:
    """The median of the rounds' ratios: what disturbs one round disturbs both sides of it."""
    return median(value / other for value, other in zip(values, others, strict=True))


def meets(value: float | None, at_least: float | None = None,
          at_most: float | None = None) -> bool | None:
    if value is None or (at_least is None and at_most is None):
        return None
    return (at_least is None or value >= at_least) and (at_most is None or value <= at_most)


def show(value: float, unit: str) -> str:
    if value >= 1000:
        return f"{value:,.0f} {unit}"
    return f"{value:.3g} {unit}"


def show_ratio(ratio: float | None) -> str:
    if ratio is None:
        return "-"
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}"


def show_met(met: bool | None) -> str:
    return {None: "-", True: "yes", False: "**no**"}[met]


def as_markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |",
             "|" + "|".join(["---"] + ["---:"] * (len(header) - 1)) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def as_text(header: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]

    def line(row: list[str]) -> str:
        first = row[0].ljust(widths[0])
        return "  ".join([first, *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))])

    return "\n".join([line(header), *(line(row).replace("**", "  ") for row in rows)])
