// The products of two inputs, sample by sample, summed over an axis of each: batches of matrix products. An axis that is the last
// of its tensor or the first beside the batch is read as it lies; others are moved to the end first.

import { checkInteger, describeValue, fail, impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { l2Normalize } from '../../ops/l2Normalize.ts'
import { matmul } from '../../ops/matmul.ts'
import { transpose } from '../../ops/transpose.ts'
import { reshape } from '../../ops/view.ts'
import { isOptions, required, type TableFor } from '../../util/options.ts'
import { type OpenShape, showShape, sizeOf } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import { flag, type LayerOptions, layerOptions } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

export interface DotOptions extends LayerOptions {
  /** Whether vectors along the axes are divided by their lengths first, so that products are cosines: `false` by default. */
  readonly normalize?: boolean
}

/** An axis of both inputs, or one of each. */
type Axes = number | readonly [first: number, second: number]

interface DotArguments extends DotOptions {
  /** The axis to sum over, the batch being axis 0: a number for both inputs, or one of each. Negative ones count from the end. */
  readonly axes: Axes
}

const table = {
  ...layerOptions,
  axes: required<Axes>((where, name, value) => {
    if (!Array.isArray(value)) return checkInteger(where, name, value)
    if (value.length !== 2)
      fail(where, { expected: `${name} to be an axis, or one of each input`, got: describeValue(value) })
    const [first, second] = value.map((axis: unknown) => checkInteger(where, `each of ${name}`, axis))
    return [first ?? 0, second ?? 0]
  }),
  normalize: flag(false),
} as const satisfies TableFor<DotArguments>

/** The largest factor by which a vector is normalized: one over Keras's epsilon. */
const MOST = 1e7

/** @internal */
export class DotLayer extends WeightlessLayer<typeof table> {
  readonly readsLists = true

  /** As in Keras masks end here without a word. */
  override get losesMask(): boolean {
    return false
  }

  #axesOf(inputs: readonly OpenShape[]): readonly [first: number, second: number] {
    const [a, b] = inputs
    const got = inputs.map(showShape).join(' and ')
    if (inputs.length !== 2 || a === undefined || b === undefined)
      return fail(this.where, { expected: 'a list of two inputs', got: got || 'none' })
    const { axes } = this.config
    const [p, q] = typeof axes === 'number' ? [axes, axes] : axes
    const [first, second] = [p < 0 ? p + a.length : p, q < 0 ? q + b.length : q]
    if (first < 1 || first >= a.length || second < 1 || second >= b.length)
      fail(this.where, { expected: `inputs with axes ${describeValue(axes)} beside the batch`, got })
    const [summed, other] = [a[first], b[second]]
    if (typeof summed === 'number' && typeof other === 'number' && summed !== other)
      fail(this.where, { expected: `inputs of one extent along axes ${first} and ${second}`, got })
    return [first, second]
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const [first, second] = this.#axesOf(inputs)
    const [a = [], b = []] = inputs
    const [left, right] = [a.filter((_, k) => k !== first), b.slice(1).filter((_, k) => k + 1 !== second)]
    const shape = [a[0] ?? b[0] ?? null, ...left.slice(1), ...right]
    return [shape.length === 1 ? [...shape, 1] : shape]
  }

  protected override lower({ graph, inputs }: LayerCall<NoWeights>): readonly Value[] {
    const [first, second] = this.#axesOf(inputs.map(({ shape }) => shape))
    const [a, b] = inputs
    if (b === undefined) impossible(`${this.where} is called on one input`)
    const prepared = (x: Value, axis: number): Value =>
      this.config.normalize ? l2Normalize(graph, { x }, { axis, most: MOST }).y : x
    const left = matrices(graph, prepared(a, first), first)
    const right = matrices(graph, prepared(b, second), second)
    const attrs = { transposeA: left.isFirst, transposeB: !right.isFirst }
    const { y } = matmul(graph, { a: left.x, b: right.x }, attrs)
    const [shape = []] = this.outputShapes([a.shape, b.shape])
    return [reshape(graph, y, { shape: shape.map((extent) => extent ?? 1) })]
  }
}

/** x as a batch of matrices, of which `axis` is the first axis or the last. */
function matrices(graph: Graph, x: Value, axis: number): { readonly x: Value; readonly isFirst: boolean } {
  const [batch = 1, ...sample] = x.shape
  const extent = x.shape[axis] ?? 1
  const rest = sizeOf(sample) / extent
  const isLast = axis === x.shape.length - 1
  if (axis === 1 && !isLast) return { x: reshape(graph, x, { shape: [batch, extent, rest] }), isFirst: true }
  const permutation = [...x.shape.keys()].filter((k) => k !== axis)
  const moved = isLast ? x : transpose(graph, { x }, { permutation: [...permutation, axis] }).y
  return { x: reshape(graph, moved, { shape: [batch, rest, extent] }), isFirst: false }
}

const definition = defineLayer({
  className: 'Dot',
  table,
  positional: ['axes'],
  create: (self, given) => new DotLayer(self, given),
})

type Arguments = LayerArguments<[axes: Axes], DotOptions, DotArguments>

/**
 * The products of two inputs summed over an axis of each, sample by sample: `Dot([2, 2])([a, b])`, `[batch, n, features]` and
 * `[batch, m, features]` → `[batch, n, m]`; two `[batch, features]` → `[batch, 1]`.
 *
 * @param axes The axis to sum over, the batch being axis 0: a number for both inputs, or one of each.
 * @see keras/src/layers/merging/dot.py
 */
export const Dot: LayerConstructor<Arguments> = definition.make
export type Dot = ReturnType<typeof Dot>

/** What {@link Dot} makes of two inputs; along the last axis where none is given. */
export const dot = (
  inputs: readonly SymbolicTensor[],
  axes: Axes | Partial<DotArguments> = -1,
  options: DotOptions = {},
): SymbolicTensor => (isOptions(axes) ? Dot({ axes: -1, ...axes, ...options }) : Dot(axes, options))(inputs)
