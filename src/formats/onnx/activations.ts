// Activations by Keras's names, and layers of activations. The numbers are those of ops/activationFunctions.ts.

import type { NamedActivationLayer } from '../../layers/activations/activation.ts'
import type { ELULayer, LeakyReLULayer, PReLULayer, ReLULayer } from '../../layers/activations/rectifiers.ts'
import type { SoftmaxLayer } from '../../layers/activations/softmax.ts'
import { axesOf } from '../../layers/axes.ts'
import type { TracedFunction } from '../../layers/functions.ts'
import type { Layer } from '../../layers/layer.ts'
import type { ActivationName, ReadActivation } from '../../layers/options.ts'
import { SELU_ALPHA, SELU_SCALE } from '../../ops/selu.ts'
import { type Lowerings, type OnnxCall, type OnnxStep, weightsOf } from './call.ts'
import {
  add,
  clip,
  compare,
  divide,
  expand,
  extentsOf,
  multiply,
  pointwise,
  scale,
  softmax,
  softmaxOver,
  subtract,
  unary,
  where,
} from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

type Function = (graph: OnnxGraph, x: OnnxValue) => OnnxValue

const operator =
  (opType: string, attributes: Readonly<Record<string, number>> = {}): Function =>
  (graph, x) =>
    unary(graph, opType, x, attributes)

const sigmoid = operator('Sigmoid')
const hardSigmoid = operator('HardSigmoid', { alpha: 1 / 6, beta: 0.5 })
const softplus: Function = (graph, x) => {
  // ONNX's own overflows where x is large.
  const small = unary(graph, 'Exp', unary(graph, 'Neg', unary(graph, 'Abs', x)))
  return add(graph, unary(graph, 'Relu', x), unary(graph, 'Log', add(graph, small, graph.scalar(1))))
}
const silu: Function = (graph, x) => multiply(graph, x, sigmoid(graph, x))
const hardSilu: Function = (graph, x) => multiply(graph, x, hardSigmoid(graph, x))
const elu = operator('Elu', { alpha: 1 })

/** x·Φ(x). */
const gelu: Function = (graph, x) => {
  const erf = unary(graph, 'Erf', scale(graph, x, Math.SQRT1_2))
  return multiply(graph, scale(graph, x, 0.5), add(graph, erf, graph.scalar(1)))
}

const sparsePlus: Function = (graph, x) => {
  const z = unary(graph, 'Relu', add(graph, x, graph.scalar(1)))
  const curve = scale(graph, multiply(graph, z, z), 0.25)
  return where(graph, compare(graph, 'GreaterOrEqual', x, graph.scalar(1)), x, curve)
}

/** (x + √(x² + 4)) / 2 without the loss of digits that it has below 0. */
const squareplus: Function = (graph, x) => {
  const magnitude = unary(graph, 'Abs', x)
  const root = unary(graph, 'Sqrt', add(graph, multiply(graph, x, x), graph.scalar(4)))
  const sum = add(graph, magnitude, root)
  const isNegative = compare(graph, 'Less', x, graph.scalar(0))
  return where(graph, isNegative, divide(graph, graph.scalar(2), sum), scale(graph, sum, 0.5))
}

const functions: Readonly<Record<ActivationName, Function>> = {
  linear: (_graph, x) => x,
  relu: operator('Relu'),
  sigmoid,
  tanh: operator('Tanh'),
  hard_sigmoid: hardSigmoid,
  keras2_hard_sigmoid: operator('HardSigmoid', { alpha: 0.2, beta: 0.5 }),
  softplus,
  softsign: operator('Softsign'),
  elu,
  celu: elu,
  selu: operator('Selu', { alpha: SELU_ALPHA, gamma: SELU_SCALE }),
  exponential: operator('Exp'),
  leaky_relu: operator('LeakyRelu', { alpha: 0.2 }),
  relu6: (graph, x) => clip(graph, x, 0, 6),
  hard_tanh: (graph, x) => clip(graph, x, -1, 1),
  log_sigmoid: (graph, x) => unary(graph, 'Neg', softplus(graph, unary(graph, 'Neg', x))),
  sparse_plus: sparsePlus,
  sparse_sigmoid: operator('HardSigmoid', { alpha: 0.5, beta: 0.5 }),
  silu,
  swish: silu,
  gelu,
  squareplus,
  mish: (graph, x) => multiply(graph, x, unary(graph, 'Tanh', softplus(graph, x))),
  hard_silu: hardSilu,
  hard_swish: hardSilu,
  tanh_shrink: (graph, x) => subtract(graph, x, unary(graph, 'Tanh', x)),
  soft_shrink: (graph, x) => subtract(graph, x, clip(graph, x, -0.5, 0.5)),
  hard_shrink: (graph, x) => {
    const isSmall = compare(graph, 'LessOrEqual', unary(graph, 'Abs', x), graph.scalar(0.5))
    return where(graph, isSmall, graph.scalar(0), x)
  },
  softmax: (graph, x) => softmax(graph, x),
  log_softmax: (graph, x) => softmax(graph, x, -1, true),
}

/** An activation by its name, `hard_sigmoid`. */
export const namedActivation = (graph: OnnxGraph, x: OnnxValue, name: ActivationName): OnnxValue =>
  functions[name](graph, x)

/** act(x) of a layer's option: a name, a layer, or a function of `ops`. */
export function activate(step: OnnxStep, x: OnnxValue, activation: ReadActivation): OnnxValue {
  if (typeof activation === 'string') return namedActivation(step.graph, x, activation)
  const given = { value: x, mask: null }
  const results =
    activation.className === 'function'
      ? step.layers((activation as unknown as TracedFunction).graphOf(x.shape), [given])
      : step.layer(activation as unknown as Layer, { inputs: [x] })
  return results[0]?.value ?? x
}

/** x above a threshold, at most a limit; below it slope·(x − threshold). */
function relu({ layer, graph, inputs: [x] }: OnnxCall<ReLULayer>) {
  const { maxValue, negativeSlope, threshold } = layer.config
  const limited = maxValue === null ? x : pointwise(graph, 'Min', [x, graph.scalar(maxValue)])
  const below = scale(graph, subtract(graph, x, graph.scalar(threshold)), negativeSlope)
  return [where(graph, compare(graph, 'Less', x, graph.scalar(threshold)), below, limited)]
}

function prelu({ layer, graph, inputs: [x] }: OnnxCall<PReLULayer>) {
  const slope = graph.weight(weightsOf(layer).alpha)
  return [graph.node('PRelu', [x, slope], { shape: x.shape, type: x.type })]
}

/** Softmax, by a mask of all axes. */
function softmaxLayer({ layer, graph, inputs: [x], masks: [mask] }: OnnxCall<SoftmaxLayer>) {
  const axes = axesOf(layer, layer.config.axis, x.shape)
  if (!mask) return [softmaxOver(graph, x, axes)]
  const shown = expand(graph, mask, extentsOf(x))
  const y = softmaxOver(graph, where(graph, shown, x, graph.scalar(-3e38)), axes)
  // What has nothing to choose from gets nothing.
  return [multiply(graph, y, shown)]
}

export const activationLowerings = {
  Activation: ({ layer, step, inputs: [x] }: OnnxCall<NamedActivationLayer>) => [
    activate(step, x, layer.config.activation),
  ],
  ReLU: relu,
  LeakyReLU: ({ layer, graph, inputs: [x] }: OnnxCall<LeakyReLULayer>) => [
    unary(graph, 'LeakyRelu', x, { alpha: layer.config.negativeSlope }),
  ],
  ELU: ({ layer, graph, inputs: [x] }: OnnxCall<ELULayer>) => [
    unary(graph, 'Elu', x, { alpha: layer.config.alpha }),
  ],
  PReLU: prelu,
  Softmax: softmaxLayer,
} satisfies Lowerings
