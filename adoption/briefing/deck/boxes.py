"""Rectangles on a slide, in inches."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pptx.util import Emu, Inches


class Box(NamedTuple):
    left: float
    top: float
    width: float
    height: float

    @classmethod
    def of(cls, shape: Any) -> "Box":
        """Where a shape, or a placeholder of a layout, stands."""
        return cls(*(Emu(m).inches for m in (shape.left, shape.top, shape.width, shape.height)))

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def emu(self) -> tuple[int, int, int, int]:
        return Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height)

    def below(self, height: float) -> "Box":
        """What is left under its first `height`."""
        return self._replace(top=self.top + height, height=self.height - height)

    def above(self, height: float) -> "Box":
        """What is left above its last `height`."""
        return self._replace(height=self.height - height)

    def columns(self, weights: Sequence[float], gap: float) -> "list[Box]":
        """Side by side, as wide as their weights say."""
        room = self.width - gap * (len(weights) - 1)
        boxes, left = [], self.left
        for weight in weights:
            width = room * weight / sum(weights)
            boxes.append(self._replace(left=left, width=width))
            left += width + gap
        return boxes
