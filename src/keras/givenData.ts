// What a text does to layers with data: weights that it sets, and what a layer learns of them. The user gives the data.

import { Layer } from '../layers/layer.ts'
import { type Arguments, Unknown, type Value } from '../python/values.ts'
import { Tensor } from '../util/tensor.ts'
import { valuesGiven } from './functions.ts'
import { NotKnown } from './problems.ts'
import type { Reader } from './reader.ts'

/** What data are as users write them; what is not known of them is asked for, with what the text does to them. */
function dataOf(
  reader: Reader,
  args: Arguments,
  at: number,
  { message, form }: { readonly message: string; readonly form: string },
): { readonly data: unknown } | null {
  const [value = null] = valuesGiven(args)
  try {
    return { data: reader.plain(value) }
  } catch (error) {
    if (!(error instanceof NotKnown)) throw error
    const { unknown } = error
    if (!unknown.isReported) reader.interpreter.askFor(at, unknown.word, message, form)
    return null
  }
}

interface Adapting {
  adaptTo(data: unknown): Promise<void> | null
}

const isAdapting = (layer: object): layer is Adapting => 'adaptTo' in layer

/** `layer.adapt(data)`. */
export function adapt(reader: Reader, layer: Layer, args: Arguments, at: number): Value {
  if (!isAdapting(layer))
    return reader.interpreter.problem(at, 'is a method of layers that learn of data before a model trains')
  return reader.attempt(at, () => {
    const message = 'the data are not here: call await layer.adapt(data) before the model is trained'
    const given = dataOf(reader, args, at, { message, form: '[...]' })
    // What a text or a user gives are arrays, which are read when the call returns.
    if (given) void layer.adaptTo(given.data)
    return null
  })
}

/** How the weights of a layer are written as far as its options say their shapes. */
function formOf({ config, className }: Layer): string {
  const { inputDim, outputDim } = config as { readonly inputDim?: number; readonly outputDim?: number }
  return `{ shape: [${className === 'Embedding' ? `${inputDim}, ${outputDim}` : '...'}], data: [...] }`
}

/** The weights of a layer, which a text copies to another. */
export class WeightsOf extends Unknown {
  readonly layer: Layer

  constructor(layer: Layer, word = `${layer.name}.get_weights()`) {
    super(word)
    this.layer = layer
  }

  override called(name: string): WeightsOf {
    return new WeightsOf(this.layer, name)
  }
}

/** `layer.set_weights([kernel, bias])`: once the text is read, since layers have their weights when they are called. */
export function setWeights(reader: Reader, layer: Layer, args: Arguments, at: number): Value {
  const [value = null] = valuesGiven(args)
  if (value instanceof WeightsOf) {
    // A model that is given may have been trained: a device has its weights then.
    const isElsewhere = value.layer.weightVariables.some(({ home }) => home !== null)
    if (reader.isTrained || isElsewhere)
      return reader.interpreter.problem(
        at,
        'copies weights that are not trained yet: call setWeights(await source.getWeights()) here once they are',
      )
    reader.weights.push({ layer, values: value.layer, at })
    return null
  }
  const message = 'the weights are not in the text'
  const given = dataOf(reader, args, at, { message, form: formOf(layer) })
  if (given) reader.weights.push({ layer, values: given.data, at })
  return null
}

/** Arrays of weights, or those that a layer is made with. */
function valuesOf(given: unknown): readonly unknown[] {
  if (given instanceof Layer) return given.weightVariables.map(({ value, shape }) => new Tensor(value, shape))
  return Array.isArray(given) ? given : [given]
}

/** Sets the weights that a text sets. */
export function setAllWeights(reader: Reader): void {
  for (const { layer, values, at } of reader.weights)
    reader.attempt(at, () => {
      const { length } = layer.weightVariables
      const list = valuesOf(values)
      if (length === 0)
        return reader.interpreter.problem(
          at,
          'sets weights of a layer that has none yet: give its model an input shape',
        )
      if (length !== list.length)
        return reader.interpreter.problem(at, `gives ${list.length} arrays to a layer of ${length} weights`)
      layer.setWeights(list)
      return null
    })
}
