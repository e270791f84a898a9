// Layers of several inputs that are merged element by element, broadcast to one shape: Add, Subtract, Multiply, Average, Maximum,
// Minimum.

import { fail, impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { addAll, sumOf } from '../../ops/addAll.ts'
import { affine } from '../../ops/affine.ts'
import { type BinaryFunction, binary } from '../../ops/elementwise.ts'
import { maskedOutput } from '../../ops/masks.ts'
import { reshape } from '../../ops/view.ts'
import type { TableFor } from '../../util/options.ts'
import { type OpenShape, sameShape, showShape } from '../../util/shape.ts'
import type { LayerCall, MaskedValue, Masks, NoWeights } from '../call.ts'
import { defineLayer, type LayerConstructor } from '../callable.ts'
import type { GivenOptions, Layer, LayerDefinition } from '../layer.ts'
import type { MaskAxes } from '../masks.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

const table = { ...layerOptions } as const satisfies TableFor<LayerOptions>

/** What a merge computes. */
type Merging = Exclude<BinaryFunction, 'divide'> | 'average'

/** @internal */
export class MergeLayer extends WeightlessLayer<typeof table> {
  readonly #merging: Merging
  readonly readsLists = true

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, merging: Merging) {
    super(definition, given)
    this.#merging = merging
  }

  override get takesMask(): boolean {
    return true
  }

  /** @internal The arguments of a call: a list, of a single input, too. */
  placedInputs(inputs: readonly SymbolicTensor[]): readonly unknown[] {
    return [inputs]
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    if (this.#merging === 'subtract' && inputs.length !== 2)
      fail(this.where, { expected: 'a list of two inputs', got: `${inputs.length}` })
    return [broadcast(this, inputs)]
  }

  override outputMasks(masks: readonly number[]): MaskAxes {
    return [Math.min(...masks)]
  }

  protected override lower({ graph, inputs, masks }: LayerCall<NoWeights>): readonly MaskedValue[] {
    const rank = Math.max(...inputs.map(({ shape }) => shape.length))
    const aligned = inputs.map((x) => {
      const missing = Array<number>(rank - x.shape.length).fill(1)
      const [batch = 1, ...sample] = x.shape
      return missing.length === 0 ? x : reshape(graph, x, { shape: [batch, ...missing, ...sample] })
    })
    const merging = this.#merging
    const takesMasks = merging === 'multiply' || merging === 'maximum' || merging === 'minimum'
    // As in Keras an input that is given further axes to be aligned is another tensor, which has no mask.
    const seen = masks.map((mask, i) => (aligned[i] === inputs[i] ? mask : null))
    const masked = takesMasks && seen.some((mask) => mask)
    return [
      {
        value: masked ? mergeMasked(graph, aligned, seen, merging) : merge(graph, aligned, merging),
        mask: anyOf(graph, masks),
      },
    ]
  }
}

/** The shape that inputs are broadcast to: their samples aligned at the last axis, as in Keras. */
function broadcast(layer: Layer, inputs: readonly OpenShape[]): OpenShape {
  const refuse = (expected: string): never =>
    fail(layer.where, { expected, got: inputs.map(showShape).join(' and ') || 'none' })
  if (inputs.length === 0) refuse('a list of inputs')
  const batches = new Set(inputs.flatMap(([batch]) => batch ?? []))
  if (batches.size > 1) refuse('inputs of one batch size')
  const rank = Math.max(...inputs.map((shape) => shape.length))
  const sample = Array.from({ length: rank - 1 }, (_, fromStart) => {
    const axis = fromStart + 1 - rank
    const extents = inputs.flatMap((shape) => (shape.length - 1 >= -axis ? [shape.at(axis) ?? null] : []))
    const known = new Set(extents.filter((extent) => extent !== 1))
    if (known.size > 1 && !known.has(null)) refuse('inputs whose shapes broadcast')
    return known.has(null) ? null : ([...known][0] ?? 1)
  })
  return [[...batches][0] ?? null, ...sample]
}

/** Not zero where a mask is: as in Keras there is none where an input has none. */
export function anyOf(graph: Graph, masks: Masks): Value | null {
  const known = new Set(masks.flatMap((mask) => mask ?? []))
  if (masks.includes(null)) return null
  return [...known].reduce((a, b) => binary(graph, { a, b }, { fn: 'maximum' }).y)
}

/**
 * A product, maximum or minimum of inputs with masks. As in Keras what is not valid is 1 to a product, which is 0 where no input is
 * valid, and takes no part in a maximum or minimum while another input is valid.
 */
function mergeMasked(
  graph: Graph,
  inputs: readonly Value[],
  masks: Masks,
  fn: 'multiply' | 'maximum' | 'minimum',
): Value {
  const where = (mask: Value | null, x: Value, otherwise: Value | 1): Value => {
    if (mask === null) return x
    const missing = Array<number>(Math.max(0, x.shape.length - mask.shape.length)).fill(1)
    const condition = reshape(graph, mask, { shape: [...mask.shape, ...missing] })
    return choose(graph, condition, x, otherwise)
  }
  if (fn === 'multiply') {
    const factors = inputs.map((x, i) => where(masks[i] ?? null, x, 1))
    const product = merge(graph, factors, fn)
    const valid = anyOf(graph, masks)
    return valid ? maskedOutput(graph, { x: product, mask: valid }, {}).y : product
  }
  const [first, ...others] = inputs
  if (first === undefined) impossible('no inputs to merge')
  let [valid = null] = masks
  return others.reduce((output, input, i) => {
    const mask = masks[i + 1] ?? null
    const b = where(mask, input, output)
    const a = where(valid, output, b)
    valid = valid && mask && binary(graph, { a: valid, b: mask }, { fn: 'maximum' }).y
    return binary(graph, { a, b }, { fn }).y
  }, first)
}

/** x where the condition, 0 or 1, is 1, else y, whatever the other holds there; 1 is the only number that y may be. */
function choose(graph: Graph, condition: Value, x: Value, y: Value | 1): Value {
  const otherwise = affine(graph, { x: condition }, { scale: -1, shift: 1 }).y
  const taken = (from: Value, where: Value): Value => {
    let axes = where.shape.length
    while (axes > 1 && where.shape[axes - 1] === 1) axes--
    const rows = where.shape.slice(0, axes)
    // A tensor that is broadcast along the axes of the condition is multiplied by it.
    if (rows.some((extent, axis) => extent !== from.shape[axis]))
      return binary(graph, { a: from, b: where }, { fn: 'multiply' }).y
    return maskedOutput(graph, { x: from, mask: reshape(graph, where, { shape: rows }) }, {}).y
  }
  const a = taken(x, condition)
  const b = y === 1 ? otherwise : taken(y, otherwise)
  return binary(graph, { a, b }, { fn: 'add' }).y
}

/** One launch for the sum of up to seven inputs of one shape; else a launch for each input after the first. */
function merge(graph: Graph, inputs: readonly Value[], merging: Merging): Value {
  const [first, ...others] = inputs
  if (first === undefined) impossible('no inputs to merge')
  const isSum = merging === 'add' || merging === 'average'
  const scale = merging === 'average' ? 1 / inputs.length : 1
  if (isSum && inputs.every(({ shape }) => sameShape(shape, first.shape))) {
    const [a, b, c, d, e, f, g, ...more] = inputs
    if (a && b && more.length === 0) return addAll(graph, { a, b, c, d, e, f, g }, { scale }).y
    return scaled(graph, sumOf(graph, inputs), scale)
  }
  const fn = merging === 'average' ? 'add' : merging
  return scaled(
    graph,
    others.reduce((a, b) => binary(graph, { a, b }, { fn }).y, first),
    scale,
  )
}

const scaled = (graph: Graph, x: Value, scale: number): Value =>
  scale === 1 ? x : affine(graph, { x }, { scale }).y

const define = (className: string, merging: Merging) =>
  defineLayer({
    className,
    table,
    positional: [],
    create: (self, given) => new MergeLayer(self, given, merging),
  })

const addition = define('Add', 'add')
const subtraction = define('Subtract', 'subtract')
const multiplication = define('Multiply', 'multiply')
const averaging = define('Average', 'average')
const maximization = define('Maximum', 'maximum')
const minimization = define('Minimum', 'minimum')

type Merge = LayerConstructor<[options?: LayerOptions]>
type MergeFunction = (inputs: readonly SymbolicTensor[], options?: LayerOptions) => SymbolicTensor

/**
 * The sum of its inputs: `Add()([a, b, …])`. Samples of other shapes are broadcast, aligned at the last axis:
 * `[batch, steps, features]` and `[batch, features]` → `[batch, steps, features]`.
 *
 * @see keras/src/layers/merging/add.py
 */
export const Add: Merge = addition.make
export type Add = ReturnType<typeof Add>
/** The first of two inputs less the second, broadcast as {@link Add}'s. */
export const Subtract: Merge = subtraction.make
export type Subtract = ReturnType<typeof Subtract>
/** The product of its inputs, element by element, broadcast as {@link Add}'s. */
export const Multiply: Merge = multiplication.make
export type Multiply = ReturnType<typeof Multiply>
/** The mean of its inputs, broadcast as {@link Add}'s. */
export const Average: Merge = averaging.make
export type Average = ReturnType<typeof Average>
/** The largest of its inputs, element by element, broadcast as {@link Add}'s. */
export const Maximum: Merge = maximization.make
export type Maximum = ReturnType<typeof Maximum>
/** The smallest of its inputs, element by element, broadcast as {@link Add}'s. */
export const Minimum: Merge = minimization.make
export type Minimum = ReturnType<typeof Minimum>

/** What {@link Add} makes of a list of inputs. */
export const add: MergeFunction = (inputs, options) => Add(options)(inputs)
/** What {@link Subtract} makes of two inputs. */
export const subtract: MergeFunction = (inputs, options) => Subtract(options)(inputs)
/** What {@link Multiply} makes of a list of inputs. */
export const multiply: MergeFunction = (inputs, options) => Multiply(options)(inputs)
/** What {@link Average} makes of a list of inputs. */
export const average: MergeFunction = (inputs, options) => Average(options)(inputs)
/** What {@link Maximum} makes of a list of inputs. */
export const maximum: MergeFunction = (inputs, options) => Maximum(options)(inputs)
/** What {@link Minimum} makes of a list of inputs. */
export const minimum: MergeFunction = (inputs, options) => Minimum(options)(inputs)
