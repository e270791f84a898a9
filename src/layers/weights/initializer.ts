// What an initializer is, and how a class of them is declared: a table of options and a function that fills an array, in float64
// rounded to float32.

import { type Constructor, constructorOf } from '../../util/constructorOf.ts'
import { Generator } from '../../util/generator.ts'
import type { Identified } from '../../util/identified.ts'
import { type Config, type OptionTable, readOptions } from '../../util/options.ts'
import { namedArguments } from '../../util/positional.ts'
import { nextSeed } from '../../util/seed.ts'
import { checkSize, type Shape } from '../../util/shape.ts'
import { allocate, type NestedArray, type NumericArray, type Tensor } from '../../util/tensor.ts'
import type { OwnInitializers } from '../own/ownNames.ts'
import type { InitializerName } from './getInitializer.ts'

/**
 * Makes the first values of a weight, row by row; `generator` serves those that were given no seed of their own, by default one of the
 * session's.
 */
export interface Initializer {
  (shape: Shape, generator?: Generator): Float32Array
  /** Keras's class name, `GlorotUniform`. */
  readonly className: string
  /** Every option, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>
  /** The options, from which `fromConfig` of the class makes an equal initializer. */
  getConfig(): Readonly<Record<string, unknown>>
  /** @internal The user's own as configs have it; throws for a function that is not registered. */
  reference?(): object
  /** Refuses a shape that it cannot fill: a weight is drawn when it is first needed, and wrong when it is made. */
  check(shape: Shape): void
}

/** First values: nested arrays or a tensor of the weight's shape, or a typed array of as many numbers, row by row. */
export type InitialValues = NestedArray | NumericArray | Tensor

/**
 * An initializer of one's own. It runs in JavaScript when the values are needed: never, if a file gives others. Draws of `random` in it follow
 * from the weight's own seed.
 *
 * @param shape The weight's shape.
 * @param dtype Always `'float32'`.
 */
export type InitializerFunction = (shape: Shape, dtype: 'float32') => InitialValues

/**
 * What a layer's `kernelInitializer` and the like accept: Keras's name or a registered one, an initializer, a function of one's own, or a
 * file's config. An initializer has the members of a config: were it named beside a function, editors could not type `(shape) => …`.
 */
export type InitializerIdentifier = InitializerName | keyof OwnInitializers | InitializerFunction | Identified

/** The initializers that were made here, by which other functions are told from them. */
export const made = new WeakSet<object>()

export const isMade = (value: unknown): value is Initializer => typeof value === 'function' && made.has(value)

/** Reads initializers of the user's own, on pages that have what these are made of. */
export let readOwn: ((identifier: unknown, where: string) => Initializer | undefined) | null = null

/** Lets options take initializers of the user's own; called by the modules that these are made with. */
export const allowOwn = (read: typeof readOwn): void => {
  readOwn = read
}

/** Fills an array with first values. */
export type Fill = (out: Float32Array, shape: Shape, generator: Generator) => void

/** A class of initializers: called with options it makes one. */
export interface InitializerClass<Options, Args extends readonly unknown[] = [options?: Options]>
  extends Constructor<Args, Initializer> {
  /** Keras's name of the class. */
  readonly className: string
}

/* @__NO_SIDE_EFFECTS__ */
export function defineInitializer<Table extends OptionTable>(
  className: string,
  table: Table,
  prepare: (config: Config<Table>) => Fill,
  checkShape?: (shape: Shape, config: Config<Table>) => void,
  positional: readonly string[] = [],
): InitializerClass<object, readonly unknown[]> {
  const make = constructorOf(className, (...given: readonly unknown[]): Initializer => {
    const config = readOptions(className, table, namedArguments(className, positional, given))
    const check = (shape: Shape): void => {
      checkSize(className, 'a weight', shape)
      checkShape?.(shape, config)
    }
    const fill = prepare(config)
    const initializer = (shape: Shape, generator = new Generator(nextSeed())): Float32Array => {
      check(shape)
      const out = allocate(className, shape)
      const { seed }: { readonly seed?: unknown } = config
      fill(out, shape, typeof seed === 'number' ? new Generator(seed) : generator)
      return out
    }
    made.add(initializer)
    return Object.assign(initializer, { className, config, check, getConfig: () => config })
  })
  return Object.assign(make, { className })
}
