// What a text draws for a variable to begin with: numbers that are not known, but how they are drawn is.

import type { Initializer } from '../layers/weights/initializer.ts'
import { Unknown } from '../python/values.ts'

/** Numbers of a shape that an initializer draws. */
export class InitialNumbers extends Unknown {
  readonly shape: readonly number[]
  readonly initializer: Initializer

  constructor(word: string, shape: readonly number[], initializer: Initializer) {
    super(word)
    this.shape = shape
    this.initializer = initializer
  }

  override called(name: string): InitialNumbers {
    return new InitialNumbers(name, this.shape, this.initializer)
  }
}
