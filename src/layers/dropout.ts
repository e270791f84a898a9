// In training, sets a share of the inputs to 0 and scales the others by 1 / (1 − rate) (Srivastava et al. 2014).

import { checkInteger, describeValue, fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { dropout } from '../ops/dropout.ts'
import { nextSeed } from '../util/seed.ts'
import type { OpenShape } from '../util/shape.ts'
import { type CallableLayer, defineLayer, type OptionsOf } from './callable.ts'
import { Layer, type Lowering } from './layer.ts'
import { layerOptions, nullable, rate, shape } from './options.ts'

const table = {
  ...layerOptions,
  rate: rate({ required: true }),
  noiseShape: nullable(shape),
  seed: nullable((where, name, value) => checkInteger(where, name, value, { min: 0 })),
} as const

export class DropoutLayer extends Layer<typeof table> {
  readonly #seed = this.config.seed ?? nextSeed()

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const input = this.single(inputs, 1, '[batch, ...]')
    this.sharedAxis(input)
    return [input]
  }

  /** The axis of extent 1 in `noiseShape`, along which one draw serves all. */
  private sharedAxis(input: OpenShape): number | undefined {
    const { noiseShape } = this.config
    if (noiseShape === null) return undefined
    const shared = noiseShape.flatMap((extent, axis) => (extent === 1 && input[axis] !== 1 ? [axis] : []))
    const fits = noiseShape.every((extent, axis) => extent === null || extent === 1 || extent === input[axis])
    if (noiseShape.length !== input.length || !fits || shared.length > 1) {
      fail(this.where, {
        expected: 'a noiseShape like the input, with 1 for at most one axis',
        got: describeValue(noiseShape),
      })
    }
    return shared[0]
  }

  override lower({ graph, training }: Lowering, [x]: readonly Value[]): readonly Value[] {
    if (!x) throw new TypeError(`${this.where} has no input`)
    if (!training) return [x]
    const sharedAxis = this.sharedAxis(x.shape)
    const attrs = { rate: this.config.rate, seed: this.#seed % 2 ** 32, stream: 0 }
    return [dropout(graph, { x }, sharedAxis === undefined ? attrs : { ...attrs, sharedAxis }).y]
  }
}

const definition = defineLayer({
  className: 'Dropout',
  table,
  positional: ['rate'],
  create: (self, given) => new DropoutLayer(self, given),
})

/**
 * Drops a share of its inputs in training; changes nothing otherwise. Any shape.
 *
 * @param rate The share, in [0, 1).
 * @param options `noiseShape`, the input's shape with 1 where a draw is shared; `seed`.
 * @see keras/src/layers/regularization/dropout.py
 */
export const Dropout = (
  rate: number,
  options?: OptionsOf<typeof table, ['rate']>,
): CallableLayer<DropoutLayer> => definition.make(rate, options)
