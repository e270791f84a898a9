// Layers of the user's own, whose `call` is written in `ops` and in calls of other layers. It is traced for the shapes and the kind of
// each step: nothing of it runs in JavaScript while a model trains.

import { fail } from '../../errors.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { LayerDefinition, LayerTable } from '../layer.ts'
import type { LayerOptions, layerOptions } from '../options.ts'
import type { CellResult } from '../rnn/customCell.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { OwnCode } from './ownCode.ts'
import type { CallResult } from './tracedLayer.ts'

/** What `call` is told beside its inputs. `Mask` is a list for layers that are called on several tensors. */
export interface CallContext<Mask = SymbolicTensor | null> {
  /** Whether the layer runs as in training; it is known when `call` runs, so that `if (training)` works. */
  readonly training: boolean
  /** The mask of the input, `[batch, timesteps, …]`, 1 where a time step is valid and else 0; null where there is none. */
  readonly mask: Mask
}

/** The base class of layers of the user's own; exported as `Layer`. */
export class CustomLayer<Table extends LayerTable = typeof layerOptions> extends OwnCode<Table> {
  /**
   * Whether masks of inputs go on to outputs, as `computeMask` says; without that the first input's to all outputs. By default it is
   * true where the class has a `computeMask`.
   */
  override supportsMasking: boolean

  /**
   * @param options Name, `trainable`, `dtype`, as every layer has them.
   * @param definition That of a class with a table of options.
   */
  constructor(options: LayerOptions = {}, definition?: LayerDefinition<Table>) {
    super(options, definition)
    this.supportsMasking = this.computeMask !== CustomLayer.prototype.computeMask
  }

  /**
   * Hook: makes the weights whose shapes depend on the input's. It runs once, before the first `call`.
   *
   * @param _inputShape The shape of the input, whose batch is null: `[batch, timesteps, features]`; of a layer that is called on
   * several tensors the list of theirs.
   */
  override build(_inputShape: OpenShape | readonly OpenShape[]): void {}

  /**
   * Hook: the outputs for the inputs, in `ops` and calls of layers that are fields: a symbolic tensor, a list of them, or an object
   * by name. The last argument is the {@link CallContext}. It runs for each kind and batch size of a step, not in the step. In a class with
   * a `stateSize`, a cell for `RNN`, it gets and returns what that of a `Cell` does.
   */
  override call(..._args: readonly never[]): CallResult | CellResult {
    return fail(this.where, {
      expected: `the class ${this.className} to have a method call`,
      got: 'none',
      remedy: 'Write call(x, { training, mask }) { return ops.tanh(x) }, say.',
    })
  }

  /**
   * Hook: the mask of the output; a list for several outputs. By default the mask of the first input where `supportsMasking` is
   * true. A layer may also make one of its inputs, which have none: `ops.any(ops.notEqual(inputs, 0), -1)`.
   *
   * @param _inputs What `call` is called on.
   * @param mask Its mask, null where there is none; a list for a list of inputs.
   */
  override computeMask(
    _inputs: SymbolicTensor | readonly SymbolicTensor[],
    mask: SymbolicTensor | null | readonly (SymbolicTensor | null)[],
  ): SymbolicTensor | null | readonly (SymbolicTensor | null)[] {
    return mask
  }
}
