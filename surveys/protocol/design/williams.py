"""Rows of Williams designs: orders in which everything comes equally often everywhere.

In all rows together, each of n things stands equally often in each place and equally often right
after each other one.
"""


def n_rows(n: int) -> int:
    """How many orders a design for n items has: n when n is even, else 2n."""
    return n if n % 2 == 0 else 2 * n


def williams_row(n: int, place: int) -> list[int]:
    """The order, as indices below n, of the participant at that place, counted from 1.

    The first row is 0, 1, n-1, 2, n-2, ...; each further row adds one to every entry, modulo n. An
    odd n needs the rows read backwards, too.
    """
    row = (place - 1) % n_rows(n) if n else 0
    zigzag = [(step + 1) // 2 if step % 2 else (n - step // 2) % n for step in range(n)]
    order = [(entry + row) % n for entry in zigzag]
    return order[::-1] if row >= n else order
