// Functions that subtract means and divide by deviations, then scale: as the layers of the names do, with weights that are given.

import { checkFinite, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { nullable, option, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { add, multiply, rsqrt, square, subtract } from './elementwise.ts'
import { axisOf, type Operand, readOperand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { type Axes, mean, varianceOf } from './reductions.ts'
import { expandDims } from './shapes.ts'

/** Keras's `config.epsilon()`. */
const EPSILON = 1e-7

/** Weights along axes, as they broadcast to a tensor. */
function along(name: string, weights: Operand, axes: readonly number[], rank: number): Operand {
  const shape = shapeOfOperand(weights, name)
  if (axes.every((axis, i) => axis === rank - axes.length + i)) return weights
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => !axes.includes(i))
  if (shape.length !== axes.length)
    fail(name, { expected: `weights of ${axes.length} axes`, got: showShape(shape) })
  return expandDims(weights, others)
}

const listOf = (name: string, axis: Axes, rank: number): readonly number[] =>
  (axis === null ? [-1] : [axis].flat()).map((each) => axisOf(name, each, rank)).sort((a, b) => a - b)

/** What {@link batchNormalization} may be given beside its tensors. */
export interface BatchNormalizationOptions {
  /** What is added along the axis; `null`, the default, is nothing. */
  readonly offset?: Operand | null
  /** Factors along the axis; `null`, the default, is 1. */
  readonly scale?: Operand | null
  /** What is added to the variance, 0.001 by default. */
  readonly epsilon?: number
}

const batchOptions = {
  offset: nullable(readOperand),
  scale: nullable(readOperand),
  epsilon: option(1e-3, checkFinite),
} as const satisfies TableFor<BatchNormalizationOptions>

/** (x − mean) / √(variance + epsilon) · scale + offset along an axis. */
export const batchNormalization = operation(
  'nn',
  'BatchNorm',
  'x mean variance axis= {offset scale epsilon=0.001}',
  (
    x: Operand,
    center: Operand,
    variance: Operand,
    axis: number,
    options: BatchNormalizationOptions = {},
  ): SymbolicTensor => {
    const name = 'ops.batchNormalization'
    const { offset, scale, epsilon } = readOptions(name, batchOptions, options)
    const { length: rank } = shapeOfOperand(x, name)
    const axes = [axisOf(name, axis, rank)]
    const as = (weights: Operand): Operand => along(name, weights, axes, rank)
    const factor = rsqrt(add(as(variance), epsilon))
    const normal = multiply(subtract(x, as(center)), scale === null ? factor : multiply(factor, as(scale)))
    return offset === null ? normal : add(normal, as(offset))
  },
  { name: 'batchNormalization' },
)

/** (x − mean) / √(variance + epsilon) over axes, the last by default, times gamma, plus beta. */
export const layerNormalization = operation(
  'nn',
  'LayerNorm',
  'x gamma beta axis=-1 epsilon=null !rmsScaling=false',
  (
    x: Operand,
    gamma: Operand | null = null,
    beta: Operand | null = null,
    axis: Axes = -1,
    epsilon: number | null = null,
  ): SymbolicTensor => {
    const name = 'ops.layerNormalization'
    const { length: rank } = shapeOfOperand(x, name)
    const axes = listOf(name, axis, rank)
    const factor = rsqrt(add(varianceOf(x, axes, true), epsilon ?? EPSILON))
    const normal = multiply(subtract(x, mean(x, axes, true)), factor)
    const scaled = gamma === null ? normal : multiply(normal, along(name, gamma, axes, rank))
    return beta === null ? scaled : add(scaled, along(name, beta, axes, rank))
  },
  { name: 'layerNormalization' },
)

/** x / √(mean of squares + epsilon) over axes, the last by default, times the scale. */
export const rmsNormalization = operation(
  'nn',
  'RMSNorm',
  'x scale: axis=-1 epsilon=null',
  (
    x: Operand,
    scale: Operand | null = null,
    axis: Axes = -1,
    epsilon: number | null = null,
  ): SymbolicTensor => {
    const name = 'ops.rmsNormalization'
    const { length: rank } = shapeOfOperand(x, name)
    const axes = listOf(name, axis, rank)
    const normal = multiply(x, rsqrt(add(mean(square(x), axes, true), epsilon ?? EPSILON)))
    return scale === null ? normal : multiply(normal, along(name, scale, axes, rank))
  },
  { name: 'rmsNormalization' },
)
