"""A plot of times over sizes, as SVG and PNG. Needs the dependency group `bench`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Series:
    """One operation: milliseconds by size."""

    name: str
    points: Mapping[int, float]


def plot(path: Path, title: str, series: Sequence[Series]) -> None:
    """Draw a line for each operation, both axes logarithmic, into `path` with `.svg` and `.png`."""
    import matplotlib as mpl  # noqa: PLC0415 - only those who draw need it

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "pyscim"
    import matplotlib.pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for one in series:
        axes.plot([*one.points], [*one.points.values()], marker="o", label=one.name)
    axes.set(xscale="log", yscale="log", xlabel=title, ylabel="median, ms")
    for axis in (axes.yaxis, axes.xaxis):
        axis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_minor_formatter("{x:,.0f}")
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    for ending in ("svg", "png"):
        figure.savefig(path.with_suffix(f".{ending}"), metadata={"Date": None} if ending == "svg" else None, dpi=120)
    plt.close(figure)
