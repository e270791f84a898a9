// States of zeros, from which code of the user's own starts that goes through time steps itself.

import { checkInteger, fail } from '../../errors.ts'
import { isKnown, type OpenShape, showShape, sizeOf } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import type { CallableLayer } from '../callable.ts'
import { hosting } from '../own/hosting.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'

/** Samples of a batch: null where a class is traced for shapes alone, in which `ops.shape(x)[0]` is open. */
export type BatchSize = number | null

/** A recurrent layer, typed by what a call of it returns, and by the states that it starts from. */
export type CallableRecurrent<
  Output,
  States = readonly (Tensor | SymbolicTensor)[],
> = CallableLayer<Output> & {
  /**
   * The states that a sequence starts from, as `initialState` takes them: zeros, `[batch, units]`, a tensor of each; of several cells nested,
   * and of cells of the user's own what they say.
   *
   * @param batchSize Samples.
   * @throws {RecurraError} for a layer over frames that was not called yet.
   */
  getInitialState(batchSize: BatchSize): States
}

/**
 * A tensor of zeros for each state.
 *
 * @param shapesOf Shapes of the states for a number of samples.
 */
export function zeroStates(
  { where }: { readonly where: string },
  batchSize: BatchSize,
  shapesOf: (batchSize: BatchSize) => readonly OpenShape[],
): readonly (Tensor | SymbolicTensor)[] {
  if (batchSize !== null) checkInteger(where, 'batchSize', batchSize, { min: 1 })
  return shapesOf(batchSize).map((shape) =>
    isKnown(shape)
      ? new Tensor(new Float32Array(sizeOf(shape)), shape)
      : (hosting.openTensor?.(shape) ??
        fail(where, { expected: 'states of known shapes', got: showShape(shape) })),
  )
}
