// The arguments of compile as Keras's files have them.

import { describeValue } from '../../errors.ts'
import { registeredClass } from '../../layers/classNames.ts'
import type { CompileOptions } from '../../models/compileOptions.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import type { NamedClass } from '../../training/identifiers.ts'
import { Optimizer } from '../../training/optimizer.ts'
import { scalingOf } from '../../training/scaling.ts'
import { mapValues } from '../../util/mapValues.ts'
import { isOptions } from '../../util/options.ts'
import { failFormat } from '../formatError.ts'
import { classInFiles } from './classInFiles.ts'
import { executionOf } from './execution.ts'
import { functionConfig } from './functions.ts'
import type { Json, JsonObject } from './json.ts'
import { lossInKeras, metricInKeras, metricOfClass } from './kerasNames.ts'
import { toSnakeCase } from './snakeCase.ts'
import { warnOfClass } from './unregistered.ts'

/** The modules of Keras whose classes the arguments of compile are. */
type Module = 'keras.losses' | 'keras.metrics' | 'keras.optimizers' | 'keras.optimizers.schedules'

const serialized = (module: Module | '', className: string, config: JsonObject): JsonObject => ({
  ...classInFiles(module, className),
  config,
})

/** The compile settings of a model; null if it is not compiled. */
export function compileConfigOf(model: StoredModel, where: string): JsonObject | null {
  const { compileOptions: options, optimizer } = model
  if (!options || !optimizer) return null
  const { loss, metrics, weightedMetrics } = judgesConfig(options, where)
  return {
    optimizer: optimizerConfig(optimizer, `${where}, optimizer`),
    loss,
    loss_weights: ('lossWeights' in options ? options.lossWeights : null) as Json,
    metrics,
    weighted_metrics: weightedMetrics,
    ...executionOf(options),
  }
}

type Judges = Pick<CompileOptions, 'loss' | 'metrics' | 'weightedMetrics'>

/** Losses and metrics. */
function judgesConfig(options: Judges, where: string): Readonly<Record<keyof Judges, Json>> {
  const written = (module: Module, what: keyof Judges): Json =>
    writeGiven(module, options[what], `${where}, ${what}`)
  return {
    loss: written('keras.losses', 'loss'),
    metrics: written('keras.metrics', 'metrics'),
    weightedMetrics: written('keras.metrics', 'weightedMetrics'),
  }
}

/**
 * Options of `compile` in which optimizers, losses and metrics are as files have them, for where these themselves cannot go;
 * `compileOptionsOf` reads them.
 *
 * @throws {RecurraError} for what a file cannot name.
 */
export function portableCompileOptions(options: CompileOptions, where: string): object {
  const { optimizer } = options
  const written =
    optimizer instanceof Optimizer
      ? optimizerConfig(optimizer, `${where}, optimizer`)
      : writeGiven('keras.optimizers', optimizer, `${where}, optimizer`)
  return { ...options, optimizer: written ?? undefined, ...judgesConfig(options, where) }
}

/** What a constructor made, or a class of the user's: a loss, a metric, a schedule. */
interface Made {
  readonly className: string
  readonly config?: Readonly<Record<string, unknown>>
  getConfig?(): Readonly<Record<string, unknown>>
}

const isMade = (value: unknown): value is Made =>
  (typeof value === 'object' || typeof value === 'function') &&
  value !== null &&
  'className' in value &&
  // A function of the namespace losses or metrics has a name as well.
  !('names' in value) &&
  // A function of a Python text is one, whatever its name.
  !('isOfText' in value) &&
  typeof value.className === 'string'

/**
 * Whether a class of the user's own made it. All that Keras has is told by `getConfig`, too. Classes of one's own inherit `fromConfig`,
 * which the classes behind Keras's constructors lack, but for schedules, whose constructors have Keras's name.
 */
const isOwn = (made: Made): boolean => 'fromConfig' in made.constructor && !('className' in made.constructor)

function writeMade(module: Module, made: Made, where: string): JsonObject {
  const { className } = made
  if (isOwn(made)) warnOfClass(className)
  const config = writeConfig(made.getConfig?.() ?? made.config ?? {}, where)
  // A class of the user's own is of no module of Keras.
  return serialized(registeredClass(className) ? '' : module, className, config)
}

/** What is given by name, made by a constructor, or in lists and objects of these. */
function writeGiven(module: Module, given: unknown, where: string): Json {
  if (given === null || given === undefined) return null
  if (typeof given === 'string') return nameInKeras(module, given)
  if (Array.isArray(given)) return given.map((one: unknown) => writeGiven(module, one, where))
  if (isMade(given)) return writeMade(module, given, where)
  if (isClass(given)) return classInKeras(module, given)
  if (isPlainFunction(given)) return functionConfig(given, where, WITHOUT)
  if (isOptions(given)) return mapValues(given, (one) => writeGiven(module, one, where))
  return refuse(given, where)
}

const nameInKeras = (module: Module, name: string): Json =>
  module === 'keras.losses' ? lossInKeras(name) : module === 'keras.metrics' ? metricInKeras(name) : name

/** Whether a value is a class in the place of what it makes without options. */
const isClass = (given: unknown): given is NamedClass<unknown> =>
  typeof given === 'function' && 'names' in given && Array.isArray(given.names) && given.names.length > 0

function classInKeras(module: Module, { names: [className = ''] }: NamedClass<unknown>): Json {
  return module === 'keras.metrics' ? metricOfClass(className) : serialized(module, className, {})
}

/** What can be done with what a file cannot have. */
const WITHOUT = ', or save with { compile: false } and compile after loading'

const isPlainFunction = (given: unknown): given is () => unknown => typeof given === 'function'

const refuse = (given: unknown, where: string): never =>
  failFormat(where, {
    expected: 'what a file can name',
    got: describeValue(given),
    remedy: 'Save with { compile: false }, and compile after loading.',
  })

/** Options in Keras's spelling. */
function writeConfig(config: Readonly<Record<string, unknown>>, where: string): JsonObject {
  const entries = Object.entries(config).map(([name, value]): [string, Json] => {
    const at = `${where}, ${name}`
    const written = isMade(value)
      ? writeMade('keras.optimizers.schedules', value, at)
      : isPlainFunction(value)
        ? functionConfig(value, at, WITHOUT)
        : (value as Json)
    return [toSnakeCase(name), written]
  })
  return Object.fromEntries(entries)
}

function optimizerConfig(optimizer: Optimizer, where: string): JsonObject {
  const scaling = scalingOf(optimizer)
  if (scaling) {
    const { innerOptimizer: _, learningRate: _rate, ...own } = optimizer.config
    const config = {
      ...writeConfig(own, where),
      inner_optimizer: optimizerConfig(scaling.innerOptimizer, where),
    }
    return serialized('keras.optimizers', optimizer.className, config)
  }
  const { learningRate } = optimizer.config
  // A rate that was set since is what training goes on with; a schedule goes on by itself.
  const rate = typeof learningRate === 'number' ? Math.fround(optimizer.learningRate) : learningRate
  const config = writeConfig({ ...optimizer.config, learningRate: rate }, where)
  return serialized('keras.optimizers', optimizer.className, config)
}
