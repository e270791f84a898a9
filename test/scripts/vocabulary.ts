// What public scripts call of Keras, and whether it is here. Each of the recorded scripts makes a model with recurrent layers; of its
// text only the names that it calls are kept, with the names of their arguments.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as applications from '../../src/applications.ts'
import * as data from '../../src/data.ts'
import { plainName } from '../../src/errors.ts'
import { toCamelCase } from '../../src/formats/config/snakeCase.ts'
import * as formats from '../../src/formats.ts'
import * as api from '../../src/index.ts'
import { presentName } from '../../src/keras/olderNames.ts'
import { classOfToday } from '../../src/keras/oldLayers.ts'
import { operationOf } from '../../src/keras/operationCalls.ts'
import { layerDefinitions } from '../../src/layers/callable.ts'
import * as node from '../../src/node.ts'
import type { OptionTable } from '../../src/util/options.ts'
import { kerasApi } from '../support/kerasApi.ts'
import { isRefused } from '../support/optionKinds.ts'
import { ABSENT, GONE, MODULES, OF_PYTHON, OF_THE_TEXT, RENAMED } from './reasons.ts'

interface Recorded {
  /** `layers.LSTM return_sequences,units`: a name of Keras, with the arguments that are given by name; `.fit epochs`: a method. */
  readonly calls: readonly string[]
  /** The calls of each script, as places in `calls`. */
  readonly scripts: readonly (readonly number[])[]
}

const recorded: Recorded = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/scripts.json.gz', import.meta.url))).toString(),
)

/** Each answer once. */
function once<T>(answer: (key: string) => T): (key?: string) => T {
  const all = new Map<string, T>()
  return (key = '') => {
    const known = all.get(key) ?? answer(key)
    all.set(key, known)
    return known
  }
}

type Names = Readonly<Record<string, unknown>>

/** Where the names of a module of Keras are exported here; all others are looked for everywhere. */
const NAMESPACES: Readonly<Record<string, readonly Names[]>> = {
  losses: [api.losses],
  metrics: [api.metrics],
  optimizers: [api.optimizers, api],
  callbacks: [api.callbacks],
  initializers: [api.initializers],
  regularizers: [api.regularizers],
  constraints: [api.constraints],
  random: [api.random],
  config: [api.config],
  applications: [applications],
  ...Object.fromEntries(Object.entries(data.datasets).map(([name, names]) => [name, [names]])),
}
const EVERYWHERE: readonly Names[] = [api, data, node, formats]

const compiled = () => {
  const model = api.Sequential([api.Dense(1, { inputShape: [1] })])
  model.compile({ loss: 'mse' })
  return model
}

type Asked = (options: Record<string, unknown>) => unknown

/** How functions that take more than options are called with options. */
const CALLS: Readonly<Record<string, Asked>> = {
  '.fit': (options) => compiled().fit([[1]], [[1]], options),
  '.evaluate': (options) => compiled().evaluate([[1]], [[1]], options),
  '.predict': (options) => compiled().predict([[1]], options),
  '.compile': (options) => compiled().compile(options),
  'data.pad_sequences': (options) => data.padSequences([[1]], options),
  'data.TimeseriesGenerator': (options) =>
    new data.TimeseriesGenerator([1, 2], [1, 2], { length: 1, ...options }),
  'data.timeseries_dataset_from_array': (options) =>
    data.timeseriesDatasetFromArray([1, 2], [1, 2], { sequenceLength: 1, ...options }),
  'data.text_dataset_from_directory': (options) => node.textDatasetFromDirectory('texts', options),
  'models.load_model': (options) => api.loadModel('model.keras', options),
  'imdb.load_data': (options) => data.datasets.imdb.loadData(options),
  'reuters.load_data': (options) => data.datasets.reuters.loadData(options),
}

/** Names of arguments that are no options: data, and what a function's name stands before. */
const DATA = ['x', 'y', 'generator', 'sequences', 'data', 'targets', 'model', 'filepath', 'directory']

/** Arguments that say how Python runs a model, and nothing of what the model or its training is. */
const HOW =
  /^(implementation|consume_less|unroll|max_q(ueue)?_size|use_multiprocessing|workers|nb_worker|pickle_safe|run_eagerly|jit_compile|class_mode|show_accuracy)$/

/** The options that an error names which an option of no name causes; undefined where it says something else. */
async function optionsOf(call: Asked): Promise<ReadonlySet<string> | undefined> {
  try {
    await call({ noOption: 1 })
  } catch (error) {
    const names = /only the options? (.*?), got/.exec(String(error))?.[1]
    return names === undefined ? undefined : new Set(names.split(', '))
  }
  return undefined
}

/** The options of a layer that say something. */
function optionsOfLayer(name: string): ReadonlySet<string> | undefined {
  const table = layerDefinitions.get(name === 'Input' ? 'InputLayer' : name)?.table
  if (!table) return undefined
  const taken = Object.entries<OptionTable[string]>(table).filter(([, option]) => !isRefused(option))
  return new Set([
    ...taken.map(([option]) => option),
    'inputShape',
    'batchShape',
    'batchSize',
    'name',
    'dtype',
    'trainable',
  ])
}

/** What each module exports, by plain names. */
const exportsOf = once((module: string): ReadonlyMap<string, unknown> => {
  const all = (NAMESPACES[module] ?? EVERYWHERE).flatMap((names) => Object.entries(names))
  // The first namespace that has a name is asked for it.
  return new Map(all.reverse().map(([name, exported]) => [plainName(name), exported]))
})

const isExported = (module: string, name: string): unknown => exportsOf(module).get(plainName(name))

const OBJECTS = [compiled(), new data.Tokenizer(), api.TextVectorization(), data.Tokenizer]

/** Whether it is a method of models or of a data helper. */
const isMethod = (name: string): boolean => OBJECTS.some((object) => toCamelCase(name) in object)

/** The options of a function or a class; undefined where its arguments are given by place, or it has none. */
const optionsOfCall = once(async (key: string): Promise<ReadonlySet<string> | undefined> => {
  const [module = '', name = ''] = key.split('.')
  if (module === 'layers') return optionsOfLayer(name)
  const call = CALLS[key]
  if (call) return optionsOf(call)
  const exported = isExported(module, name)
  const isClass = module !== 'ops' && /^[A-Z]/.test(name) && typeof exported === 'function'
  return isClass ? optionsOf(exported as Asked) : undefined
})

async function missingArguments(key: string, given: readonly string[]): Promise<string[]> {
  const options = await optionsOfCall(key)
  if (!options) return []
  const isTaken = (argument: string): boolean =>
    DATA.includes(argument) ||
    HOW.test(argument) ||
    [toCamelCase(argument), presentName(argument) ?? ''].some((option) => options.has(option))
  return given
    .filter((argument) => !isTaken(argument))
    .map((argument) => `${key} ${argument}`)
    .filter((what) => !(what in GONE) && !OF_THE_TEXT.test(what))
}

/** The module and the name of a recorded call as they are called today; methods have the module ''. */
function placeOf(path: string): { readonly module: string; readonly name: string } {
  // A data set is a module of its own.
  const [first = '', ...rest] = path.replace(/^datasets\./, '').split('.')
  const last = rest.at(-1)
  if (last === undefined) return { module: 'models', name: first }
  const module = MODULES[first] ?? toCamelCase(first)
  if (module !== 'layers') return { module, name: last }
  const today = classOfToday(last)
  return { module, name: today === 'InputLayer' ? 'Input' : (kerasApi.aliases[today] ?? today) }
}

function isHere(module: string, name: string): boolean {
  if (module === '') return isMethod(name)
  const isFunction = ['ops', 'activations'].includes(module) && operationOf(`keras.ops.${name}`) !== undefined
  return isFunction || isExported(module, name) !== undefined
}

/** What is not here of a recorded call: its name, or names with arguments. */
async function missingOf(call: string): Promise<readonly string[]> {
  // What a text extends, its own name says; what it gives to it stands in the calls of the text's class.
  const [path = '', keywords = ''] = call.replace(' extended', '').split(' ')
  const { module, name } = placeOf(path)
  const key = `${module}.${name}`
  if (OF_PYTHON.test(path) || key in RENAMED) return []
  if (!isHere(module, name)) return [key]
  return missingArguments(key, keywords === '' ? [] : keywords.split(','))
}

/** Something that scripts call and that is not here, by its reason. */
export interface Missing {
  readonly reason: string
  /** Names, and names with an argument. */
  readonly calls: readonly string[]
  /** The places of the scripts. */
  readonly scripts: readonly number[]
}

/** What the recorded scripts call that is not here. */
export const missingCalls = once(async (): Promise<readonly Missing[]> => {
  const ofCalls = await Promise.all(recorded.calls.map(missingOf))
  const ofScripts = recorded.scripts.map((calls) => new Set(calls.flatMap((call) => ofCalls[call] ?? [])))
  const all = new Set(ofScripts.flatMap((calls) => [...calls]))
  const unexplained = [...all].filter((call) => !ABSENT.some(({ names }) => names.test(call)))
  if (unexplained.length) throw new Error(`${unexplained.join(', ')}: not here, and no reason says why.`)
  return ABSENT.map(({ names, reason }) => ({
    reason,
    calls: [...all].filter((call) => names.test(call)).sort(),
    scripts: ofScripts.flatMap((calls, i) => ([...calls].some((call) => names.test(call)) ? [i] : [])),
  }))
})

export const scriptCount = recorded.scripts.length

/** The names that scripts call, and each with each of its arguments. */
export const recordedNames: ReadonlySet<string> = new Set(
  recorded.calls.flatMap((call) => {
    const [path = '', keywords = ''] = call.replace(' extended', '').split(' ')
    const { module, name } = placeOf(path)
    const key = `${module}.${name}`
    return [key, ...keywords.split(',').map((argument) => `${key} ${argument}`)]
  }),
)
