"""In which order the operations of a bulk request are carried out (RFC 7644 §3.7.1, §3.7.2; rows J-19, J-20, J-22).

Operations run in the order in which they were sent, but that one which refers to a resource not yet made waits for it.
Those that wait for each other are a circle, and are carried out together.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Step = tuple[int, ...]
"""The positions of one operation, or of those of a circle, in their order."""


def plan(needs: Sequence[frozenset[int]]) -> list[Step]:
    """The steps for operations of which each needs those at some positions to be done before; every one is in one step."""
    circles = _circles(needs)
    step_of = {position: number for number, circle in enumerate(circles) for position in circle}
    waits = [
        {step_of[need] for position in circle for need in needs[position]} - {n} for n, circle in enumerate(circles)
    ]
    waiting_for: list[list[int]] = [[] for _ in circles]
    for number, before in enumerate(waits):
        for need in before:
            waiting_for[need].append(number)
    return [circles[number] for number in _in_order(circles, waits, waiting_for)]


def _in_order(circles: Sequence[Step], waits: list[set[int]], waiting_for: Sequence[Sequence[int]]) -> Iterator[int]:
    """The numbers of steps: as soon as its turn has come, and what it waits for is done."""
    reached: set[int] = set()
    for number, _ in sorted(enumerate(circles), key=lambda one: one[1][0]):
        reached.add(number)
        ready = [(circles[number][0], number)] if not waits[number] else []
        while ready:
            _, done = heapq.heappop(ready)
            yield done
            for other in waiting_for[done]:
                waits[other].discard(done)
                if not waits[other] and other in reached:
                    heapq.heappush(ready, (circles[other][0], other))


def _circles(needs: Sequence[frozenset[int]]) -> list[Step]:
    """The strongly connected parts of the graph of needs."""
    search = _Tarjan(needs)
    for root in range(len(needs)):
        if root not in search.index:
            search.run(root)
    return search.found


@dataclass(slots=True)
class _Tarjan:
    """Tarjan's algorithm, without recursion: a request may hold thousands of operations in a chain."""

    needs: Sequence[frozenset[int]]
    found: list[Step] = field(default_factory=list)
    index: dict[int, int] = field(default_factory=dict)
    low: dict[int, int] = field(default_factory=dict)
    stack: list[int] = field(default_factory=list)
    on_stack: set[int] = field(default_factory=set)

    def run(self, root: int) -> None:
        """Find the parts that can be reached from `root`."""
        path = [self._entered(root)]
        while path:
            node, rest = path[-1]
            need = next(rest, None)
            if need is None:
                path.pop()
                self._left(node, path[-1][0] if path else None)
            elif need not in self.index:
                path.append(self._entered(need))
            elif need in self.on_stack:
                self.low[node] = min(self.low[node], self.index[need])

    def _entered(self, node: int) -> tuple[int, Iterator[int]]:
        self.index[node] = self.low[node] = len(self.index)
        self.stack.append(node)
        self.on_stack.add(node)
        return node, iter(self.needs[node])

    def _left(self, node: int, parent: int | None) -> None:
        if parent is not None:
            self.low[parent] = min(self.low[parent], self.low[node])
        if self.low[node] == self.index[node]:
            start = self.stack.index(node)
            part = self.stack[start:]
            del self.stack[start:]
            self.on_stack.difference_update(part)
            self.found.append(tuple(sorted(part)))
