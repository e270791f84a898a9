// Models by Keras's names.

import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { LayersModel } from '../models/model.ts'
import { Model } from '../models/modelClass.ts'
import { Sequential } from '../models/sequential.ts'
import { quoted } from '../python/text.ts'
import { type Arguments, List, Tuple, Unknown, type Value } from '../python/values.ts'
import { placeOfWord } from '../python/words.ts'
import { isOptions } from '../util/options.ts'
import { valuesGiven } from './functions.ts'
import { addLayer } from './modelMethods.ts'
import type { Reader } from './reader.ts'

/** Makes the model of a call. */
export function makeModel(reader: Reader, name: string, args: Arguments, at: number): Value {
  if (name === 'Sequential') return makeSequential(reader, args, at)
  if (name === 'Model' || name === 'Functional') return makeFunctional(reader, args, at)
  return isLoading(name) ? loaded(reader, args, at) : new Unknown(name)
}

const isLoading = (name: string): boolean => /^(load_model|clone_model|model_from_\w+)$/.test(name)

/** A model of a file: one that the text wrote, or that the user gives by the name that the text has for it. */
function loaded(reader: Reader, args: Arguments, at: number): Value {
  const [path = null] = valuesGiven(args)
  const own = reader.files.find(path, reader.fit?.model ?? null)
  if (own) return reader.wrap(own)
  const { interpreter } = reader
  const word = interpreter.wordAt(at)
  const unknown = new Unknown(word, true)
  reader.loads.set(unknown, { at, word })
  return unknown
}

function makeSequential(reader: Reader, args: Arguments, at: number): Value {
  const given = reader.named(args, ['layers', 'trainable', 'name'])
  const [list = null, place = at] = given.get('layers') ?? []
  given.delete('layers')
  const options = reader.options(given)
  if (!options) return new Unknown('Sequential', true)
  return reader.attempt(at, () => {
    reader.act()
    const model: LayersModel = Sequential([], options)
    reader.addModel(model)
    if (list instanceof List || list instanceof Tuple)
      for (const layer of list.items) addLayer(reader, model, layer, place)
    else if (list !== null) {
      reader.incomplete.add(model)
      if (list instanceof Unknown) return reader.unknownAt(list, place)
      return reader.interpreter.problem(place, 'is no list of layers')
    }
    return reader.wrap(model)
  })
}

function makeFunctional(reader: Reader, args: Arguments, at: number): Value {
  const given = reader.named(args, ['inputs', 'outputs', 'name'])
  for (const name of ['input', 'output']) {
    const value = given.get(name)
    if (value) given.set(`${name}s`, value)
    given.delete(name)
  }
  const options = reader.options(given)
  if (!options) return new Unknown('Model', true)
  return reader.attempt(at, () => {
    reader.act()
    const { inputs, outputs, ...others } = options
    const listed = (end: string, value: unknown): never =>
      listOfNamed(reader, end, value, given.get(end)?.[1] ?? at) as never
    const model: LayersModel = Model(listed('inputs', inputs), listed('outputs', outputs), others)
    reader.addModel(model)
    return reader.wrap(model)
  })
}

/** Tensors of a dict as a list: here their names are those of their layers, and other keys are a problem. */
function listOfNamed(reader: Reader, end: string, value: unknown, at: number): unknown {
  if (!isOptions(value)) return value
  const tensors = Object.entries(value)
  for (const [key, tensor] of tensors) {
    const name = tensor instanceof SymbolicTensor ? tensor.layer.name : key
    if (name === key) continue
    const remedy = `Give that layer name=${quoted(key)}, or give data by ${quoted(name)}`
    reader.interpreter.problem(
      placeOfWord(reader.interpreter.text, quoted(key), at),
      `${end} go by the names of their layers, and this one's is ${quoted(name)}. ${remedy}.`,
      quoted(key),
    )
  }
  return tensors.map(([, tensor]) => tensor)
}
