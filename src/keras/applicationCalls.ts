// Networks of `keras.applications`: their models, with random weights, since files are not read with a text, and how they prepare images.

import { type ApplicationTable, type Architecture, makeApplication } from '../applications/application.ts'
import { architectures } from '../applications/architectures.ts'
import * as applications from '../applications/index.ts'
import type { ApplicationOptions } from '../applications/options.ts'
import type { PreprocessInput } from '../applications/preprocessing.ts'
import { toCamelCase, toSnakeCase } from '../formats/config/snakeCase.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Arguments, Unknown, type Value } from '../python/values.ts'
import { ArrayValue } from './arrays.ts'
import { keepArguments, valuesGiven } from './functions.ts'
import { NotKnown } from './problems.ts'
import { LAYER_STEPS, type Reader } from './reader.ts'
import { isTensorValue } from './tensorValue.ts'

/** How images are prepared by the module of a path, `keras.applications.vgg16.preprocess_input`; undefined for other paths. */
export function preprocessingOf(path: string): PreprocessInput | undefined {
  const [, module = ''] = /^keras\.applications\.(\w+)\.preprocess_input$/.exec(path) ?? []
  const found: Readonly<Record<string, unknown>> = Object(Reflect.get(applications, toCamelCase(module)))
  return found.preprocessInput as PreprocessInput | undefined
}

/** Calls a function of `keras.applications`. */
export function callApplication(reader: Reader, path: string, args: Arguments, at: number): Value {
  const architecture = architectures.get(path.split('.').at(-1) ?? '')
  if (architecture) return makeNetwork(reader, architecture, args, at)
  const prepare = preprocessingOf(path)
  const [images = null] = valuesGiven(args)
  if (prepare && isTensorValue(images)) {
    const { isComplete, options } = optionsOf(reader, ['x', 'dataFormat', 'mode'], args)
    if (!isComplete) return new Unknown(path, true)
    return reader.attempt(at, () => {
      reader.act()
      const { x, ...others } = options
      return reader.wrap(prepare(x as SymbolicTensor, others))
    })
  }
  // Data that are prepared have the shape that they had.
  if (prepare && images instanceof ArrayValue && !images.hasNumbers) return images
  const made = new Unknown(path)
  keepArguments(made, path, args)
  return made
}

/** What an option leads to that is not known, where a network is made all the same. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  inputShape: ': the network takes images of any size',
  weights: ': the weights are drawn',
}

/** Arguments as options; those that are not known, and need not be, are problems, and left out. */
function optionsOf(
  reader: Reader,
  order: readonly string[],
  args: Arguments,
): { readonly isComplete: boolean; readonly options: Readonly<Record<string, unknown>> } {
  const options: [string, unknown][] = []
  let isComplete = true
  for (const [name, [value, place]] of reader.named(args, order.map(toSnakeCase))) {
    const option = toCamelCase(name)
    const consequence = LEFT_OUT[option]
    const read = reader.attempt(place, () => {
      try {
        options.push([option, reader.plain(value)])
      } catch (error) {
        if (consequence === undefined || !(error instanceof NotKnown)) throw error
        reader.unknownAt(error.unknown, place, consequence)
        if (option === 'weights') options.push([option, null])
      }
      return null
    })
    if (read instanceof Unknown) isComplete = false
  }
  return { isComplete, options: Object.fromEntries(options) }
}

function makeNetwork(
  reader: Reader,
  architecture: Architecture<ApplicationTable>,
  args: Arguments,
  at: number,
): Value {
  const { functionName, positional } = architecture
  const { isComplete, options } = optionsOf(reader, positional, args)
  if (!isComplete) return new Unknown(functionName, true)
  return reader.attempt(at, () => {
    reader.act()
    const { model, trained, source } = makeApplication(architecture, options as ApplicationOptions)
    reader.interpreter.budget.spend(LAYER_STEPS * model.layers.length)
    reader.addModel(model)
    if (trained || source !== null) reader.untrained.set(model, { at, word: functionName })
    return reader.wrap(model)
  })
}
