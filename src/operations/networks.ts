// Functions of networks as expressions: losses of each entry, attention, blocks of images.

import { checkExtent, checkFinite, checkPositive, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { flag, nullable, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { logSigmoid, tanh } from './activations.ts'
import { conv, convTranspose } from './convolutions.ts'
import {
  add,
  divide,
  log,
  log1p,
  maximum,
  minimum,
  multiply,
  negative,
  subtract,
  where,
} from './elementwise.ts'
import { logSoftmax, softmax } from './normalizing.ts'
import { axisOf, type Operand, readOperand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { einsum } from './products.ts'
import { max, sum } from './reductions.ts'
import { reshape, transpose } from './shapes.ts'
import { oneHot } from './taking.ts'

/** Keras's `config.epsilon()`. */
const EPSILON = 1e-7

const probabilities = (p: Operand): SymbolicTensor => minimum(maximum(p, EPSILON), 1 - EPSILON)

/** −(y·ln p + (1 − y)·ln(1 − p)) of each entry, from probabilities or, with `fromLogits`, their logits. */
export const binaryCrossentropy = operation(
  'nn',
  'BinaryCrossentropy',
  'target output fromLogits=false',
  (target: Operand, output: Operand, fromLogits = false): SymbolicTensor => {
    if (fromLogits)
      return negative(
        add(
          multiply(target, logSigmoid(output)),
          multiply(subtract(1, target), logSigmoid(negative(output))),
        ),
      )
    const p = probabilities(output)
    return negative(add(multiply(target, log(p)), multiply(subtract(1, target), log1p(negative(p)))))
  },
)

/** −Σ y·ln p over an axis, the last by default, which is removed. */
export const categoricalCrossentropy = operation(
  'nn',
  'CategoricalCrossentropy',
  'target output fromLogits=false axis=-1',
  (target: Operand, output: Operand, fromLogits = false, axis = -1): SymbolicTensor => {
    const logarithms = fromLogits
      ? logSoftmax(output, axis)
      : log(probabilities(divide(output, sum(output, axis, true))))
    return negative(sum(multiply(target, logarithms), axis))
  },
)

/** −ln p of the target's class, of which p is along an axis, the last by default. */
export const sparseCategoricalCrossentropy = operation(
  'nn',
  'SparseCategoricalCrossentropy',
  'target output fromLogits=false axis=-1',
  (target: Operand, output: Operand, fromLogits = false, axis = -1): SymbolicTensor => {
    const name = 'ops.sparseCategoricalCrossentropy'
    const shape = shapeOfOperand(output, name)
    const at = axisOf(name, axis, shape.length)
    const classes = shape[at] ?? fail(name, { expected: 'a known number of classes', got: showShape(shape) })
    const given = shapeOfOperand(target, name)
    const labels = given.length === shape.length ? max(target, at) : target
    return categoricalCrossentropy(oneHot(labels, classes, at), output, fromLogits, at)
  },
)

/** 1 at the classes among the entries of the last axis, else 0: `[batch, n]` → `[batch, numClasses]`. */
export const multiHot = operation(
  'nn',
  'MultiHot',
  'inputs numClasses= axis=-1 dtype=null !sparse=false',
  (inputs: Operand, numClasses: number, axis = -1, dtype: string | null = null): SymbolicTensor => {
    const name = 'ops.multiHot'
    const { length: rank } = shapeOfOperand(inputs, name)
    const count = checkExtent(name, 'numClasses', numClasses)
    const reduced = rank > 1 ? 1 : 0
    return max(oneHot(inputs, count, axis, dtype), axisOf(name, reduced, rank + 1))
  },
)

/** What {@link dotProductAttention} may be given beside its tensors. */
export interface DotProductAttentionOptions {
  /** What is added to the scores, `[batch, heads, queries, keys]`; `null`, the default, is nothing. */
  readonly bias?: Operand | null
  /** 0 where a query does not see a key, `[batch, heads, queries, keys]`; `null`, the default: it sees all. */
  readonly mask?: Operand | null
  /** The factor of the scores; `null`, the default, is 1/√size. */
  readonly scale?: number | null
  /** Whether a query does not see later keys; `false` by default. */
  readonly isCausal?: boolean
  /** What scores tend to, by tanh; `null`, the default: they are as they are. */
  readonly attnLogitsSoftCap?: number | null
}

const attentionOptions = {
  bias: nullable(readOperand),
  mask: nullable(readOperand),
  scale: nullable(checkFinite),
  isCausal: flag(false),
  attnLogitsSoftCap: nullable(checkPositive),
} as const satisfies TableFor<DotProductAttentionOptions>

/**
 * softmax(q·kᵀ·scale + bias)·v of each head: query [batch, queries, heads, size], key and value [batch, keys, heads, size] →
 * [batch, queries, heads, size].
 */
export const dotProductAttention = operation(
  'nn',
  'DotProductAttention',
  'query keys value {bias: mask: scale: isCausal=false !flashAttention=null attnLogitsSoftCap=null}',
  (
    query: Operand,
    key: Operand,
    value: Operand,
    options: DotProductAttentionOptions = {},
  ): SymbolicTensor => {
    const name = 'ops.dotProductAttention'
    const given = readOptions(name, attentionOptions, options)
    const { bias, mask, scale, isCausal, attnLogitsSoftCap } = given
    const [q, k] = [shapeOfOperand(query, name), shapeOfOperand(key, name)]
    const [size, queries, keys] = [q[3] ?? null, q[1] ?? null, k[1] ?? null]
    if (q.length !== 4 || k.length !== 4 || size === null)
      return fail(name, {
        expected: 'query and key [batch, steps, heads, size]',
        got: `${showShape(q)} and ${showShape(k)}`,
      })
    let logits = multiply(einsum('bthd,bshd->bhts', query, key), scale ?? 1 / Math.sqrt(size))
    if (attnLogitsSoftCap !== null)
      logits = multiply(tanh(divide(logits, attnLogitsSoftCap)), attnLogitsSoftCap)
    if (bias !== null) logits = add(logits, bias)
    if (isCausal && (queries === null || keys === null))
      return fail(name, { expected: 'known numbers of queries and keys with isCausal', got: showShape(q) })
    const sees = isCausal ? causal(queries as number, keys as number) : null
    const visible = mask !== null && sees !== null ? multiply(mask, sees) : (mask ?? sees)
    const scores = softmax(visible === null ? logits : where(visible, logits, -3e38), -1)
    return einsum('bhts,bshd->bthd', scores, value)
  },
)

const causal = (queries: number, keys: number): Tensor =>
  new Tensor(
    Float32Array.from({ length: queries * keys }, (_, i) => Number(i % keys <= Math.floor(i / keys))),
    [queries, keys],
  )

/**
 * The same of images whose extents are open, which no reshape can name: a convolution that takes each entry of a block as a channel, or
 * its transpose.
 */
function blocksOfOpen(x: Operand, side: number, channels: number, isSpread: boolean): SymbolicTensor {
  const outside = isSpread ? channels : channels * side ** 2
  const inside = outside / side ** 2
  // [side, side, inside, outside]: an entry of a block and one of its channels are together one of the channels outside.
  const data = new Float32Array(outside ** 2)
  for (let channel = 0; channel < outside; channel++) data[channel * outside + channel] = 1
  const kernel = new Tensor(data, [side, side, inside, outside])
  return isSpread
    ? convTranspose(x, kernel, { strides: side, padding: 'valid' })
    : conv(x, kernel, { strides: side, padding: 'valid' })
}

/** Blocks of an image from its channels, or its channels from blocks, by the block's side. */
/* @__NO_SIDE_EFFECTS__ */
function blocks(className: string, isSpread: boolean) {
  const name = isSpread ? 'depthToSpace' : 'spaceToDepth'
  return operation(
    'nn',
    className,
    'x blockSize= !dataFormat="channels_last"',
    (x: Operand, blockSize: number): SymbolicTensor => {
      const where = `ops.${name}`
      const side = checkExtent(where, 'blockSize', blockSize)
      const shape = shapeOfOperand(x, where)
      const [, h = null, w = null, c = null] = shape
      if (shape.length !== 4 || c === null)
        return fail(where, { expected: 'images [batch, height, width, channels]', got: showShape(shape) })
      const fits = (extent: number | null): boolean => extent === null || extent % side === 0
      if (isSpread ? c % side ** 2 !== 0 : !fits(h) || !fits(w))
        return fail(where, { expected: `extents that blocks of ${side} fit`, got: describeValue(shape) })
      if (h === null || w === null) return blocksOfOpen(x, side, c, isSpread)
      if (isSpread) {
        const parts = reshape(x, [-1, h, w, side, side, c / side ** 2])
        return reshape(transpose(parts, [0, 1, 3, 2, 4, 5]), [-1, h * side, w * side, c / side ** 2])
      }
      const parts = reshape(x, [-1, h / side, side, w / side, side, c])
      return reshape(transpose(parts, [0, 1, 3, 2, 4, 5]), [-1, h / side, w / side, side ** 2 * c])
    },
  )
}

/** Channels as blocks of an image: `[batch, h, w, s²c]` → `[batch, sh, sw, c]`. */
export const depthToSpace = blocks('DepthToSpace', true)
/** Blocks of an image as channels: `[batch, sh, sw, c]` → `[batch, h, w, s²c]`. */
export const spaceToDepth = blocks('SpaceToDepth', false)
