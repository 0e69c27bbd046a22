#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/onnx: small models, whole and hostile, from which fuzzing starts. Needs python3-onnx.

usage: make_onnx_corpus.py FOLDER
"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

rng = np.random.RandomState(1)


def weight(name, *shape):
    return numpy_helper.from_array(rng.uniform(-1, 1, shape).astype(np.float32), name)


def integers(name, *values):
    return numpy_helper.from_array(np.array(values, np.int64), name)


def typed(name, values, kind):
    return numpy_helper.from_array(np.array(values, kind), name)


def floats(name, values):
    return typed(name, values, np.float32)


def scalar(name, value):
    return floats(name, value)


QONNX = "qonnx.custom_op.general"


def domains(nodes):
    return [helper.make_opsetid(domain, 1) for domain in sorted({n.domain for n in nodes} - {""})]


def model(nodes, input_shape, initialisers=(), opset=13, output="y"):
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, input_shape)],
                              [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], list(initialisers))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)] + domains(nodes)).SerializeToString()


node = helper.make_node
normal = [weight("g", 2), weight("b", 2), weight("m", 2), numpy_helper.from_array(np.ones(2, np.float32), "v")]
cases = {
    "conv_norm_pool": model(
        [node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]),
         node("BatchNormalization", ["c", "g", "b", "m", "v"], ["n"]), node("Relu", ["n"], ["r"]),
         node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], ceil_mode=1), node("GlobalAveragePool", ["p"], ["a"]),
         node("Flatten", ["a"], ["f"]), node("Gemm", ["f", "d", "e"], ["y"], transB=1)],
        ["N", 3, 8, 8], [weight("w", 2, 3, 3, 3), weight("d", 4, 2), weight("e", 4)] + normal),
    "shape_chain": model(
        [node("Shape", ["x"], ["s"]), node("Gather", ["s", "zero"], ["n"]), node("Unsqueeze", ["n", "axis"], ["u"]),
         node("Concat", ["u", "rest"], ["t"], axis=0), node("Reshape", ["x", "t"], ["r"]),
         node("MatMul", ["r", "w"], ["y"])],
        ["N", 2, 3], [numpy_helper.from_array(np.array(0), "zero"), integers("axis", 0), integers("rest", -1),
                      weight("w", 6, 2)]),
    "lstm": model(
        [node("Transpose", ["x"], ["t"], perm=[1, 0, 2]), node("LSTM", ["t", "w", "r"], ["o"], hidden_size=2),
         node("Squeeze", ["o", "one"], ["q"]), node("Slice", ["q", "last", "end", "first"], ["y"])],
        ["N", 3, 2], [weight("w", 1, 8, 2), weight("r", 1, 8, 2), integers("one", 1), integers("last", -1),
                      integers("end", 9), integers("first", 0)]),
    "split_concat_pad": model(
        [node("Split", ["x"], ["a", "b"], axis=1), node("Concat", ["b", "a", "k"], ["c"], axis=1),
         node("Pad", ["c", "pads"], ["p"], mode="reflect"), node("ReduceMean", ["p"], ["m"], axes=[2], keepdims=0),
         node("Softmax", ["m"], ["y"])],
        [1, 4, 5], [weight("k", 1, 1, 5), integers("pads", 0, 0, 1, 0, 0, 1)]),
    "transposed_conv": model([node("ConvTranspose", ["x", "w"], ["y"], auto_pad="SAME_UPPER", strides=[2, 2])],
                             ["N", 2, 3, 3], [weight("w", 2, 1, 3, 3)]),
    "attention": model(
        [node("MatMul", ["x", "q"], ["a"]), node("Transpose", ["x"], ["t"], perm=[0, 2, 1]),
         node("MatMul", ["a", "t"], ["s"]), node("Softmax", ["s"], ["p"]), node("MatMul", ["p", "x"], ["y"])],
        ["N", 3, 4], [weight("q", 4, 4)]),
    "cycle": model([node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["y"])], ["N", 3]),
    "bomb_fill": model([node("ConstantOfShape", ["s"], ["c"]), node("Add", ["x", "c"], ["y"])], ["N", 3],
                       [integers("s", 1 << 20, 1 << 20)]),
    "bomb_range": model([node("Range", ["a", "b", "c"], ["r"]), node("Cast", ["r"], ["f"], to=1),
                         node("Add", ["x", "f"], ["y"])], ["N", 3],
                        [numpy_helper.from_array(np.array(v), n) for n, v in (("a", 0), ("b", 1 << 62), ("c", 1))]),
    "bomb_expand": model([node("Expand", ["k", "s"], ["e"]), node("Add", ["x", "e"], ["y"])], ["N", 3],
                         [weight("k", 1), integers("s", 1 << 40, 3)]),
    "opset7": model([node("Slice", ["x"], ["s"], starts=[0, 1], ends=[1, 3], axes=[1, 2]),
                     node("Pad", ["s"], ["p"], pads=[0, 0, -1, 0, 0, 1]), node("Clip", ["p"], ["c"], min=0.0, max=6.0),
                     node("Softmax", ["c"], ["y"], axis=1)], ["N", 2, 4], opset=7),
    "qonnx": model(
        [node("Quant", ["x", "s", "z", "n"], ["a"], domain=QONNX, narrow=1),
         node("Quant", ["w", "c", "z", "n"], ["b"], domain=QONNX, rounding_mode="HALF_UP"),
         node("Conv", ["a", "b"], ["d"]), node("MultiThreshold", ["d", "t"], ["e"], domain=QONNX, out_bias=-2.0),
         node("FloatQuant", ["e", "s", "n", "n", "z", "l"], ["f"], domain=QONNX),
         node("Trunc", ["f", "s", "z", "n", "o"], ["g"], domain=QONNX),
         node("BipolarQuant", ["g", "s"], ["y"], domain=QONNX)],
        ["N", 2, 3, 3], [weight("w", 2, 2, 1, 1), weight("t", 2, 3), scalar("s", 0.5), scalar("z", 0), scalar("n", 3),
                         scalar("o", 1), scalar("l", 1000), floats("c", [[[[0.5]]], [[[0.25]]]])]),
    "qlinear": model(
        [node("QuantizeLinear", ["x", "s", "u"], ["a"]), node("Clip", ["a", "lo", "hi"], ["b"]),
         node("QLinearConv", ["b", "s", "u", "k", "ks", "kz", "s", "u"], ["c"], pads=[1, 1, 0, 0]),
         node("MaxPool", ["c"], ["d"], kernel_shape=[3, 3]), node("Flatten", ["d"], ["e"]),
         node("MatMulInteger", ["e", "m", "u"], ["f"]), node("Cast", ["f"], ["y"], to=1)],
        ["N", 2, 3, 3], [scalar("s", 0.5), typed("u", 3, np.uint8), typed("lo", 0, np.uint8), typed("hi", 15, np.uint8),
                         typed("k", np.arange(16).reshape(2, 2, 2, 2) - 8, np.int8), floats("ks", [0.5, 0.25]),
                         typed("kz", [0, 0], np.int8), typed("m", [[1, 2], [3, 4]], np.int8)]),
}
broken = helper.make_tensor("w", TensorProto.FLOAT, [2, 2], [1, 2, 3, 4])
broken.dims[0] = -(1 << 40)
cases["bad_dims"] = model([node("MatMul", ["x", "w"], ["y"])], ["N", 2], [broken])
cases["cut_short"] = cases["conv_norm_pool"][:200]
cases["not_onnx"] = b"\x89PNG\r\n\x1a\n not a network"

os.makedirs(sys.argv[1], exist_ok=True)
for name, data in cases.items():
    with open(os.path.join(sys.argv[1], name + ".onnx"), "wb") as file:
        file.write(data)
