// Losses as users have them: they are called on data. Pages that name losses do not hold this.

import { isSymbolic } from '../../composed/losses/lossFunction.ts'
import { CallableObject } from '../../layers/callableObject.ts'
import type { Reduction } from '../../layers/lossInputs.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { type ConstructorStatics, constructorOf, type Unextended } from '../../util/constructorOf.ts'
import type { Config, OptionTable } from '../../util/options.ts'
import type { Tensor } from '../../util/tensor.ts'
import {
  defineLossMaker,
  type Loss,
  type LossDefinition,
  type LossMaker,
  type LossNames,
  type lossTable,
} from '../loss.ts'
import type { RowsOfLoss } from './fusedRows.ts'
import { type LossRows, readJudged, symbolicLoss } from './symbolicLoss.ts'

/**
 * A loss that users have in their hands. Called on data, targets and predictions `[batch, …]`, it says what the loss of these is, on the
 * backend in use: a number, or with `reduction: 'none'` the values of rows.
 */
export interface MadeLoss<Result = number> extends Loss {
  /**
   * On symbolic tensors, in the methods of a class that extends `Layer` or `Model`: the number, `[]`, or with `reduction: 'none'` the
   * values of rows. It has gradients by predictions, targets and weights.
   */
  (yTrue: unknown, yPred: SymbolicTensor, sampleWeight?: unknown): SymbolicTensor
  (yTrue: SymbolicTensor, yPred: unknown, sampleWeight?: unknown): SymbolicTensor
  (yTrue: unknown, yPred: unknown, sampleWeight?: unknown): Promise<Result>
  /** The options, from which `fromConfig` of the class makes an equal loss. */
  getConfig(): Readonly<Record<string, unknown>>
}

/** The root of losses, which are called. */
export abstract class LossObject extends CallableObject {
  /** @internal The values of rows in `ops`. */
  abstract readonly rows: LossRows

  /** @internal */
  override called(args: readonly unknown[]): SymbolicTensor | Promise<number | Tensor> {
    const loss = this as unknown as Loss
    if (args.some(isSymbolic)) {
      const { className: where, reduction } = loss
      return symbolicLoss({ where, reduction, rows: this.rows }, readJudged(where, args))
    }
    return import('../lossAlone.ts').then(({ lossAlone }) => lossAlone(loss, args))
  }
}

/** A loss of Keras. */
export class LossOfKeras extends LossObject {
  declare readonly className: string
  declare readonly config: Loss['config']
  override readonly rows: LossRows

  constructor(loss: Loss, rowsOf: RowsOfLoss) {
    super()
    Object.assign(this, loss)
    this.rows = rowsOf(loss)
  }

  getConfig(): Readonly<Record<string, unknown>> {
    return { ...this.config }
  }
}

/** What a loss with a reduction is: a number, or the values of rows. */
type ReducedTo<Kind> = [Kind] extends ['none' | null] ? Tensor : number

/** A constructor of losses. */
export interface LossConstructor<Options extends object = object> extends ConstructorStatics<MadeLoss> {
  <const Kind extends Reduction | null = 'mean'>(
    options?: Options & { readonly reduction?: Kind },
  ): MadeLoss<ReducedTo<Kind>>
  new <const Kind extends Reduction | null = 'mean'>(
    options?: Options & { readonly reduction?: Kind },
  ): MadeLoss<ReducedTo<Kind>> & Unextended
  /** Keras's names for it, that of the class first. */
  readonly names: readonly [className: string, ...others: readonly string[]]
}

/**
 * The constructor of losses that are called.
 *
 * @param rowsOf The loss on symbolic tensors.
 */
/* @__NO_SIDE_EFFECTS__ */
export function calledLoss<Options extends object>(
  plain: LossMaker<Options>,
  rowsOf: RowsOfLoss,
): LossConstructor<Options> {
  const make = constructorOf(plain.names[0], (options?: Options) => new LossOfKeras(plain(options), rowsOf))
  return Object.assign(make, { names: plain.names }) as unknown as LossConstructor<Options>
}

/**
 * Defines a loss by Keras's names, and returns its constructor.
 *
 * @param rowsOf The loss on symbolic tensors.
 */
/* @__NO_SIDE_EFFECTS__ */
export const defineLoss = <Table extends OptionTable>(
  names: LossNames,
  table: Table,
  define: (config: Config<Table> & Config<ReturnType<typeof lossTable>>) => LossDefinition,
  rowsOf: RowsOfLoss,
): LossConstructor => calledLoss(defineLossMaker(names, table, define), rowsOf)
