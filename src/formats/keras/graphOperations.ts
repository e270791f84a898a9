// Operations of TensorFlow's graphs as layers, TensorFlowOpLayer of Keras 2.0 to 2.3, in the words of TFOpLambda.
//
//   node_def { op: "Mul", attr: {} }, constants { "1": 2.0 }, [[["dense", 0, 0, {}]]]   →   math.multiply, [["dense", 0, 0, { "y": 2.0 }]]

import { describeValue } from '../../errors.ts'
import { isJsonObject, type Json, type JsonObject, namedIn } from '../config/json.ts'
import { failFormat } from '../formatError.ts'
import type { KerasConfig } from '../kerasConfig.ts'

/**
 * The function of each operation, and behind it what the inputs after the first are called there, then attributes: `keep_dims?`. Of an
 * operation on a list, `...`, all inputs but those that have names are in the list.
 */
const OPERATIONS: Readonly<Record<string, string>> = {
  Add: 'math.add y',
  AddV2: 'math.add y',
  BatchMatMul: 'linalg.matmul b adj_x? adj_y?',
  BatchMatMulV2: 'linalg.matmul b adj_x? adj_y?',
  BiasAdd: 'nn.bias_add bias',
  ConcatV2: 'concat ... axis',
  ExpandDims: 'expand_dims axis',
  GatherV2: 'gather indices axis',
  MatMul: 'linalg.matmul b transpose_a? transpose_b?',
  Max: 'math.reduce_max axis keep_dims?',
  Maximum: 'math.maximum y',
  Mean: 'math.reduce_mean axis keep_dims?',
  Min: 'math.reduce_min axis keep_dims?',
  Minimum: 'math.minimum y',
  Mul: 'math.multiply y',
  Pack: 'stack ... axis?',
  Pow: 'math.pow y',
  Prod: 'math.reduce_prod axis keep_dims?',
  RealDiv: 'math.truediv y',
  Reshape: 'reshape shape',
  Squeeze: 'squeeze squeeze_dims?',
  Sub: 'math.subtract y',
  Sum: 'math.reduce_sum axis keep_dims?',
  Tile: 'tile multiples',
  Transpose: 'transpose perm',
  ...Object.fromEntries(
    'Abs Ceil Cos Exp Floor Log Reciprocal Rsqrt Sigmoid Sign Sin Softplus Sqrt Square Tanh'
      .split(' ')
      .map((op) => [op, `math.${op.toLowerCase()}`]),
  ),
  Elu: 'nn.elu',
  LogSoftmax: 'nn.log_softmax',
  Neg: 'math.negative',
  Relu: 'nn.relu',
  Relu6: 'nn.relu6',
  Selu: 'nn.selu',
  Softmax: 'nn.softmax',
  StridedSlice: '__operators__.getitem begin end strides',
}

/** Attributes by the names of arguments that mean them. */
const ARGUMENTS: Readonly<Record<string, string>> = { adj_x: 'transpose_a', adj_y: 'transpose_b' }

/** A layer of an operation as the layer of a function. */
export function functionOfOperation(given: KerasConfig, where: string): KerasConfig {
  const { node_def: node = null, constants = null, name = null } = given.config
  const fullName = given.name ?? `tf_op_layer_${String(name)}`
  const at = `${where}, TensorFlowOpLayer ${describeValue(fullName)}`
  const { op = null, attr = null } = isJsonObject(node) ? node : {}
  const text = namedIn(OPERATIONS, String(op))
  if (text === undefined)
    return failFormat(at, {
      expected: 'an operation of TensorFlow that ops has',
      got: describeValue(op),
      remedy: 'Build the model anew with layers for it, and call its loadWeights.',
    })
  const [fn = '', ...words] = text.split(' ')
  const attributes = isJsonObject(attr) ? attr : {}
  const isList = words.includes('...')
  const names = words.filter((word) => /^\w+$/.test(word))
  const calls = (Array.isArray(given.inbound_nodes) ? given.inbound_nodes : []).map((call): Json => {
    const inputs = inputsOf(call, isJsonObject(constants) ? constants : {}, at)
    const count = isList ? inputs.length - names.length : 1
    const named: JsonObject = Object.fromEntries(
      names.map((argument, i) => [argument, inputs[count + i] ?? null]),
    )
    for (const word of words) {
      if (!word.endsWith('?')) continue
      const attribute = word.slice(0, -1)
      named[namedIn(ARGUMENTS, attribute) ?? attribute] = attributeValue(attributes[attribute])
    }
    const rest = op === 'StridedSlice' ? { slice_spec: sliceOf(named, attributes, at) } : named
    const placed = inputs
      .slice(0, count)
      .map(
        (input): Json =>
          isTensor(input) ? [...input.slice(0, 3), rest] : ['_CONSTANT_VALUE', -1, input, rest],
      )
    return isList ? placed : (placed[0] ?? null)
  })
  const className = op === 'StridedSlice' ? 'SlicingOpLambda' : 'TFOpLambda'
  return {
    class_name: className,
    name: fullName,
    config: { name: fullName, function: fn },
    inbound_nodes: calls,
  }
}

const isTensor = (input: Json): input is Json[] => Array.isArray(input) && typeof input[0] === 'string'

/** The inputs of an operation: constants have their places, tensors the others. */
function inputsOf(call: Json, constants: JsonObject, where: string): readonly Json[] {
  if (!Array.isArray(call))
    return failFormat(where, { expected: 'inputs as [layer, call, output]', got: describeValue(call) })
  const tensors = isTensor(call) ? [call] : [...call]
  const count = tensors.length + Object.keys(constants).length
  return Array.from({ length: count }, (_, i) => {
    const constant = constants[String(i)]
    if (constant !== undefined) return constant
    const tensor = (tensors.shift() ?? null) as Json
    return isTensor(tensor) ? tensor.slice(0, 3) : tensor
  })
}

/** What an attribute holds: integers are texts in it. */
function attributeValue(attribute: Json | undefined): Json {
  if (!isJsonObject(attribute)) return null
  const { b = null, i = null, list = null } = attribute
  if (isJsonObject(list)) return Array.isArray(list.i) && list.i.length > 0 ? list.i.map(Number) : null
  return i === null ? b : Number(i)
}

/** What stands in brackets, of where a slice begins and ends and of bits that say which of these count. */
function sliceOf({ begin, end, strides }: JsonObject, attributes: JsonObject, where: string): Json {
  if (!Array.isArray(begin) || !Array.isArray(end))
    return failFormat(where, { expected: 'a slice between constants', got: describeValue(begin ?? null) })
  const isSet = (mask: string, i: number): boolean =>
    ((Number(attributeValue(attributes[mask]) ?? 0) >> i) & 1) === 1
  return begin.map((first, i): Json => {
    if (isSet('ellipsis_mask', i)) return { class_name: '__ellipsis__' }
    if (isSet('new_axis_mask', i)) return null
    if (isSet('shrink_axis_mask', i)) return first
    const step = Array.isArray(strides) ? (strides[i] ?? 1) : 1
    return {
      start: isSet('begin_mask', i) ? null : first,
      stop: isSet('end_mask', i) ? null : (end[i] ?? null),
      step: step === 1 ? null : step,
    }
  })
}
