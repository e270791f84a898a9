/** Python texts with what they are to give. */
import type { KnownValue } from '../../../src/keras/fromKeras.ts'
import type { LayersModel } from '../../../src/models/model.ts'

/** A text as tutorials have it, and the same model by this library's own functions. */
export interface Script {
  readonly name: string
  readonly text: string
  readonly values?: Readonly<Record<string, KnownValue>>
  /** Builds and compiles the same model. */
  build(): LayersModel
  readonly fit?: Readonly<Record<string, unknown>>
  readonly data?: Readonly<Record<string, unknown>>
  /** The words of which problems are told, none by default. */
  readonly problems?: readonly string[]
}
