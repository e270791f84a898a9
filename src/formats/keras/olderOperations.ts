// Functions of TensorFlow on tensors of a model of Keras 2, which are layers in its files, as functions of `ops`.
//
//   TFOpLambda        config.function "math.multiply"           inbound_nodes [["dense", 0, 0, { "y": 2.0 }]]
//   SlicingOpLambda   config.function "__operators__.getitem"   inbound_nodes [["lstm", 0, 0, { "slice_spec": [..., -1] }]]
//
// keras/src/layers/core/tf_op_layer.py of Keras 2.15

import { describeValue, didYouMean } from '../../errors.ts'
import { isJsonObject, type Json, type JsonObject, namedIn } from '../config/json.ts'
import { failFormat } from '../formatError.ts'
import type { KerasConfig } from '../kerasConfig.ts'

const REDUCED = 'axis keepdims keep_dims>keepdims'

/**
 * Keras's module and class of each function, and behind it the arguments that follow the first, in TensorFlow's words: `+y` is the next
 * tensor or number of the call, `perm>axes` the option `axes`, `axis=0` an option with another default than that of `ops`.
 */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  ...each('math.|', 'numpy', '+y', [
    'add Add',
    'subtract Subtract',
    'multiply Multiply',
    'divide TrueDivide',
    'truediv TrueDivide',
    'divide_no_nan DivideNoNan',
    'floordiv FloorDivide',
    'floormod Mod',
    'pow Power',
    'maximum Maximum',
    'minimum Minimum',
    'equal Equal',
    'not_equal NotEqual',
    'less Less',
    'less_equal LessEqual',
    'greater Greater',
    'greater_equal GreaterEqual',
    'logical_and LogicalAnd',
    'logical_or LogicalOr',
  ]),
  ...each('math.|', 'numpy', '', [
    'abs Absolute',
    'ceil Ceil',
    'cos Cos',
    'exp Exp',
    'floor Floor',
    'log Log',
    'log1p Log1p',
    'logical_not LogicalNot',
    'negative Negative',
    'reciprocal Reciprocal',
    'sign Sign',
    'sin Sin',
    'sqrt Sqrt',
    'square Square',
    'tanh Tanh',
  ]),
  ...each('math.|nn.|', 'nn', '', ['sigmoid Sigmoid', 'softplus Softplus', 'softsign Softsign']),
  ...each('nn.', 'nn', '', ['relu Relu', 'relu6 Relu6', 'selu Selu', 'elu Elu', 'silu Silu', 'swish Silu']),
  ...each('math.|nn.', 'nn', 'axis', ['softmax Softmax', 'log_softmax LogSoftmax']),
  ...each('math.|', 'numpy', REDUCED, [
    'reduce_all All',
    'reduce_any Any',
    'reduce_max Max',
    'reduce_mean Mean',
    'reduce_min Min',
    'reduce_prod Prod',
    'reduce_std Std',
    'reduce_sum Sum',
    'reduce_variance Var',
  ]),
  ...each('math.|', 'numpy', 'axis=0', ['argmax Argmax', 'argmin Argmin', 'cumsum Cumsum']),
  '__operators__.add': 'numpy.Add +y',
  '__operators__.eq': 'numpy.Equal +other',
  '__operators__.ne': 'numpy.NotEqual +other',
  '__operators__.getitem': 'numpy.GetItem +slice_spec',
  'nn.bias_add': 'numpy.Add +bias',
  'nn.tanh': 'numpy.Tanh',
  'nn.leaky_relu': 'nn.LeakyRelu alpha>negative_slope',
  'nn.gelu': 'nn.Gelu approximate=false',
  'math.rsqrt': 'math.Rsqrt',
  'math.erf': 'math.Erf',
  'math.reduce_logsumexp': `math.Logsumexp ${REDUCED}`,
  'linalg.matmul': 'numpy.Matmul +b',
  broadcast_to: 'numpy.BroadcastTo shape',
  cast: 'core.Cast dtype',
  clip_by_value: 'numpy.Clip clip_value_min>x_min clip_value_max>x_max',
  concat: 'numpy.Concatenate axis',
  expand_dims: 'numpy.ExpandDims axis',
  gather: 'numpy.Take +indices axis=0',
  one_hot: 'nn.OneHot depth>num_classes axis',
  ones_like: 'numpy.OnesLike',
  repeat: 'numpy.Repeat repeats axis',
  reshape: 'numpy.Reshape shape>newshape',
  reverse: 'numpy.Flip axis',
  roll: 'numpy.Roll shift axis',
  squeeze: 'numpy.Squeeze axis squeeze_dims>axis',
  stack: 'numpy.Stack axis',
  stop_gradient: 'core.StopGradient',
  tile: 'numpy.Tile multiples>repeats',
  transpose: 'numpy.Transpose perm>axes',
  where: 'numpy.Where +x +y',
  zeros_like: 'numpy.ZerosLike',
}

/** Functions whose arguments are alike, each under the modules of TensorFlow that have it. */
function each(modules: string, module: string, words: string, functions: readonly string[]) {
  return Object.fromEntries(
    functions.flatMap((line) => {
      const [name, className] = line.split(' ')
      return modules
        .split('|')
        .map((prefix) => [`${prefix}${name}`, `${module}.${className} ${words}`.trim()] as const)
    }),
  )
}

/** Whether a class stands for a function of TensorFlow. */
export const isOlderOperation = ({ class_name: className }: KerasConfig): boolean =>
  className === 'TFOpLambda' || className === 'SlicingOpLambda'

/** What the arguments of a call mean today. */
type ReadValue = (value: Json) => Json

/** A function of TensorFlow and its calls as those of a function of `ops`; `read` makes tensors of references. */
export function olderOperation(given: KerasConfig, where: string, read: ReadValue): KerasConfig {
  const { function: path, name = given.name ?? null } = given.config
  const at = `${where}, ${given.class_name} ${describeValue(name)}`
  const fn = String(path).replace(/^compat\.v1\./, '')
  const text = namedIn(FUNCTIONS, fn)
  if (text === undefined)
    return failFormat(at, {
      expected: 'a function of TensorFlow that ops has',
      got: describeValue(path),
      remedy:
        didYouMean(fn, Object.keys(FUNCTIONS)) ??
        'Build the model anew with layers for it, and call its loadWeights.',
    })
  const [target = '', ...words] = text.split(' ')
  const [module, className = ''] = target.split('.')
  const nodes = Array.isArray(given.inbound_nodes) ? given.inbound_nodes : []
  const calls = nodes.map((node) => callOf(node, words, at, read))
  const isTransposed = calls.some(({ kwargs }) => isJsonObject(kwargs) && 'subscripts' in kwargs)
  return {
    module: `keras.src.ops.${module}`,
    class_name: isTransposed ? 'Einsum' : className,
    config: { name },
    inbound_nodes: calls,
    ...(given.name === undefined ? {} : { name: given.name }),
  }
}

/** Arguments of functions on which no number depends. */
const DROPPED = ['name', 'dtype_hint', 'validate_indices']

function callOf(node: Json, words: readonly string[], where: string, read: ReadValue): JsonObject {
  const { first, rest } = argumentsOf(node, where, read)
  const args = [first]
  const kwargs: JsonObject = {}
  const { transpose_a: isFirst = false, transpose_b: isSecond = false, ...others } = rest
  const left = new Map(Object.entries(others))
  for (const word of words) {
    const [, mark = '', theirs = '', todays = theirs, fallback] =
      /^(\+?)(\w+)(?:>(\w+))?(?:=(.*))?$/.exec(word) ?? []
    const value = left.get(theirs) ?? null
    left.delete(theirs)
    if (mark === '+') args.push(theirs === 'slice_spec' ? keyOf(value) : read(value))
    else if (value !== null) kwargs[todays] = read(value)
    else if (fallback !== undefined) kwargs[todays] = JSON.parse(fallback) as Json
  }
  if (isFirst === true || isSecond === true)
    kwargs.subscripts = `...${isFirst ? 'ji' : 'ij'},...${isSecond ? 'kj' : 'jk'}->...ik`
  for (const [name, value] of left) {
    // A flag that is not set is what functions do without it.
    if (value === null || value === false || DROPPED.includes(name)) continue
    if (name === 'batch_dims' && value === 0) continue
    failFormat(where, {
      expected: `arguments among ${words.map((word) => word.replace(/^\+|[>=].*$/g, '')).join(', ') || 'none'}`,
      got: `${name}: ${describeValue(value)}`,
    })
  }
  return { args, kwargs }
}

/** The first argument of a call, tensors or `["_CONSTANT_VALUE", -1, 2.0, {}]`, and behind it those by name. */
function argumentsOf(
  node: Json,
  where: string,
  read: ReadValue,
): { readonly first: Json; readonly rest: JsonObject } {
  if (Array.isArray(node) && Array.isArray(node[0])) {
    const all = node.map((one) => argumentsOf(one, where, read))
    return { first: all.map(({ first }) => first), rest: all.at(-1)?.rest ?? {} }
  }
  const [layer, , value, rest] = Array.isArray(node) ? node : []
  if (!Array.isArray(node) || typeof layer !== 'string' || value === undefined)
    return failFormat(where, { expected: 'inputs as [layer, call, output]', got: describeValue(node) })
  const first = layer === '_CONSTANT_VALUE' ? value : read(node.slice(0, 3))
  return { first, rest: isJsonObject(rest) ? rest : {} }
}

/** What stands in brackets: numbers, null for a new axis, `{ "start": 1, "stop": null, "step": null }`. */
const keyOf = (spec: Json): Json => (Array.isArray(spec) ? spec.map(indexOf) : [indexOf(spec)])

const indexOf = (index: Json): Json => {
  if (!isJsonObject(index)) return index
  const { start = null, stop = null, step = null, class_name: className } = index
  return className === '__ellipsis__'
    ? { class_name: '__ellipsis__', config: {} }
    : { class_name: '__slice__', config: { start, stop, step } }
}
