// In training, sets a share of the inputs to 0 and scales the others by 1 / (1 − rate) (Srivastava et al. 2014).

import { describeValue, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { dropout } from '../../ops/dropout.ts'
import { transpose } from '../../ops/transpose.ts'
import { reshape } from '../../ops/view.ts'
import { required, type TableFor } from '../../util/options.ts'
import { drawKey, nextSeed } from '../../util/seed.ts'
import { type OpenShape, showShape, sizeOf } from '../../util/shape.ts'
import type { LayerCall, NoWeights, StepLowering } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import { type LayerOptions, layerOptions, nullable, readShare, seed, shape } from '../options.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

export interface DropoutOptions extends LayerOptions {
  /** The input's shape with 1 where a draw is shared and null for any extent; `null`, the default, shares none. */
  readonly noiseShape?: OpenShape | null
  /** Fixes the draws; `null`, the default, takes the next seed of `setSeed`. */
  readonly seed?: number | null
}

export interface DropoutArguments extends DropoutOptions {
  /** The share of the inputs to drop, from 0 to 1: with 1 all become 0. */
  readonly rate: number
}

export const dropoutTable = {
  ...layerOptions,
  rate: required(readShare),
  noiseShape: nullable(shape),
  seed,
} as const satisfies TableFor<DropoutArguments>

/** @internal */
export class DropoutLayer extends WeightlessLayer<typeof dropoutTable> {
  readonly #seed = this.config.seed ?? nextSeed()

  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const input = this.single(inputs, 1, '[batch, ...]')
    this.#sharedAxes(input)
    return [input]
  }

  /** The axes of extent 1 in `noiseShape`, along which one draw serves all. An open batch matches any extent. */
  #sharedAxes(input: OpenShape): readonly number[] {
    const { noiseShape } = this.config
    if (noiseShape === null) return []
    const fits = (extent: number | null, axis: number): boolean =>
      extent === null || extent === 1 || extent === input[axis] || (axis === 0 && input[0] === null)
    if (noiseShape.length !== input.length || !noiseShape.every(fits)) {
      fail(this.where, {
        expected: `a noiseShape for ${showShape(input)}, with 1 where a draw is shared and null for any extent`,
        got: describeValue(noiseShape),
      })
    }
    return noiseShape.flatMap((extent, axis) => (extent === 1 && input[axis] !== 1 ? [axis] : []))
  }

  override mixesSamples(_step: StepLowering, training: boolean): boolean {
    return training && (this.config.noiseShape?.[0] ?? null) !== null
  }

  protected override lower({
    graph,
    inputs: [x],
    training,
    repetition,
  }: LayerCall<NoWeights>): readonly Value[] {
    if (!training) return [x]
    const attrs = { rate: this.config.rate, seed: drawKey(this.#seed, repetition), stream: 0 }
    const shared = this.#sharedAxes(x.shape)
    const [first] = shared
    if (first === undefined) return [dropout(graph, { x }, attrs).y]
    // The operation shares draws along one axis only, so that shared axes that are not neighbours are transposed to the front.
    const isRun = shared.at(-1) === first + shared.length - 1
    const axes = [...x.shape.keys()]
    const permutation = isRun ? axes : [...shared, ...axes.filter((axis) => !shared.includes(axis))]
    const inverse = axes.map((axis) => permutation.indexOf(axis))
    const moved = transpose(graph, { x }, { permutation }).y
    const [start, end] = [isRun ? first : 0, (isRun ? first : 0) + shared.length]
    const parts = [moved.shape.slice(0, start), moved.shape.slice(start, end), moved.shape.slice(end)]
    const rows = reshape(graph, moved, { shape: parts.map(sizeOf) })
    const { y } = dropout(graph, { x: rows }, { ...attrs, sharedAxis: 1 })
    return [transpose(graph, { x: reshape(graph, y, { shape: moved.shape }) }, { permutation: inverse }).y]
  }
}

const definition = defineLayer({
  className: 'Dropout',
  table: dropoutTable,
  positional: ['rate'],
  create: (self, given) => new DropoutLayer(self, given),
})

/**
 * Drops a share of its inputs in training; changes nothing otherwise. Any shape.
 *
 * @param rate The share, from 0 to 1.
 * @see keras/src/layers/regularization/dropout.py
 */
export const Dropout: LayerConstructor<LayerArguments<[rate: number], DropoutOptions, DropoutArguments>> =
  definition.make
export type Dropout = ReturnType<typeof Dropout>
