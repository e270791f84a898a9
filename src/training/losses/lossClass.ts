// `Loss`, as users know it: the class of losses of one's own, which are written in `ops`.

import { withEqualRanks } from '../../composed/losses/lossFunction.ts'
import { fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import { classNameOf } from '../../layers/classNames.ts'
import type { LossInputs, Reduction } from '../../layers/lossInputs.ts'
import { snakeCase } from '../../layers/naming.ts'
import { symbolicOf } from '../../layers/own/numbersLayer.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { resultOf } from '../../operations/functions.ts'
import { lowerLoss } from '../../operations/tracedLoss.ts'
import { baseClass } from '../../util/baseClass.ts'
import { readOptions } from '../../util/options.ts'
import { type Loss as AnyLoss, type LossOptions, lossTable } from '../loss.ts'
import { LossObject, type MadeLoss } from './calledLoss.ts'
import type { LossRows } from './symbolicLoss.ts'

/** The class behind {@link Loss}. */
class OwnLoss extends LossObject implements AnyLoss {
  readonly name: string
  readonly reduction: Reduction

  /** @param options The name, by default the class's in snake case, and the reduction. */
  constructor(options: LossOptions = {}) {
    super()
    const given = readOptions(this.className, lossTable(snakeCase(this.className)), options)
    this.name = given.name
    this.reduction = given.reduction
  }

  /** The name that the class is registered by, or its own. */
  get className(): string {
    return classNameOf(this.constructor as new () => object)
  }

  /**
   * Hook: the loss of targets and predictions, both with the batch in front: one value a row or time step, `[batch]` or `[batch,
   * timesteps]`, or one of all, `[]`. Of ranks that differ by an axis of 1 at the end, it gets equal ones.
   */
  call(_yTrue: SymbolicTensor, _yPred: SymbolicTensor): SymbolicTensor {
    return fail(this.className, {
      expected: 'a method call',
      got: 'none',
      remedy:
        'Write call(yTrue, yPred) { return ops.mean(ops.square(ops.subtract(yPred, yTrue)), -1) }, say.',
    })
  }

  /** @internal */
  override readonly rows: LossRows = (yTrue, yPred) => {
    const where = `${this.className}.call`
    const call = (t: SymbolicTensor, p: SymbolicTensor): SymbolicTensor => this.call(t, p)
    const tensors = withEqualRanks(where, yTrue, yPred).map((given) => symbolicOf(given, where))
    return [resultOf(call, tensors, where)]
  }

  /** Hook: the options by which files have the loss; a class with options of its own adds these. */
  getConfig(): Record<string, unknown> {
    return { name: this.name, reduction: this.reduction }
  }

  /** Makes a loss of what `getConfig` returned; by default `new Class(config)`. */
  static fromConfig(config: Readonly<Record<string, unknown>>): AnyLoss {
    return new this(config)
  }

  /** What `getConfig` returns. */
  get config(): Readonly<Record<string, unknown>> {
    return this.getConfig()
  }

  /** @internal Only `call` can say which targets it takes. */
  targetShape(): 'any' {
    return 'any'
  }

  /** @internal */
  lower(_graph: Graph, inputs: LossInputs, step: StepLowering): Value {
    const where = `${this.className}.call`
    const call = (yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor => this.call(yTrue, yPred)
    return lowerLoss(
      { where, reduction: this.reduction, call: (tensors) => [resultOf(call, tensors, where)] },
      inputs,
      step,
    )
  }
}

/** Any loss that is at hand: of Keras or of the user's own. */
export type Loss = MadeLoss

/** The class of losses that users extend. */
export interface LossClass {
  new (options?: LossOptions): OwnLoss & MadeLoss
  readonly prototype: OwnLoss & MadeLoss
  /** Makes a loss of what `getConfig` returned; by default `new Class(config)`. */
  fromConfig(config: Readonly<Record<string, unknown>>): AnyLoss
}

/**
 * The base class of losses of one's own. Its method `call` says in `ops` what the loss is: one value a row; the reduction, weights and
 * masks are as in every loss. It is traced, differentiated and compiled.
 *
 * ```ts
 * class Quantile extends Loss {
 *   constructor(readonly q = 0.5, options: LossOptions = {}) { super(options) }
 *   override call(yTrue: SymbolicTensor, yPred: SymbolicTensor) {
 *     const error = ops.subtract(yTrue, yPred)
 *     return ops.mean(ops.maximum(ops.multiply(this.q, error), ops.multiply(this.q - 1, error)), -1)
 *   }
 * }
 * model.compile({ loss: new Quantile(0.9), optimizer: 'adam' })
 * ```
 *
 * @see keras/src/losses/loss.py
 */
export const Loss: LossClass = /* @__PURE__ */ (() =>
  // Objects of the class are functions, which TypeScript does not know of classes.
  baseClass('Loss', OwnLoss) as unknown as LossClass)()
