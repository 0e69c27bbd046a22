#!/usr/bin/env python3
"""Writes the operator conformance cases of python3-onnx as models that Roofscape can be asked to run.

usage: make_cases.py FOLDER

ONNX's node cases give every operand as an input of the graph. Roofscape runs networks with one input, whose weights are
constants, so each output of each case is written in up to five ways, all of which must give the expected values:

  direct   the first input stays one, the others become initialisers
  packed   all floating-point inputs lie in one flat input, from which Slice and Reshape nodes cut them: an operator
           between activations
  codes    the same as direct for operators on integers: a floating-point input and a QuantizeLinear of scale 1 before it
  coded    the same as packed for them
  folded   all inputs are initialisers and the result is added to an input of 0: what constant folding computes

FOLDER/manifest.tsv lists (case, way, file stem); FOLDER/refused.tsv the cases that are not written, and why.
"""

import os
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")
for name, kind in (("float", float), ("int", int), ("bool", bool), ("object", object), ("str", str)):
    if name not in np.__dict__:  # aliases that numpy removed and these cases still use
        setattr(np, name, kind)

import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.backend.test.case.node import collect_testcases  # noqa: E402

# The operators that the importer lowers, and those that it computes on constants.
LOWERED = set("""Abs Add ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul QuantizeLinear AveragePool BatchNormalization Cast Clip Concat Conv ConvTranspose Div Dropout Elu Erf Exp Expand
Flatten GRU Gather Gemm GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish Identity LSTM LeakyRelu Log LogSoftmax
MatMul Max MaxPool Min Mul Neg PRelu Pad Pow Reciprocal ReduceMean Relu Reshape Shape Sigmoid Size Slice Softmax Softplus
Softsign Split Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze""".split())
FOLDED = set("""Abs Add And Cast Ceil Clip DequantizeLinear QuantizeLinear Concat Constant ConstantOfShape Div Equal Erf Exp Expand Flatten Floor Gather Greater
GreaterOrEqual Identity Less LessOrEqual Log Max Min Mod Mul Neg NonZero Not Or Pow Range Reciprocal ReduceMax ReduceMean
ReduceMin ReduceProd ReduceSum Relu Reshape Round Shape Sigmoid Sign Size Slice Split Sqrt Squeeze Sub Sum Tanh Tile
Transpose Unsqueeze Where""".split())

# The inputs of operators on integers that may be activations.
DATA = {"ConvInteger": [0], "DequantizeLinear": [0], "MatMulInteger": [0, 1], "QLinearConv": [0], "QLinearMatMul": [0, 3]}


def is_float(array):
    return array.dtype in (np.float32, np.float64, np.float16)


def opset_of(model):
    return next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))


def fresh(model, output):
    """The model with its nodes and this one output only."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    del copy.graph.input[:]
    del copy.graph.output[:]
    del copy.graph.initializer[:]
    copy.graph.output.add().CopyFrom(output)
    return copy


def bake(model, name, array):
    model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(array), name))


def add_input(model, name, shape):
    model.graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))


def direct(case, inputs, output):
    first = next(i for i, (_, array) in enumerate(inputs) if is_float(array))
    model = fresh(case.model, output)
    for i, (name, array) in enumerate(inputs):
        if i == first:
            add_input(model, name, array.shape)
        else:
            bake(model, name, array)
    return model, inputs[first][1]


def packed(case, inputs, output):
    model = fresh(case.model, output)
    nodes, flat, at = [], [], 0
    for name, array in inputs:
        if not is_float(array):
            bake(model, name, array)
            continue
        bounds = {"starts": [at], "ends": [at + array.size], "axes": [1]}
        if opset_of(model) < 10:
            nodes.append(helper.make_node("Slice", ["packed"], [name + "_flat"], **bounds))
        else:
            for key, value in bounds.items():
                bake(model, f"{name}_{key}", np.array(value, np.int64))
            nodes.append(helper.make_node("Slice", ["packed"] + [f"{name}_{key}" for key in bounds], [name + "_flat"]))
        bake(model, name + "_shape", np.array(array.shape, np.int64))
        nodes.append(helper.make_node("Reshape", [name + "_flat", name + "_shape"], [name]))
        flat.append(array.ravel())
        at += array.size
    for i, node in enumerate(nodes):
        model.graph.node.insert(i, node)
    data = np.concatenate(flat).astype(np.float32).reshape(1, -1)
    add_input(model, "packed", data.shape)
    return model, data


def quantize(model, name):
    """A node that turns the floats NAME_numbers into the integers NAME, whose zero point NAME_zero is there already."""
    bake(model, name + "_one", np.array(1, np.float32))
    return helper.make_node("QuantizeLinear", [name + "_numbers", name + "_one", name + "_zero"], [name])


def codes(case, inputs, output):
    model = fresh(case.model, output)
    data = data_inputs(case)[0]
    for i, (name, array) in enumerate(inputs):
        if i == data:
            add_input(model, name + "_numbers", array.shape)
            bake(model, name + "_zero", np.array(0, array.dtype))
            model.graph.node.insert(0, quantize(model, name))
        else:
            bake(model, name, array)
    return model, inputs[data][1].astype(np.float32)


def coded(case, inputs, output):
    """As packed, of a case whose integers are numbers: what those are is decided behind the Reshape nodes."""
    numbers = [(name + "_numbers", array.astype(np.float32)) if i in data_inputs(case) else (name, array)
               for i, (name, array) in enumerate(inputs)]
    hidden = {name: array for i, (name, array) in enumerate(numbers) if is_float(array) and i not in data_inputs(case)}
    model, data = packed(case, [(name, array) for name, array in numbers if name not in hidden], output)
    for name, array in hidden.items():
        bake(model, name, array)
    last = next(i for i, node in enumerate(model.graph.node) if node.op_type in DATA)
    for i in data_inputs(case):
        name, array = inputs[i]
        bake(model, name + "_zero", np.array(0, array.dtype))
        model.graph.node.insert(last, quantize(model, name))
    return model, data


def data_inputs(case):
    return DATA.get(case.model.graph.node[0].op_type, []) if len(case.model.graph.node) == 1 else []


def folded(case, inputs, output):
    model = fresh(case.model, output)
    for name, array in inputs:
        bake(model, name, array)
    del model.graph.output[:]
    model.graph.node.append(helper.make_node("Cast", [output.name], ["folded_float"], to=TensorProto.FLOAT))
    model.graph.node.append(helper.make_node("Add", ["folded_float", "nothing"], ["folded_result"]))
    add_input(model, "nothing", [1])
    model.graph.output.append(helper.make_tensor_value_info("folded_result", TensorProto.FLOAT, None))
    return model, np.zeros([1], np.float32)


def ways(case, inputs):
    ops = {node.op_type for node in case.model.graph.node}
    floats = [array for _, array in inputs if is_float(array)]
    if ops <= LOWERED and data_inputs(case):
        yield "codes", codes
        yield "coded", coded
    elif ops <= LOWERED and floats and floats[0].ndim > 0 and floats[0].size > 0:
        yield "direct", direct
        if all(array.size > 0 for array in floats):
            yield "packed", packed
    if ops <= FOLDED:
        yield "folded", folded


def reason_to_refuse(case, inputs, outputs):
    if not all(isinstance(value, np.ndarray) for value in inputs + outputs):
        return "its values are sequences or optionals, not tensors"
    if any(value.dtype.kind not in "fiub" for value in inputs + outputs):
        return "its values are texts"
    ports = list(case.model.graph.input) + list(case.model.graph.output)
    if any(port.type.tensor_type.elem_type == TensorProto.BFLOAT16 for port in ports):
        return "numpy has no bfloat16: its values are bit patterns"
    if any(value.size == 0 for value in outputs):
        return "its output is empty"
    return None


def main(folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "manifest.tsv"), "w") as manifest, \
            open(os.path.join(folder, "refused.tsv"), "w") as refused:
        for case in sorted(collect_testcases(None), key=lambda c: c.name):
            ops = {node.op_type for node in case.model.graph.node}
            if any(node.domain not in ("", "ai.onnx") for node in case.model.graph.node):
                continue
            if not (ops <= LOWERED or ops <= FOLDED):
                continue
            values, outputs = case.data_sets[0]
            values, outputs = ([np.asarray(v) if isinstance(v, np.generic) else v for v in some] for some in (values, outputs))
            reason = reason_to_refuse(case, values, outputs)
            if reason:
                refused.write(f"{case.name}\t{reason}\n")
                continue
            inputs = list(zip([port.name for port in case.model.graph.input], values))
            written = 0
            for k, (port, expected) in enumerate(zip(case.model.graph.output, outputs)):
                for way, make in ways(case, inputs):
                    model, data = make(case, inputs, port)
                    stem = f"{case.name}.{k}.{way}"
                    with open(os.path.join(folder, stem + ".onnx"), "wb") as file:
                        file.write(model.SerializeToString())
                    for array, end in ((data, "in"), (expected, "out")):
                        with open(os.path.join(folder, f"{stem}.{end}.f32"), "wb") as file:
                            file.write(np.ascontiguousarray(array, np.float32).tobytes())
                    shape = ",".join(str(n) for n in data.shape)
                    result = ",".join(str(n) for n in expected.shape)
                    manifest.write(f"{case.name}\t{way}\t{stem}\t{shape}\t{result}\n")
                    written += 1
            if written == 0:
                refused.write(f"{case.name}\tit has no floating-point input and is not computed on constants\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
