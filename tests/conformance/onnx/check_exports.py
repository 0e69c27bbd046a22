#!/usr/bin/env python3
"""Checks exported networks with ONNX's own checker and shape inference, and computes the quantised ones in numpy.

usage: check_exports.py FOLDER    (written by write_exports)

Import does not read QuantizeLinear and DequantizeLinear, so a round trip cannot show that they mean what our quantisers
compute. The few operators of the quantised samples are evaluated here instead, straight from ONNX's definitions.
"""

import glob
import os
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import helper, numpy_helper  # noqa: E402

IMAGES = 3


def along(values, axis, rank):
    """One number a channel, shaped to broadcast along `axis`; a single number as it is."""
    if values.ndim == 0:
        return values
    return values.reshape([-1 if i == axis else 1 for i in range(rank)])


def quantize(x, scale, zero, axis=1):
    steps = np.rint(x / along(scale, axis, x.ndim)) + along(zero, axis, x.ndim).astype(np.float32)
    limits = np.iinfo(zero.dtype)
    return np.clip(steps, limits.min, limits.max).astype(zero.dtype)


def dequantize(q, scale, zero, axis=1):
    return along(scale, axis, q.ndim) * (q.astype(np.int32) - along(zero, axis, q.ndim).astype(np.int32)).astype(np.float32)


def conv(x, w, b=None, kernel_shape=None, strides=(1, 1), dilations=(1, 1), pads=(0, 0, 0, 0), group=1):
    assert group == 1 and list(strides) == [1, 1] and list(dilations) == [1, 1]
    x = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
    height, width = x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1
    y = np.zeros((x.shape[0], w.shape[0], height, width), np.float32)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            y += np.einsum("nchw,oc->nohw", x[:, :, i:i + height, j:j + width], w[:, :, i, j])
    return y if b is None else y + b.reshape(1, -1, 1, 1)


OPERATORS = {
    "Add": lambda a, b: a + b,
    "Clip": lambda x, low, high: np.minimum(np.maximum(x, low), high),
    "Conv": conv,
    "DequantizeLinear": dequantize,
    "Div": lambda a, b: a / b,
    "Gemm": lambda a, b, c=0, transB=0: a @ (b.T if transB else b) + c,
    "MatMul": lambda a, b: a @ b,
    "Max": np.maximum,
    "Min": np.minimum,
    "Mul": lambda a, b: a * b,
    "QuantizeLinear": quantize,
    "Relu": lambda x: np.maximum(x, 0),
    "Reshape": lambda x, shape: x.reshape(shape),
    "Round": np.rint,
}


def evaluate(model, x):
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    values[model.graph.input[0].name] = x
    for node in model.graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        values[node.output[0]] = OPERATORS[node.op_type](*[values[name] for name in node.input], **attributes)
    return values[model.graph.output[0].name]


def check(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    declared = [d.dim_value for d in model.graph.output[0].type.tensor_type.shape.dim][1:]
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    found = [d.dim_value for d in inferred.graph.output[0].type.tensor_type.shape.dim][1:]
    assert declared == found, f"the output is declared as {declared}, ONNX infers {found}"

    operators = {node.op_type for node in model.graph.node}
    if not operators & {"QuantizeLinear", "Round"}:
        return False
    stem = path[:-len(".onnx")]
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim][1:]
    x = np.fromfile(stem + ".in.f32", np.float32).reshape([IMAGES] + shape)
    expected = np.fromfile(stem + ".out.f32", np.float32)
    got = evaluate(model, x).astype(np.float32).ravel()
    assert got.shape == expected.shape, f"{got.size} values instead of {expected.size}"
    # A value that falls on a rounding tie may take one step more or less: the bound is far below one such step.
    worst = float(np.max(np.abs(got - expected)))
    assert worst <= 1e-4 * (1 + float(np.max(np.abs(expected)))), f"outputs differ by {worst}"
    return True


def main(folder):
    paths = sorted(glob.glob(os.path.join(folder, "*.onnx")))
    failed, computed = 0, 0
    for path in paths:
        try:
            computed += check(path)
        except Exception as error:  # every file is looked at
            failed += 1
            print(f"{os.path.basename(path)}: {error}")
    print(f"{len(paths)} exported networks checked, {computed} of them computed in numpy, {failed} fail")
    return 1 if failed or not computed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
