// `Cell`, as users know it: the class that they extend.

import { baseClass } from '../../util/baseClass.ts'
import type { OwnLayer } from '../layerClass.ts'
import type { LayerOptions } from '../options.ts'
import type { OwnStatics } from '../own/ownCode.ts'
import type { CallableCell, CellFunction } from './cell.ts'
import { CustomCell } from './customCell.ts'

/** A cell of the user's own, which can be called on the input of one time step, `[batch, features]`, and on its states. */
export interface OwnCell extends CustomCell, CellFunction {}

/** A class that extends `Layer` as a cell: with the size of its state, or of several a list, as Keras's cells have it. */
export type LayerCell = OwnLayer & {
  /** Entries of a state, or of each of several. */
  readonly stateSize: number | readonly number[]
}

/** Any cell: of Keras or of the user's own. */
export type Cell = CallableCell | OwnCell | LayerCell

/** The class of cells that users extend. */
export interface CellClass extends OwnStatics {
  new (options?: LayerOptions): OwnCell
  readonly prototype: OwnCell
}

/* @__NO_SIDE_EFFECTS__ */
function cellClass(): CellClass {
  // Objects of the class are functions, which TypeScript does not know of classes.
  return baseClass('Cell', CustomCell) as unknown as CellClass
}

/**
 * The base class of recurrent cells of one's own, which `RNN` runs over sequences. Its method `call` says in `ops` what one time step
 * computes; it is traced once, differentiated and compiled like every other layer.
 *
 * ```ts
 * class MyCell extends Cell {
 *   stateSize = 5
 *   kernel!: Weight
 *   recurrent!: Weight
 *   build([, features]: Shape) {
 *     this.kernel = this.addWeight({ name: 'kernel', shape: [features, 5] })
 *     this.recurrent = this.addWeight({ name: 'recurrent', shape: [5, 5], initializer: 'orthogonal' })
 *   }
 *   call(x: SymbolicTensor, [h]: readonly [SymbolicTensor]) {
 *     const next = ops.tanh(ops.add(ops.matmul(x, this.kernel), ops.matmul(h, this.recurrent)))
 *     return [next, [next]] as const
 *   }
 * }
 * RNN(new MyCell(), { returnSequences: true })
 * ```
 *
 * A cell that `Bidirectional` is to run both ways, or that files are to have, says its options in `getConfig`; a constructor that takes
 * arguments by place also needs a `static fromConfig`.
 *
 * @see keras/src/layers/rnn/rnn.py
 */
export const Cell: CellClass = cellClass()
