// Models of TensorFlow.js's tests: read as its files are, then predicted, evaluated and trained.

import { isJsonObject, type Json, type JsonObject } from '../../src/formats/config/json.ts'
import { compileOptionsFrom } from '../../src/formats/config/readCompile.ts'
import { keysToSnakeCase, toSnakeCase } from '../../src/formats/config/snakeCase.ts'
import { compileConfigOfOlder } from '../../src/formats/keras/olderCompile.ts'
import { configOfOlder } from '../../src/formats/keras/olderConfig.ts'
import type { KerasConfig } from '../../src/formats/kerasConfig.ts'
import { type CallableModel, type LossFunction, modelFromConfig, ops, type Tensor } from '../../src/index.ts'
import {
  type Expected,
  isNumbers,
  type ModelCase,
  type ModelStep,
  type ModelsCase,
  type Numbers,
  tensorOf,
} from './cases.ts'
import { foundOf } from './measures.ts'
import { compare, compareOutput, disagree, Missing, type Outcome } from './outcome.ts'

type Values = Tensor | readonly Values[] | { readonly [name: string]: Values }
type History = Readonly<Record<string, readonly number[] | undefined>>

/** Data as models take them; one in a list is that one. */
function valuesOf(given: unknown): Values | undefined {
  if (given === null || given === undefined) return undefined
  if (isNumbers(given)) return tensorOf(given)
  if (typeof given !== 'object') throw new Missing('the data were not recorded')
  if (Array.isArray(given)) return given.length === 1 ? valuesOf(given[0]) : (given.map(valuesOf) as Values[])
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, valuesOf(value) as Values]))
}

/** A model with the weights that it had, and which of these each of its weights is: TensorFlow.js lists those first that learn. */
interface Made {
  readonly model: CallableModel
  readonly order: readonly number[]
}

async function modelOf({ config, before }: ModelStep): Promise<Made> {
  if (!config || 'error' in config) throw new Missing('the model was not recorded')
  const { class_name: className, config: layers } = config
  const listed = className === 'Sequential' && Array.isArray(layers) ? { layers } : layers
  const written = configOfOlder({ ...config, config: listed as Json } as JsonObject, 'peers')
  const model = await modelFromConfig(written)
  const names = (before ?? []).map(({ name }) => name)
  const taken = new Set<number>()
  const order = model.weights.map(({ path }, i) => {
    const parts = path.split('/')
    const at = names.findIndex((name, k) => !taken.has(k) && parts.includes(name.split('/')[0] as string))
    taken.add(at)
    return at < 0 ? i : at
  })
  if (before) model.setWeights(order.map((at) => tensorOf(before[at] as Numbers)))
  return { model, order }
}

/** Functions that tests give as losses, by their names there. */
const OWN_LOSSES: Readonly<Record<string, LossFunction>> = {
  '[function absDiffLoss]': (yTrue, yPred) => ops.mean(ops.abs(ops.subtract(yTrue, yPred)), -1),
}

/** Names of losses and metrics in Keras's words, wherever they are. */
const named = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(named)
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, named(inner)]))
  if (typeof value !== 'string') return value
  if (value in OWN_LOSSES) return value
  if (value.startsWith('[function')) throw new Missing('a function of the test was not recorded')
  return value === 'cosineProximity' ? 'cosine_similarity' : toSnakeCase(value)
}

async function compiled({ model }: Made, { compiled: given, config }: ModelStep): Promise<void> {
  if (!given) throw new Missing('compile was not recorded')
  const { className, config: options } = given.optimizer
  const { useNesterov, ...others } = options
  const optimizer = useNesterov === undefined ? others : { ...others, nesterov: useNesterov }
  let metrics = named(given.metrics)
  // A flat list was for every output.
  const isFlat = Array.isArray(metrics) && metrics.every((metric) => typeof metric === 'string')
  if (isFlat && model.outputs.length > 1) metrics = model.outputs.map(() => metrics)
  const isNone = metrics === null || (typeof metrics === 'object' && Object.keys(metrics).length === 0)
  const older: JsonObject = {
    optimizer: { class_name: className, config: keysToSnakeCase(optimizer) as JsonObject },
    loss: named(given.loss),
    metrics: isNone ? null : metrics,
  }
  const own = OWN_LOSSES[older.loss as string]
  const today = compileConfigOfOlder(
    { ...older, loss: own ? 'mse' : (older.loss as Json) },
    config as unknown as KerasConfig,
  )
  const read = await compileOptionsFrom(today, model, 'peers')
  model.compile({ ...read, ...(own ? { loss: own } : {}) })
}

/** Options of TensorFlow.js's `fit` and `evaluate` in Keras's words. */
function optionsOf(given: Readonly<Record<string, unknown>>) {
  const { batchesPerEpoch, batches, validationBatches, validationData, classWeight, ...others } = given
  const options: Record<string, unknown> = Object.fromEntries(
    Object.entries({
      ...others,
      stepsPerEpoch: batchesPerEpoch,
      steps: batches,
      validationSteps: validationBatches,
    }).filter(([, value]) => value !== null && value !== undefined),
  )
  if (validationData)
    options.validationData = Array.isArray(validationData) ? validationData.map(valuesOf) : undefined
  // Of one output, the weights may stand in a list.
  if (classWeight)
    options.classWeight =
      Array.isArray(classWeight) && classWeight.length === 1 ? classWeight[0] : classWeight
  return options
}

const pairOf = (batch: Readonly<Record<string, unknown>> | readonly unknown[]) => {
  const { xs, ys } = Array.isArray(batch)
    ? { xs: batch[0], ys: batch[1] }
    : (batch as Record<string, unknown>)
  return [valuesOf(xs), valuesOf(ys)] as const
}

/** What a call gives: outputs or losses, and the history of a fit. */
async function called(model: CallableModel, step: ModelStep): Promise<{ result: unknown; history: History }> {
  const { method, args } = step
  const isTrained = /^(fit|evaluate|train)/.test(method)
  // The second argument of a prediction are options.
  const values = /Dataset$/.test(method) ? [] : args.slice(0, isTrained ? 2 : 1)
  const [x, y] = values.map(valuesOf) as never[]
  const options = isTrained
    ? optionsOf((args[/Dataset$/.test(method) ? 1 : 2] ?? {}) as Record<string, unknown>)
    : {}
  const quiet = { verbose: 0 as const, ...options } as object as Record<string, never>
  const stream = (step.batches ?? []).map(pairOf)
  const only = (result: unknown) => ({ result, history: {} })
  switch (method) {
    case 'predict': {
      const { batchSize } = (args[1] ?? {}) as { batchSize?: number }
      return only(await model.predict(x as never, batchSize ? { batchSize } : {}))
    }
    case 'predictOnBatch':
      return only(await model.predictOnBatch(x as never))
    case 'evaluate':
      return only(await model.evaluate(x as never, y as never, quiet))
    case 'evaluateDataset':
      return only(await model.evaluate(stream.values() as never, null, quiet))
    case 'trainOnBatch':
      return only(await model.trainOnBatch(x as never, y as never))
    case 'fit': {
      const { history } = await model.fit(x as never, y as never, { shuffle: false, ...quiet })
      return { result: null, history }
    }
    case 'fitDataset': {
      if (stream.length === 0) throw new Missing('the batches were not recorded')
      const validation = (step.valBatches ?? []).map(pairOf)
      const epochs = Number(options.epochs ?? 1)
      const steps = { stepsPerEpoch: stream.length / epochs, ...quiet }
      const pass = validation.slice(0, validation.length / epochs)
      const validationData = { [Symbol.iterator]: () => pass.values() } as never
      const checked = pass.length > 0 ? { validationData } : {}
      const { history } = await model.fit(stream.values() as never, null, { ...steps, ...checked })
      return { result: null, history }
    }
  }
  throw new Missing(`there is no ${method}`)
}

/** The key of a history by TensorFlow.js's name. */
function keyIn(history: History, name: string): string | undefined {
  const [, validation = '', bare = ''] = /^(val_)?(.*)$/.exec(name) ?? []
  const keys = [name, `${validation}${bare.replace(/acc$/, 'accuracy')}`, `${validation}${toSnakeCase(bare)}`]
  return keys.find((key) => key in history)
}

async function runStep(made: Made, step: ModelStep): Promise<Outcome[]> {
  const { model, order } = made
  const { result, history } = await called(model, step)
  const results = [result].flat().map(foundOf)
  const weights = step.expects.some(({ path }) => path?.[0] === 'weights') ? await model.getWeights() : []
  return step.expects.map((expected: Expected) => {
    const [what, which, epoch] = expected.path ?? []
    if (what === undefined) return compareOutput(results[expected.index], expected)
    if (what === 'result') return compare(results[Number(which)] ?? { data: [] }, expected)
    if (what === 'weights') return compare(weights[order.indexOf(Number(which))] ?? { data: [] }, expected)
    const key = keyIn(history, String(which))
    if (key === undefined) return disagree(`history has ${Object.keys(history)}, expected ${which}`)
    const values = history[key] as readonly number[]
    return compare({ data: epoch === undefined ? values : [values[epoch] as number] }, expected)
  })
}

const isCompiled = ({ method }: ModelStep): boolean => !method.startsWith('predict')

export async function runModel(given: ModelCase): Promise<Outcome[]> {
  const made = await modelOf(given)
  if (isCompiled(given)) await compiled(made, given)
  return runStep(made, given)
}

export async function runModels({ steps }: ModelsCase): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let made: Made | undefined
  for (const step of steps) {
    if (step.reset) {
      made?.model.resetStates()
      continue
    }
    made ??= await modelOf(step)
    if (isCompiled(step) && !made.model.optimizer) await compiled(made, step)
    outcomes.push(...(await runStep(made, step)))
  }
  return outcomes
}
