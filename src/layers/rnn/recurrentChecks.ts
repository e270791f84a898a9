// What a recurrent layer asks of the shapes of its inputs and initial states.

import { fail } from '../../errors.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import type { Layer } from '../layer.ts'
import type { Variable } from '../weights/variable.ts'
import type { RecurrentInput } from './recurrentInput.ts'
import type { RecurrentLayer } from './recurrentLayer.ts'

/** The shape of the only input, checked; `source` is the layer that the input comes from, if known. */
export function checkSequence(
  layer: RecurrentLayer,
  side: RecurrentInput,
  inputs: readonly OpenShape[],
  source: Layer | undefined,
): OpenShape {
  const [shape] = inputs
  if (inputs.length !== 1 || shape?.length !== side.rank) {
    fail(layer.where, {
      expected: `input ${side.axes}`,
      got: inputs.map(showShape).join(' and ') || 'nothing',
      remedy: side.remedy(shape, source),
    })
  }
  side.check(layer, shape, layer.builtWeights?.kernel)
  checkBatch(layer, side.axes, shape)
  return shape
}

/** A layer that may keep states from batch to batch. */
interface KeepsStates {
  readonly where: string
  readonly config: { readonly stateful: boolean }
  readonly builtWeights: { readonly states: readonly Variable[] } | null
}

/** A stateful layer needs a fixed batch size, because its states have one. */
export function checkBatch(layer: KeepsStates, axes: string, shape: OpenShape): void {
  const [batch] = shape
  const kept = layer.builtWeights?.states[0]?.shape[0]
  if (kept !== undefined && batch !== kept) {
    fail(layer.where, {
      expected: `batches of ${kept} samples, for which it keeps states`,
      got: showShape(shape),
    })
  }
  if (!layer.config.stateful || typeof batch === 'number') return
  fail(layer.where, {
    expected: 'a fixed batch size for stateful: true',
    got: showShape(shape),
    remedy: `Give batchShape: ${axes} to the first layer, or batchSize to Input.`,
  })
}

/**
 * Checks initial states: one for each state of the cell, without the axis of time.
 *
 * @param last The same with the units last, where they are not.
 */
export function checkInitialStates(
  layer: RecurrentLayer,
  { rank, units, stateAxes }: RecurrentInput,
  states: readonly OpenShape[],
  last = states,
): void {
  const names = layer.stateNames
  const fits =
    states.length === names.length &&
    last.every((shape) => shape.length === rank - 1 && shape.at(-1) === units)
  if (fits) return
  const expected = `initialState as [${names.join(', ')}], each ${stateAxes}`
  fail(layer.where, { expected, got: states.map(showShape).join(' and ') })
}
