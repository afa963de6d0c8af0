"""Figures as a person reads them."""


def seconds(value: float) -> str:
    """With as many digits as are worth reading."""
    return f"{value:,.0f} s" if value >= 100 else f"{value:.3g} s"


def times(value: float) -> str:
    """A ratio."""
    return f"{value:,.0f}x" if value >= 100 else f"{value:.3g}x"


def target(what: str, found: float, least: float | None = None, most: float | None = None) -> str:
    """A line that says whether `found` is at least `least`, or at most `most`."""
    met = (least is None or found >= least) and (most is None or found <= most)
    bound = f"at least {least:g}" if least is not None else f"at most {most:g}"
    return f"{'met' if met else 'NOT MET':>7}  {what}: {found:.4g}, target {bound}"
