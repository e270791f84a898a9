// The state of Keras 2's optimizers, of which there were three kinds, in the order of Keras 3: iterations, the learning rate where it is
// stored, then the slots.
//
//   Keras 2.0 to 2.3             iterations (Adam and SGD alone, before 2.3), then a slot of all weights after the other; the first
//                                versions had the weights of a slot in the order of their names
//   tf.keras to 2.10, legacy.*   the same, always with iterations; names end in m:0, v:0, …
//   tf.keras from 2.11           as Keras 3, without the learning rate; the first name ends in iteration:0

import type { Variable } from '../../layers/weights/variable.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import { scalingOf } from '../../training/scaling.ts'
import { sizeOf } from '../../util/shape.ts'
import { biasOfInputs, fromCuDNN } from '../cudnn.ts'
import type { StoredArray } from '../storedArray.ts'

const scalar = (value: number): StoredArray => ({ shape: [], dtype: 'float32', data: Float32Array.of(value) })
const isScalar = ({ shape }: StoredArray): boolean => sizeOf(shape) === 1
/** What counts steps, which the first versions had as a float. */
const isCount = (name: string | undefined, array: StoredArray): boolean =>
  isScalar(array) && (array.dtype.startsWith('int') || /(^|\/)iterations(:0)?$/.test(name ?? ''))
const byPath = (a: Variable, b: Variable): number => (a.path < b.path ? -1 : Number(a.path > b.path))

/** @param named The arrays that a file lists, with their names. */
export function legacyState(
  model: StoredModel,
  named: readonly (readonly [name: string, array: StoredArray])[],
  where: string,
): readonly StoredArray[] {
  const arrays = named.map(([, array]) => array)
  const optimizer = model.optimizer && (scalingOf(model.optimizer)?.innerOptimizer ?? model.optimizer)
  const [[name, first] = []] = named
  if (!optimizer || !first || /(^|\/)iteration(:0)?$/.test(name ?? '')) return arrays
  model.buildOptimizer()
  // Ftrl alone made the slots weight by weight.
  const isByWeight = optimizer.className === 'Ftrl'
  const slotNames = [...new Set(optimizer.variables.flatMap(({ slot }) => slot ?? []))]
  const bySlots = slotNames.map((name) => optimizer.variables.filter(({ slot }) => slot === name))
  const isCounted = isCount(name, first)
  const rest = isCounted ? arrays.slice(1) : arrays
  // Nadam had a product of momenta there, which follows from the iterations.
  const count = optimizer.variables.length
  if (optimizer.rule.stored && rest.length > count) rest.shift()
  // Adam without amsgrad had a number for each weight in place of the slots that amsgrad needs.
  if (!rest.slice(count).every(isScalar)) return arrays
  const orders = isByWeight
    ? [optimizer.variables]
    : [bySlots.flat(), bySlots.flatMap((slots) => [...slots].sort(byPath))]
  const fits = ({ shape }: Variable, i: number): boolean => sizeOf(shape) === sizeOf(rest[i]?.shape ?? [])
  const order = orders.find((variables) => variables.every(fits)) ?? orders[0] ?? []
  const found = new Map(order.map(({ path }, i) => [path, rest[i]]))
  for (const name of slotNames) convertSlots(model, name, found, where)
  const slots = optimizer.variables.flatMap(({ path }) => found.get(path) ?? [])
  return [isCounted ? first : scalar(0), ...slots, ...(optimizer.rule.stored ? [scalar(1)] : [])]
}

/** Converts the slots of one name that belong to weights of CuDNN's layers: they lie as these do. */
function convertSlots(
  { parts }: StoredModel,
  name: string,
  found: Map<string, StoredArray | undefined>,
  where: string,
): void {
  for (const layer of parts) {
    const weights = layer.trainableVariables
    const arrays = weights.map(({ path }) => found.get(`${path}/${name}`))
    if (!arrays.every((array) => array !== undefined)) continue
    const converted = fromCuDNN(layer, weights, arrays, where, biasOfInputs)
    weights.forEach(({ path }, i) => {
      found.set(`${path}/${name}`, converted[i])
    })
  }
}
