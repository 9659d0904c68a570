"""Who gets what, each thing once, so that all together are served best."""

from collections.abc import Sequence

_NEVER = -1


def assignment(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """For each row of `scores` the column that it gets, None for none: the greatest total.

    Rows are of one length. A score of 0 or less is never worth it. The Hungarian method, with as
    many places beside the columns as there are rows, where a row gets nothing: rows**2 * columns
    steps.
    """
    if not scores:
        return []
    rows, columns = len(scores), len(scores[0])
    costs = [[-max(score, 0.0) for score in row] + [0.0] * rows for row in scores]
    row_of = _row_of_column(costs)
    found: list[int | None] = [None] * rows
    for column, row in enumerate(row_of[:columns]):
        if row != _NEVER and scores[row][column] > 0:
            found[row] = column
    return found


def _row_of_column(costs: list[list[float]]) -> list[int]:
    """The cheapest pairing of every row with a column of its own: which row each column got.

    Rows come in one after another; each finds the shortest path of exchanges that frees a column.
    `prices` keep the reduced costs from being negative, so that the shortest path can be found
    greedily (Kuhn 1955, in the form of Jonker and Volgenant 1987).
    """
    width = len(costs[0])
    row_prices, prices = [0.0] * len(costs), [0.0] * (width + 1)
    row_of = [_NEVER] * (width + 1)  # the last is where the new row stands
    for new in range(len(costs)):
        row_of[width], at = new, width
        distance, came_from = [float("inf")] * width, [width] * width
        is_seen = [False] * (width + 1)
        while row_of[at] != _NEVER:
            is_seen[at] = True
            row, nearest, step = row_of[at], _NEVER, float("inf")
            for column in range(width):
                if is_seen[column]:
                    continue
                reduced = costs[row][column] - row_prices[row] - prices[column]
                if reduced < distance[column]:
                    distance[column], came_from[column] = reduced, at
                if distance[column] < step:
                    step, nearest = distance[column], column
            for column in range(width + 1):
                if is_seen[column]:
                    row_prices[row_of[column]] += step
                    prices[column] -= step
                elif column < width:
                    distance[column] -= step
            at = nearest
        while at != width:
            row_of[at] = row_of[came_from[at]]
            at = came_from[at]
    return row_of[:width]
