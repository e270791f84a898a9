// Losses in a text: called on tensors they compute, as in a loss of one's own that masks rows.

import { plainName } from '../errors.ts'
import { toCamelCase } from '../formats/config/snakeCase.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as ops from '../operations/index.ts'
import type { Arguments, Value } from '../python/values.ts'
import type { Loss } from '../training/loss.ts'
import * as losses from '../training/losses/namespace.ts'
import { callOnTensors } from './onTensors.ts'
import type { Reader } from './reader.ts'
import { KerasObject } from './values.ts'

type RowLoss = (yTrue: unknown, yPred: unknown, options: object) => SymbolicTensor

export class LossValue extends KerasObject {
  readonly #loss: Loss

  constructor(reader: Reader, loss: Loss) {
    super(reader, loss)
    this.#loss = loss
  }

  override call(args: Arguments, at: number): Value {
    const { reader } = this
    return callOnTensors(reader, this.label, args, at, () => {
      const given = reader.named(args, ['y_true', 'y_pred', 'sample_weight'])
      const {
        yTrue,
        yPred,
        sampleWeight = null,
      } = reader.options([...given].map(([name, value]) => [toCamelCase(name), value])) ?? {}
      const rows = this.#rows(yTrue, yPred)
      const weighted = sampleWeight === null ? rows : ops.multiply(rows, sampleWeight as SymbolicTensor)
      const { reduction } = this.#loss
      if (reduction === 'none') return weighted
      return reduction === 'sum' ? ops.sum(weighted) : ops.mean(weighted)
    })
  }

  #rows(yTrue: unknown, yPred: unknown): SymbolicTensor {
    const { className, config } = this.#loss
    const { name: _, reduction: __, dtype: ___, ...options } = config as Readonly<Record<string, unknown>>
    const known = losses as Readonly<Record<string, unknown>>
    const name = Object.keys(known).find(
      (one) => one !== className && plainName(one) === plainName(className),
    )
    return (known[name ?? ''] as RowLoss)(yTrue, yPred, options)
  }
}
