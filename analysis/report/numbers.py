"""Numbers for readers. Nothing else in this app rounds."""

import math

DASH = "–"


def fixed(value: float | None, digits: int = 2) -> str:
    """A number with this number of decimals and a true minus sign; a dash for none."""
    if value is None or not math.isfinite(value):
        return DASH
    text = f"{value:.{digits}f}"
    # -0.00 is 0.00.
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def percent(proportion: float | None, digits: int = 1) -> str:
    """A proportion in percent, without the sign."""
    return fixed(None if proportion is None else 100 * proportion, digits)


def plus_minus(mean: float, error: float, digits: int = 1) -> str:
    """A proportion and its standard error in percent, as the paper prints them."""
    return f"{percent(mean, digits)} ± {percent(error, digits)}"


def interval(low: float, high: float, digits: int = 2) -> str:
    """The two ends of an interval, or that it cannot be estimated."""
    if not (math.isfinite(low) or math.isfinite(high)):
        return "not estimable"
    return f"{fixed(low, digits)} to {fixed(high, digits)}"


def percent_interval(low: float, high: float, digits: int = 1) -> str:
    """The two ends of an interval of proportions, in percent."""
    return interval(100 * low, 100 * high, digits)


def p_value(p: float | None) -> str:
    """Three decimals, or a power of ten below 0.001."""
    if p is None or not math.isfinite(p):
        return DASH
    if p >= 0.001:
        return f"{p:.3f}"
    if p == 0:
        return "< 10⁻³⁰⁰"
    mantissa, exponent = f"{p:.1e}".split("e")
    return f"{mantissa} × 10{_raised(int(exponent))}"


def _raised(number: int) -> str:
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def count(number: float) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{int(number):,}".replace(",", "\u202f")


def participants(n: int, n_simulated: int) -> str:
    """The number of participants, and of simulated ones among them."""
    if n_simulated in (0, n):
        kind = "simulated participant" if n_simulated else "participant"
        return f"{count(n)} {kind}{'' if n == 1 else 's'}"
    real = n - n_simulated
    return (
        f"{count(n)} participants, of whom {count(n_simulated)}"
        f" {'is' if n_simulated == 1 else 'are'} simulated and {count(real)}"
        f" {'is a person' if real == 1 else 'are people'},"
    )


def seconds(milliseconds: float | None, digits: int = 1) -> str:
    """Milliseconds as seconds."""
    return fixed(None if milliseconds is None else milliseconds / 1000, digits)
