// Models by Keras's names.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import { type Copying, copyModel, isCopied } from '../models/cloning.ts'
import type { ModelEnds } from '../models/functional.ts'
import { LayersModel } from '../models/model.ts'
import { Model } from '../models/modelClass.ts'
import { Sequential } from '../models/sequential.ts'
import { type Arguments, List, Tuple, Unknown, type Value } from '../python/values.ts'
import { valuesGiven } from './functions.ts'
import { addLayer } from './modelMethods.ts'
import type { Reader } from './reader.ts'

/** Makes the model of a call. */
export function makeModel(reader: Reader, name: string, args: Arguments, at: number): Value {
  if (name === 'Sequential') return makeSequential(reader, args, at)
  if (name === 'Model' || name === 'Functional') return makeFunctional(reader, args, at)
  if (name === 'clone_model') return makeClone(reader, args, at)
  return isLoading(name) ? loaded(reader, args, at) : new Unknown(name)
}

const isLoading = (name: string): boolean => /^(load_model|model_from_\w+)$/.test(name)

/** A copy of a model of the text; one of a class has that class's own arguments. */
function makeClone(reader: Reader, args: Arguments, at: number): Value {
  const given = reader.named(args, ['model', 'input_tensors', 'clone_function', 'call_function', 'recursive'])
  const [model = null, place = at] = given.get('model') ?? []
  // One that is not known is asked for as those of files are.
  if (model instanceof Unknown) return loaded(reader, args, at)
  return reader.attempt(place, () => {
    const source = reader.plain(model)
    if (!(source instanceof LayersModel))
      return reader.interpreter.problem(place, 'copies models alone: call it on a Sequential or a Model')
    given.delete('model')
    const [calling = null, called = at] = given.get('call_function') ?? []
    if (calling !== null)
      reader.interpreter.problem(
        called,
        'is not here: the layers of a copy are called as those of the model are',
      )
    given.delete('call_function')
    const options = reader.options([...given].map(([name, value]) => [toCamelCase(name), value]))
    if (!options) return new Unknown('clone_model', true)
    reader.act()
    const { cloneFunction = null, inputTensors = null, recursive = false } = options as Partial<Copying>
    const copy = isCopied(source, cloneFunction)
      ? copyModel('clone_model', source, {
          cloneFunction,
          inputTensors: inputTensors && [inputTensors].flat(),
          recursive,
        })
      : (source.clone({ name: source.name }) as LayersModel)
    if (reader.incomplete.has(source)) reader.incomplete.add(copy)
    reader.addModel(copy)
    return reader.wrap(copy)
  })
}

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
    const model: LayersModel = Model(inputs as ModelEnds, outputs as ModelEnds, others)
    reader.addModel(model)
    return reader.wrap(model)
  })
}
