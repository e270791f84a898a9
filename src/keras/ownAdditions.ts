// What a class of a text adds to its layer: weights, and losses of its call.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import { type Arguments, Unknown, type Value } from '../python/values.ts'
import { valuesGiven } from './functions.ts'
import type { Reader } from './reader.ts'

/** Adds a loss, or several, as a `call` finds it. */
export const addLoss = (reader: Reader, target: object, args: Arguments, at: number): Value =>
  reader.attempt(at, () => {
    const [loss = null] = valuesGiven(args)
    const layer = target as { addLoss(loss: unknown): void }
    for (const one of [reader.plain(loss)].flat()) layer.addLoss(one)
    return null
  })

/** Adds a weight. */
export function addWeight(reader: Reader, target: object, args: Arguments, at: number): Value {
  // Keras 2 had the name first.
  const isOld = typeof args.placed[0] === 'string'
  const order = isOld
    ? ['name', 'shape', 'dtype', 'initializer', 'regularizer', 'trainable']
    : ['shape', 'initializer', 'dtype', 'trainable']
  const given = [...reader.named(args, order)].map(([name, value]) => [toCamelCase(name), value] as const)
  return reader.attempt(at, () => {
    const options = reader.options(given.filter(([name]) => !HOW_WEIGHTS_LIE.includes(name)))
    if (!options) return new Unknown('add_weight', true)
    const layer = target as { addWeight(options: object): object }
    return reader.wrap(layer.addWeight(options))
  })
}

/** Options of weights that say where and how they lie, and not what they are. */
const HOW_WEIGHTS_LIE = [
  'autocast',
  'experimentalAutocast',
  'aggregation',
  'synchronization',
  'partitioner',
  'useResource',
  'overwriteWithGradient',
]
