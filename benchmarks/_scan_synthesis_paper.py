"""What happens to a filled page on its way to a file: copier, fax, scanner, camera, folds, thumbs, cut edges."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Page = NDArray[np.uint8]
Random = np.random.Generator
_COARSE = 16

# How often each way is taken.
WAYS = {"office": 0.37, "copier": 0.16, "fax": 0.08, "telephone": 0.27, "pale": 0.07, "letter": 0.05}
# On these what is pale is lost, to people as to machines.
LOSING = ("copier", "fax", "letter")
RESOLUTIONS = {
    "office": (150, 200, 200, 200, 240, 300),
    "copier": (150, 200, 200, 300),
    "fax": (200,),
    "telephone": (150, 180, 220),
    "pale": (150, 200, 300),
    "letter": (150, 200, 240),
}


@dataclass(frozen=True)
class Scanned:
    """The image that comes out, how the page lies in it (page pixels to image pixels), and the bend of the paper."""

    image: Page
    to_image: NDArray[np.float64]
    bend: "Bend"
    way: str
    resolution: int
    turned: int
    hidden_corner: int | None

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points of the page (pixels) lie in the image."""
        bent = points + self.bend.at(points)
        placed: NDArray[np.float64] = cv2.perspectiveTransform(bent[None], self.to_image)[0]
        return placed


@dataclass(frozen=True)
class Bend:
    """A smooth displacement of the paper: waves along and across, in pixels of the page."""

    amplitude: tuple[float, float]
    length: tuple[float, float]
    phase: tuple[float, float]

    def at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = points[..., 0], points[..., 1]
        across = self.amplitude[0] * np.sin(x / self.length[0] + self.phase[0])
        along = self.amplitude[1] * np.sin(y / self.length[1] + self.phase[1])
        return np.stack([along, across], axis=-1)


def scan(
    page: Page,
    back: Page,
    resolution: int,
    way: str,
    *,
    random: Random,
    hidden: bool = False,
    turned: int | None = None,
) -> Scanned:
    """Scan a page (grey, at `resolution`). `back` is what is printed on its other side; `hidden` hides one corner."""
    scale = resolution / 25.4
    paper = page.astype(np.float32)
    if random.random() < 0.3:
        paper = np.minimum(paper, 255 - (255 - back[:, ::-1].astype(np.float32)) * random.uniform(0.03, 0.14))
    if random.random() < 0.15:
        _fold(paper, random, scale)
    _specks(paper, random, scale, 40 if way in ("copier", "fax") else 8)
    if way in ("copier", "fax", "letter"):
        paper = _copied(paper, random)
    corner = int(random.integers(4)) if hidden else None
    if corner is not None:
        _hide(paper, corner, way, random, scale)
    if turned is None:
        turned = int(random.choice([0, 1, 2, 3], p=[0.8, 0.04, 0.12, 0.04]))
    to_image, bend, size = _geometry(way, random, paper.shape[1], paper.shape[0], scale=scale, turned=turned)
    image = _warped(paper, to_image, bend, size, _surface(way, random))
    image = _light(image, way, random)
    image = _exposed(image, way, random, resolution)
    return Scanned(image, to_image, bend, way, resolution, turned, corner)


def _fold(paper: NDArray[np.float32], random: Random, scale: float) -> None:
    y = int(random.uniform(0.25, 0.75) * paper.shape[0])
    cv2.line(
        paper,
        (0, y),
        (paper.shape[1], y + int(random.normal(0, 4))),
        random.uniform(150, 225),
        max(1, int(scale * 0.2)),
    )


def _specks(paper: NDArray[np.float32], random: Random, scale: float, most: int) -> None:
    for _ in range(random.integers(0, most)):
        at = (int(random.uniform(0, paper.shape[1])), int(random.uniform(0, paper.shape[0])))
        cv2.circle(paper, at, max(1, int(random.uniform(0.04, 0.2) * scale)), random.uniform(0, 140), -1)


def _copied(paper: NDArray[np.float32], random: Random) -> NDArray[np.float32]:
    """A copy: softer, with more contrast, sometimes with a streak."""
    soft = cv2.GaussianBlur(paper, (0, 0), random.uniform(0.4, 0.9))
    middle, steepness = random.uniform(120, 175), random.uniform(0.02, 0.06)
    copied = 255 / (1 + np.exp(-(soft - middle) * steepness))
    if random.random() < 0.25:
        x = int(random.uniform(0, paper.shape[1]))
        copied[:, x : x + int(random.integers(1, 4))] *= random.uniform(0.4, 0.9)
    return np.asarray(copied, dtype=np.float32)


def _hide(paper: NDArray[np.float32], corner: int, way: str, random: Random, scale: float) -> None:
    """A thumb on a corner (telephone), or a corner folded over or torn off."""
    height, width = paper.shape
    x, y = ((0, 0), (width, 0), (width, height), (0, height))[corner]
    inward = np.array([1 if x == 0 else -1, 1 if y == 0 else -1])
    if way == "telephone":
        middle = (x + inward[0] * random.uniform(2, 9) * scale, y + inward[1] * random.uniform(2, 9) * scale)
        axes = (random.uniform(13, 18) * scale, random.uniform(20, 30) * scale)
        angle = random.uniform(20, 70) * (1 if inward[0] * inward[1] < 0 else -1)
        cv2.ellipse(
            paper,
            (np.array(middle).astype(int).tolist(), [int(a * 2) for a in axes], angle),
            random.uniform(90, 190),
            -1,
        )
        return
    reach = random.uniform(22, 42, 2) * scale
    triangle = np.array([(x, y), (x + inward[0] * reach[0], y), (x, y + inward[1] * reach[1])])
    cv2.fillPoly(paper, [triangle.astype(np.int32)], random.choice([20.0, 200.0, 240.0]))


def _geometry(
    way: str, random: Random, width: int, height: int, *, scale: float, turned: int
) -> tuple[NDArray[np.float64], Bend, tuple[int, int]]:
    page = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
    if way == "telephone":
        room = random.uniform(0.03, 0.12)
        out_width, out_height = int(width * (1 + 2 * room)), int(height * (1 + 2 * room))
        placed = np.add(page, (width * room, height * room))
        placed = _turned(placed, np.radians(random.normal(0, 2.5)))
        placed += random.uniform(-1, 1, (4, 2)) * width * random.uniform(0.0, 0.045)
        bend = random.uniform(0, 2.2)
    else:
        out_width, out_height = width, height
        placed = _turned(page, np.radians(random.normal(0, 1.0)))
        placed = (placed - placed.mean(axis=0)) * random.uniform(0.985, 1.01, 2) + placed.mean(axis=0)
        placed += random.normal(0, 1.0, 2) * scale
        bend = random.choice([0, random.uniform(0, 0.5), random.uniform(0.5, 1.5)], p=[0.6, 0.3, 0.1])
        if way == "letter":
            factor = 279.4 / 297 * random.uniform(0.97, 1.0)
            out_width, out_height = int(215.9 * scale), int(279.4 * scale)
            placed = (placed - placed.mean(axis=0)) * factor + (out_width / 2, out_height / 2)
    amplitude = (bend * scale * random.uniform(-1, 1), bend * scale * random.uniform(-0.4, 0.4))
    length = (random.uniform(45, 110) * scale, random.uniform(60, 130) * scale)
    curl = Bend(amplitude, length, (random.uniform(0, 6.28), random.uniform(0, 6.28)))
    if turned:
        w, h = out_width, out_height
        corners = {1: ((h, 0), (0, 1), (-1, 0)), 2: ((w, h), (-1, 0), (0, -1)), 3: ((0, w), (0, -1), (1, 0))}[turned]
        origin, along_x, along_y = (np.array(one, dtype=np.float64) for one in corners)
        placed = origin + placed[:, :1] * along_x + placed[:, 1:] * along_y
        out_width, out_height = (w, h) if turned == 2 else (h, w)
    matrix = cv2.getPerspectiveTransform(page.astype(np.float32), placed.astype(np.float32))
    return matrix, curl, (out_width, out_height)


def _turned(points: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    middle = points.mean(axis=0)
    turning = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned: NDArray[np.float64] = (points - middle) @ turning.T + middle
    return turned


def _surface(way: str, random: Random) -> float:
    """The grey of what the page lies on."""
    return (
        float(random.uniform(40, 190))
        if way == "telephone"
        else float(random.choice([255.0, 250.0, 15.0], p=[0.5, 0.3, 0.2]))
    )


def _warped(
    paper: NDArray[np.float32], to_image: NDArray[np.float64], bend: Bend, size: tuple[int, int], surface: float
) -> NDArray[np.float32]:
    width, height = size
    columns, rows = np.meshgrid(np.arange(0, width + _COARSE, _COARSE), np.arange(0, height + _COARSE, _COARSE))
    places = np.stack([columns, rows], axis=-1).astype(np.float64)
    flat = cv2.perspectiveTransform(places.reshape(1, -1, 2), np.linalg.inv(to_image))[0]
    flat = (flat - bend.at(flat)).reshape(places.shape).astype(np.float32)
    grown = np.array([[_COARSE, 0, 0], [0, _COARSE, 0]], dtype=np.float64)
    maps = cv2.warpAffine(flat, grown, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.remap(paper, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=surface)


def _light(image: NDArray[np.float32], way: str, random: Random) -> NDArray[np.float32]:
    height, width = image.shape
    field = np.ones((12, 9), np.float32)
    if way == "telephone":
        slope = random.uniform(-0.25, 0.25, 2)
        ys, xs = np.mgrid[-1:1:12j, -1:1:9j]
        field += (slope[0] * xs + slope[1] * ys).astype(np.float32) * 0.6
        if random.random() < 0.5:
            # The edge of somebody's shadow.
            normal = random.normal(0, 1, 2)
            distance = (xs * normal[0] + ys * normal[1]) / np.hypot(*normal) - random.uniform(-0.6, 0.6)
            field *= 1 - random.uniform(0.15, 0.45) / (1 + np.exp(-distance * random.uniform(4, 14)))
        field *= random.uniform(0.6, 1.0) / max(1.0, float(field.max()))
    elif random.random() < 0.2:
        field[:, : int(random.integers(1, 3))] *= random.uniform(0.75, 0.95)
    return image * np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC))


def _exposed(image: NDArray[np.float32], way: str, random: Random, resolution: int) -> Page:
    blur = {"telephone": random.uniform(0.4, 1.2), "fax": 0.4}.get(way, random.uniform(0.2, 0.7)) * resolution / 200
    image = cv2.GaussianBlur(image, (0, 0), blur)
    if way == "pale":
        image = random.uniform(60, 140) + image * random.uniform(0.35, 0.5)
    if way == "fax":
        noise = cv2.GaussianBlur(random.standard_normal(image.shape, dtype=np.float32) * 30, (0, 0), 0.7)
        bilevel = np.where(image + noise > random.uniform(140, 185), 255, 0).astype(np.uint8)
        if random.random() < 0.3:
            # Fax in its coarser mode: half as many lines.
            half = cv2.resize(bilevel, (bilevel.shape[1], bilevel.shape[0] // 2), interpolation=cv2.INTER_NEAREST)
            bilevel = cv2.resize(half, (bilevel.shape[1], bilevel.shape[0]), interpolation=cv2.INTER_NEAREST)
        return bilevel
    noise = random.standard_normal(image.shape, dtype=np.float32) * random.uniform(1, 7)
    grey = np.clip(image + noise, 0, 255).astype(np.uint8)
    quality = int(random.integers(45, 92))
    packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
