"""Train the model that reads boxes and write `ingest/post/scans/boxes.onnx`.

Needs `requirements/train.in` beside the project's packages, in an environment of its own; the project never loads them:

    python -m benchmarks._train_boxes make EXAMPLES_DIR --pages 1150
    python -m benchmarks._train_boxes train EXAMPLES_DIR ingest/post/scans/boxes.onnx

A small convolutional network sees a box as scanned and as printed (two channels of 56 x 56) and says empty, ticked,
filled or doubtful. Making the examples takes about a second a page, training some minutes an epoch.
"""

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._box_training_pages import examples
from benchmarks._scan_synthesis import Random
from ingest.post.scans.box_patches import PATCH

_FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
)
_IN_A_FILE, _BATCH = 50, 256
_EMPTY, _DOUBTFUL = 0, 3
# Name, (height, width, channels in, channels out), stride.
_LAYERS = (
    ("c1", (5, 5, 2, 12), 2),
    ("c2", (3, 3, 12, 24), 2),
    ("c3", (3, 3, 24, 24), 1),
    ("c4", (3, 3, 24, 48), 2),
    ("c5", (3, 3, 48, 48), 1),
    ("c6", (1, 1, 48, 16), 1),
)
_DENSE = (("d1", (784, 48)), ("d2", (48, 4)))
Parameters = dict[str, tuple[Any, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks._train_boxes")
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("folder", type=Path)
    making.add_argument("--pages", type=int, default=1_150)
    training = commands.add_parser("train")
    training.add_argument("folder", type=Path)
    training.add_argument("model", type=Path)
    training.add_argument("--epochs", type=int, default=8)
    given = parser.parse_args()
    if given.command == "make":
        make(given.folder, given.pages)
    else:
        train(given.folder, given.model, given.epochs)


def make(folder: Path, pages: int) -> None:
    """Write the examples of so many training pages; files that are there already are left as they are."""
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    fonts = [Path(name) for name in _FONTS]
    for start in range(0, pages, _IN_A_FILE):
        file = folder / f"{start:06d}.npz"
        if file.exists():
            continue
        found = [one for number in range(start, start + _IN_A_FILE) if (one := examples(number, fonts))]
        np.savez(
            file,
            patches=np.concatenate([one.patches for one in found]),
            classes=np.concatenate([one.classes for one in found]),
        )


def train(folder: Path, model: Path, epochs: int) -> None:
    """Train on all examples but those of the last file, which say how good it is; write the model."""
    import jax
    import jax.numpy as jnp
    import optax

    files = sorted(folder.glob("*.npz"))
    random = np.random.default_rng(5)
    patches, classes = _loaded(files[:-1])
    held_patches, held_classes = _loaded(files[-1:])
    # Most boxes are empty, and most of those teach nothing new; a mark of which nothing is left teaches what is wrong.
    kept = np.where(classes == _EMPTY, np.random.default_rng(1).random(len(classes)) < 0.55, _visible(patches))
    patches, classes = patches[kept], classes[kept]
    parameters = _first_parameters(random)
    steps = epochs * (len(patches) // _BATCH)
    optimiser = optax.adamw(optax.cosine_onecycle_schedule(steps, 3e-3, 0.15), weight_decay=1e-3)
    state = optimiser.init(parameters)

    def loss(parameters: Parameters, seen: Any, expected: Any, key: Any) -> Any:
        return optax.softmax_cross_entropy_with_integer_labels(_scores(parameters, seen, key), expected).mean()

    @jax.jit
    def step(parameters: Parameters, state: Any, seen: Any, expected: Any, key: Any) -> Any:
        value, slopes = jax.value_and_grad(loss)(parameters, seen, expected, key)
        updates, state = optimiser.update(slopes, state, parameters)
        return optax.apply_updates(parameters, updates), state, value

    key = jax.random.PRNGKey(0)
    for epoch in range(epochs):
        order, total = random.permutation(len(patches)), 0.0
        for start in range(0, len(order) - _BATCH + 1, _BATCH):
            chosen = order[start : start + _BATCH]
            seen, expected = _varied(patches[chosen], classes[chosen], random)
            key, dropping = jax.random.split(key)
            parameters, state, value = step(parameters, state, jnp.asarray(seen), jnp.asarray(expected), dropping)
            total += float(value)
        right = _right(parameters, held_patches, held_classes)
        print(f"epoch {epoch + 1}: loss {total / (len(order) // _BATCH):.4f}, held-out {right:.4f}", flush=True)
        _write(parameters, model)


def _loaded(files: list[Path]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    parts = [np.load(file) for file in files]
    return np.concatenate([one["patches"] for one in parts]), np.concatenate([one["classes"] for one in parts])


def _visible(patches: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether anything is in or near each box that the blank has not."""
    around = np.ones((3, 3), np.uint8)
    extra = [cv2.subtract(seen, cv2.dilate(printed, around)) for seen, printed in patches]
    return np.array([(one > 30).sum() >= 10 for one in extra], dtype=np.bool_)


def _first_parameters(random: Random) -> Parameters:
    shapes = [(name, shape) for name, shape, _ in _LAYERS] + list(_DENSE)
    return {
        name: (
            random.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape).astype(np.float32),
            np.zeros(shape[-1], np.float32),
        )
        for name, shape in shapes
    }


def _scores(parameters: Parameters, seen: Any, key: Any = None) -> Any:
    """The network's scores; with a key, a part of what it sees last is dropped (in training)."""
    import jax

    for name, shape, stride in _LAYERS:
        weights, shifts = parameters[name]
        around = ((shape[0] // 2,) * 2, (shape[1] // 2,) * 2)
        order = ("NHWC", "HWIO", "NHWC")
        seen = jax.lax.conv_general_dilated(seen, weights, (stride, stride), around, dimension_numbers=order)
        seen = jax.nn.relu(seen + shifts)
    seen = seen.transpose(0, 3, 1, 2).reshape(seen.shape[0], -1)
    if key is not None:
        seen = seen * jax.random.bernoulli(key, 0.8, seen.shape) / 0.8
    seen = jax.nn.relu(seen @ parameters["d1"][0] + parameters["d1"][1])
    return seen @ parameters["d2"][0] + parameters["d2"][1]


def _varied(
    patches: NDArray[np.uint8], classes: NDArray[np.uint8], random: Random
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """A batch, mirrored, paler or darker, noisier and moved a little; one that is moved much is doubtful."""
    both, expected = patches.astype(np.float32) / 255, classes.astype(np.int32)
    number = len(both)
    mirrored = random.random(number) < 0.5
    both[mirrored] = both[mirrored][..., ::-1]
    seen = both[:, 0]
    seen *= random.uniform(0.75, 1.2, (number, 1, 1))
    seen += random.normal(0, 1, seen.shape) * random.uniform(0, 0.05, (number, 1, 1))
    for one in range(number):
        if random.random() < 0.02:
            away = random.integers(8, 20, 2) * random.choice([-1, 1], 2)
            away[random.integers(2)] *= random.random() < 0.5
            seen[one], expected[one] = np.roll(seen[one], away, (0, 1)), _DOUBTFUL
        else:
            seen[one] = np.roll(seen[one], random.integers(-1, 2, 2), (0, 1))
    both[:, 0] = np.clip(seen, 0, 1)
    return np.ascontiguousarray(both.transpose(0, 2, 3, 1)), expected


def _right(parameters: Parameters, patches: NDArray[np.uint8], classes: NDArray[np.uint8]) -> float:
    seen = np.ascontiguousarray(patches.astype(np.float32).transpose(0, 2, 3, 1) / 255)
    return float((np.asarray(_scores(parameters, seen)).argmax(axis=1) == classes).mean())


def _write(parameters: Parameters, model: Path) -> None:
    """The network as ONNX, which OpenCV runs."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, values, last = [], [], "seen"
    for name, shape, stride in _LAYERS:
        weights, shifts = (np.asarray(one) for one in parameters[name])
        values += [
            numpy_helper.from_array(np.ascontiguousarray(weights.transpose(3, 2, 0, 1)), f"{name}w"),
            numpy_helper.from_array(shifts, f"{name}b"),
        ]
        sides, around = list(shape[:2]), [shape[0] // 2] * 4
        inputs = [last, f"{name}w", f"{name}b"]
        nodes.append(helper.make_node("Conv", inputs, [name], strides=[stride] * 2, pads=around, kernel_shape=sides))
        nodes.append(helper.make_node("Relu", [name], [f"{name}r"]))
        last = f"{name}r"
    nodes.append(helper.make_node("Flatten", [last], ["flat"], axis=1))
    last = "flat"
    for name, _ in _DENSE:
        weights, shifts = (np.asarray(one) for one in parameters[name])
        values += [numpy_helper.from_array(weights, f"{name}w"), numpy_helper.from_array(shifts, f"{name}b")]
        nodes.append(helper.make_node("Gemm", [last, f"{name}w", f"{name}b"], [name]))
        if name == "d1":
            nodes.append(helper.make_node("Relu", [name], ["d1r"]))
        last = "d1r"
    graph = helper.make_graph(
        nodes,
        "boxes",
        [helper.make_tensor_value_info("seen", TensorProto.FLOAT, ["n", 2, PATCH, PATCH])],
        [helper.make_tensor_value_info("d2", TensorProto.FLOAT, ["n", 4])],
        values,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    made.ir_version = 8
    onnx.checker.check_model(made)
    onnx.save(made, str(model))


if __name__ == "__main__":
    main()
