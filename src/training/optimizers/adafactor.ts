// Adafactor.

import { checkFinite, checkPositive } from '../../errors.ts'
import { adafactor, adafactorRows, adafactorSquares, factoredChunks } from '../../ops/adafactor.ts'
import { flag, option, type TableFor } from '../../util/options.ts'
import { defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from '../defineOptimizer.ts'
import { withUsed } from '../partOfOptimizer.ts'
import { atLeastZero } from './options.ts'

export interface AdafactorOptions extends OptimizerOptions {
  /** By which power of the step new squared gradients count less, at most 0, `-0.8` by default. */
  readonly beta2Decay?: number
  /** Added to squared gradients, at least 0, `1e-30` by default. */
  readonly epsilon1?: number
  /** The least root mean square of a weight that a step is taken in proportion to, at least 0, `1e-3` by default. */
  readonly epsilon2?: number
  /** The root mean square of a weight's step, before the rate, from which on the step is scaled down, above 0, `1` by default. */
  readonly clipThreshold?: number
  /** Whether the rate is at most 1/√step, `true` by default. As in Keras it is with `false`, too. */
  readonly relativeStep?: boolean
}

/** Of weights of fewer than two axes Keras's files have a zero in place of r and of c. */
const factorOf =
  (isRow: boolean) =>
  ({ shape }: { readonly shape: readonly number[] }): readonly number[] =>
    shape.length < 2 ? [] : [...shape.slice(0, isRow ? -1 : -2), ...(isRow ? [] : shape.slice(-1))]

/**
 * Adafactor (Shazeer and Stern 2018): steps in proportion to the size of each weight, divided by the root of squared gradients,
 * which are estimated by means of rows and of columns, over the last two axes.
 *
 * @param options The learning rate, or `learningRate` (0.001), `beta2Decay` (-0.8), `epsilon1` (1e-30), `epsilon2` (1e-3),
 * `clipThreshold` (1), `relativeStep` (true).
 * @see keras/src/optimizers/adafactor.py
 */
export const Adafactor: OptimizerConstructor<AdafactorOptions> = defineOptimizer(
  'Adafactor',
  0.001,
  {
    beta2Decay: option(-0.8, (where, name, value) => checkFinite(where, name, value, { max: 0 })),
    epsilon1: atLeastZero(1e-30),
    epsilon2: atLeastZero(1e-3),
    clipThreshold: option(1, checkPositive),
    relativeStep: flag(true),
  } satisfies TableFor<Omit<AdafactorOptions, keyof OptimizerOptions>>,
  ({ beta2Decay: decay, epsilon1: epsilon, epsilon2: least, clipThreshold: threshold }) => ({
    slots: [
      { name: 'r', shape: factorOf(true) },
      { name: 'c', shape: factorOf(false) },
      { name: 'velocity' },
    ],
    isPlaceholder: ({ slot, shape }) => slot !== undefined && 'rc'.includes(slot) && shape.length === 0,
    scalars: (rate, t) => ({ rate: Math.min(rate, 1 / Math.sqrt(t)), first: t ** decay }),
    lower(graph, tensors, optimizer) {
      const { weights, variables } = withUsed(graph, tensors, optimizer)
      const { parameters, gradients, scaling, layout, slots } = tensors
      const [rows, columns, velocity] = slots
      if (!rows || !columns || !velocity) return
      const placesOf = (name: string): readonly number[] =>
        variables.filter(({ slot }) => slot === name).map((variable) => layout.placeOf(variable).offset)
      const [r, c] = [placesOf('r'), placesOf('c')]
      const table = factoredChunks(
        weights.map((weight, i) => ({
          shape: weight.shape,
          offset: layout.placeOf(weight).offset,
          r: r[i] ?? 0,
          c: c[i] ?? 0,
        })),
      )
      const given = { chunks: graph.constant(table.values, table.shape), gradients, scaling }
      const attrs = { decay, epsilon }
      const { partials } = adafactorRows(
        graph,
        { ...given, parameters, rows },
        { ...attrs, sums: table.partials },
      )
      const { squares } = adafactorSquares(graph, { ...given, rows, columns, partials, velocity }, attrs)
      adafactor(
        graph,
        { ...given, partials, squares, velocity, parameters, columns },
        { ...attrs, least, threshold },
      )
    },
  }),
)
export type Adafactor = ReturnType<typeof Adafactor>
