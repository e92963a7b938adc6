"""`figures`: what an answer has drawn, as plain values that a test can compare."""

from typing import Any

import matplotlib.pyplot


def figures() -> list[dict[str, Any]]:
    """What is drawn in pyplot's open figures, oldest first. They are closed: the next call gives what came since."""
    open_now = [matplotlib.pyplot.figure(number) for number in matplotlib.pyplot.get_fignums()]
    drawn = [{"title": each.get_suptitle(), "axes": [axes_facts(axes) for axes in each.axes]} for each in open_now]
    matplotlib.pyplot.close("all")
    return drawn


def axes_facts(axes: Any) -> dict[str, Any]:
    """Words, scales and what is drawn, in data coordinates; categories are 0, 1, 2…, dates are matplotlib's days."""
    legend, scatters = axes.get_legend(), matplotlib.collections.PathCollection
    return {
        **{name: getattr(axes, f"get_{name}")() for name in ("title", "xlabel", "ylabel", "xscale", "yscale")},
        "legend": [each.get_text() for each in legend.get_texts()] if legend else [],
        "lines": [{"label": str(each.get_label()), **points(each.get_xydata())} for each in axes.get_lines()],
        "scatters": [
            {"label": str(each.get_label()), **points(each.get_offsets())}
            for each in axes.collections
            if isinstance(each, scatters)
        ],
        "bars": [
            {name: float(getattr(each, f"get_{name}")()) for name in ("x", "y", "width", "height")}
            for each in axes.patches
            if isinstance(each, matplotlib.patches.Rectangle)
        ],
        "images": [tuple(map(int, each.get_array().shape)) for each in axes.get_images()],
    }


def points(xy: Any) -> dict[str, list[float]]:
    """Coordinates (n, 2) as a list of each."""
    return {name: [float(each) for each in xy[:, axis]] for axis, name in enumerate("xy")}
