// Methods of layers and models that a text calls.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import type { Layer } from '../layers/layer.ts'
import { currentStep } from '../layers/own/stepTrace.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { CompileOptions } from '../models/compileOptions.ts'
import type { LayersModel } from '../models/model.ts'
import { SequentialModel } from '../models/sequential.ts'
import { type Arguments, NativeFunction, Unknown, type Value } from '../python/values.ts'
import { isObject } from '../util/isObject.ts'
import { predictInStep, trainInStep } from './batchTraining.ts'
import { namesForModel } from './callbackArguments.ts'
import { readFit } from './fitArguments.ts'
import { valuesGiven } from './functions.ts'
import { adapt, setWeights, WeightsOf } from './givenData.ts'
import { isModel, type Reader } from './reader.ts'
import { isStateful } from './repeatedFits.ts'

type Method = (reader: Reader, model: LayersModel, args: Arguments, at: number) => Value

/** Puts a layer into a model; one that is not known leaves the model incomplete. */
export function addLayer(reader: Reader, model: LayersModel, value: Value, at: number): void {
  // A layer that is not known is one, of which a loop that adds it is to say how often it does.
  reader.activity++
  const made = reader.attempt(at, () => {
    if (value instanceof Unknown && !value.isReported)
      return (
        reader.interpreter.tellOrigin(value) ??
        reader.askForObject(at, value.word, 'layer', 'is no layer that is known here')
      )
    reader.act()
    // The graph is made anew for each layer that is added.
    reader.interpreter.budget.spend(2 * model.parts.length)
    const layer = reader.plain(value) as Layer | SymbolicTensor
    if (model instanceof SequentialModel) model.add(layer)
    return null
  })
  if (made instanceof Unknown) reader.incomplete.add(model)
}

const COMPILE = ['optimizer', 'loss', 'loss_weights', 'metrics', 'weighted_metrics']
/** Arguments of compile and fit that say how Keras runs, and not what. */
const HOW = [
  'run_eagerly',
  'steps_per_execution',
  'jit_compile',
  'auto_scale_loss',
  'sample_weight_mode',
  'class_mode',
  'theano_mode',
  'target_tensors',
]

function compile(reader: Reader, model: LayersModel, args: Arguments, at: number): Value {
  const given = [...reader.named(args, COMPILE)].filter(([name]) => !HOW.includes(name))
  return reader.attempt(at, () => {
    const options = reader.options(given.map(([name, value]) => [toCamelCase(name), value]))
    if (!options || reader.incomplete.has(model)) return null
    // Keras 2 took one metric without a list.
    for (const name of ['metrics', 'weightedMetrics'])
      if (isOneMetric(options[name])) options[name] = [options[name]]
    if (model.built) options.metrics = forEveryOutput(options.metrics, model.outputs.length)
    reader.activity++
    model.compile(options as CompileOptions)
    return null
  })
}

/** Keras 2 computed a list of metrics for each output; today there is an entry for each output. */
function forEveryOutput(metrics: unknown, outputs: number): unknown {
  const isOfKeras2 =
    Array.isArray(metrics) &&
    metrics.length > 0 &&
    metrics.length !== outputs &&
    outputs > 1 &&
    metrics.every(isOneMetric)
  return isOfKeras2 ? Array.from({ length: outputs }, () => metrics as unknown) : metrics
}

/** A name, a function or an object of a class; lists and dicts hold several. */
const isOneMetric = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'function' ||
  (isObject(value) && ![Array.prototype, Object.prototype].includes(Object.getPrototypeOf(value)))

function fit(reader: Reader, model: LayersModel, args: Arguments, at: number): Value {
  reader.activity++
  const read = readFit(reader, args)
  const place = args.places.get('callbacks') ?? at
  namesForModel(read.options.callbacks, model, (message) => reader.interpreter.problem(place, message))
  const options = reader.repeatedFits.join(reader, model, read.options)
  reader.fit = { ...read, options, model }
  return new Unknown('history')
}

function build(reader: Reader, model: LayersModel, args: Arguments, at: number): Value {
  const [[value, place] = [null, at]] = reader.named(args, ['input_shape']).values()
  return reader.attempt(place, () => {
    const shape = reader.plain(value) as readonly (number | null)[]
    reader.act()
    if ('build' in model && typeof model.build === 'function') model.build(shape)
    return null
  })
}

function save(reader: Reader, model: LayersModel, args: Arguments, at: number): Value {
  if (!reader.interpreter.isReading)
    return reader.interpreter.problem(at, 'writes no file here: give fit a ModelCheckpoint')
  const [path = null] = valuesGiven(args)
  reader.files.save(path, model)
  return null
}

/** What trains a model batch by batch is a fit of it, or a part of the step of a loop. */
function trainOnBatch(reader: Reader, model: LayersModel, args: Arguments, at: number): Value {
  if (reader.customModel) return trainInStep(reader, model, args, at)
  if (reader.interpreter.isReading) reader.customLoops.addBatch(reader, model, args, at)
  return new Unknown('train_on_batch')
}

const predict: Method = (reader, model, args, at) =>
  reader.customModel ? predictInStep(reader, model, args, at) : new Unknown('predict')

/** Methods that change what comes out. All others are of data and of files: their results are not known. */
const methods: Readonly<Record<string, Method>> = {
  add(reader, model, args, at) {
    const [[layer, place] = [null, at]] = reader.named(args, ['layer']).values()
    addLayer(reader, model, layer, place)
    return null
  },
  pop(reader, model, _, at) {
    return reader.attempt(at, () => {
      if (model instanceof SequentialModel) model.pop()
      return null
    })
  },
  compile,
  add_loss: (reader, _, __, at) =>
    reader.interpreter.problem(
      at,
      'adds to the loss of a model that has no tensors yet: call self.add_loss(...) in the call of a layer of your own',
    ),
  add_metric: (reader, _, __, at) =>
    reader.interpreter.problem(
      at,
      'tells of a tensor of the model what Keras 3 does no longer: make it an output, or give compile a metric',
    ),
  fit,
  fit_generator: fit,
  train_on_batch: trainOnBatch,
  predict,
  predict_on_batch: predict,
  build,
  load_weights(reader, _, args, at) {
    const [path = null] = valuesGiven(args)
    if (reader.files.find(path, reader.fit?.model ?? null)) return null
    return reader.interpreter.problem(
      at,
      'weights of files are not read: call await model.loadWeights(file) once the text is read',
    )
  },
  save,
  save_weights: save,
  set_weights: setWeights,
  // Data that a layer learns words or moments of.
  adapt,
}

/** Methods without an effect on what comes out. */
const WITHOUT_EFFECT = [
  'evaluate',
  'predict_classes',
  'test_on_batch',
  'summary',
  'get_config',
  'to_json',
  'reset_metrics',
]

const ofModels: readonly string[] = Object.keys(methods).filter(
  (name) => !['set_weights', 'adapt', 'add_loss'].includes(name),
)

/** Resets states: at once where a hook of a training does, and in a text that is read between the fits of a loop. */
function resetStates(reader: Reader, layer: Layer, at: number): Value {
  if (!isStateful(layer)) return null
  if (currentStep())
    return reader.interpreter.problem(
      at,
      'resets states in a step, which is one graph for all batches: reset them in a callback, or between epochs',
    )
  if (reader.interpreter.isReading) reader.repeatedFits.reset(reader, layer)
  else layer.resetStates()
  return null
}

/** A method of a layer or a model by its name in Keras; undefined for others. */
export function methodOf(reader: Reader, layer: Layer, name: string): Value | undefined {
  if (WITHOUT_EFFECT.includes(name)) return new NativeFunction(name, () => new Unknown(name))
  if (name === 'get_weights') return new NativeFunction(name, () => new WeightsOf(layer))
  if (name === 'reset_states' || name === 'reset_state')
    return new NativeFunction(name, (_, at) => resetStates(reader, layer, at))
  if (name === 'count_params') return new NativeFunction(name, () => countOf(layer))
  if (name === 'get_layer' && isModel(layer))
    return new NativeFunction(name, (args, at) => getLayer(reader, layer, args, at))
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (!method || (ofModels.includes(name) && !isModel(layer))) return undefined
  return new NativeFunction(name, (args, at) => method(reader, layer as LayersModel, args, at))
}

const countOf = (layer: Layer): Value => BigInt(layer.countParams())

function getLayer(reader: Reader, model: LayersModel, args: Arguments, at: number): Value {
  const given = reader.named(args, ['name', 'index'])
  return reader.attempt(at, () => {
    const [name, index] = ['name', 'index'].map((key) => reader.plain(given.get(key)?.[0] ?? null))
    return reader.wrap(model.getLayer((name ?? index) as never))
  })
}
