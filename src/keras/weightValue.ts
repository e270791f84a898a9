// Weights as a model lists them, in steps that a text says: their gradients are asked for, and they are updated.

import type { WeightInfo } from '../layers/weights/weightAccess.ts'
import type { Value } from '../python/values.ts'
import type { Reader } from './reader.ts'
import { shapeTuple } from './tensorValue.ts'
import { KerasObject } from './values.ts'

export class WeightValue extends KerasObject {
  readonly #weight: WeightInfo

  constructor(reader: Reader, weight: WeightInfo) {
    super(reader, weight)
    this.#weight = weight
  }

  override attribute(name: string): Value | undefined {
    const weight = this.#weight
    switch (name) {
      case 'shape':
        return shapeTuple(weight.shape)
      case 'name':
      case 'path':
      case 'dtype':
      case 'trainable':
        return weight[name]
    }
    return undefined
  }
}
