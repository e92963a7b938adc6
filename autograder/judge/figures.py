"""What is drawn in a figure, as plain values: tests of plots look at these, in either engine."""

from __future__ import annotations

from typing import Any


def figure_facts(figure: Any) -> dict[str, Any]:
    """Title, and for each pair of axes its title, labels, scales, legend and what is drawn on it."""
    return {"title": figure.get_suptitle(), "axes": [axes_facts(each) for each in figure.axes]}


def axes_facts(axes: Any) -> dict[str, Any]:
    legend = axes.get_legend()
    return {
        "title": axes.get_title(),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "xscale": axes.get_xscale(),
        "yscale": axes.get_yscale(),
        "legend": [each.get_text() for each in legend.get_texts()] if legend else [],
        "lines": [
            {"label": str(each.get_label()), "x": floats(each.get_xdata()), "y": floats(each.get_ydata())}
            for each in axes.get_lines()
        ],
        "points": [
            {"label": str(each.get_label()), "xy": [floats(point) for point in each.get_offsets()]}
            for each in axes.collections
            if hasattr(each, "get_offsets")
        ],
        "bars": [
            [float(each.get_x()), float(each.get_height())] for each in axes.patches if hasattr(each, "get_height")
        ],
        "images": [list(map(int, each.get_array().shape)) for each in axes.get_images()],
    }


def floats(values: Any) -> list[float]:
    return [float(each) for each in values]
