// From the compile settings of a file to the options of `compile`. Only the code of what they name is loaded.

import { fromConfig, type LoadableClass, registeredFunction } from '../../layers/classNames.ts'
import type { Layer } from '../../layers/layer.ts'
import { withParts } from '../../layers/withParts.ts'
import { type CompileOptions, loadingOf } from '../../models/compileOptions.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import type { Identified } from '../../training/identifiers.ts'
import { getOptimizer } from '../../training/optimizerByName.ts'
import { failFormat } from '../formatError.ts'
import { EXECUTION, isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { functionFrom, isFunctionConfig, refuseCode } from './functions.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { ownClassOf } from './layerConfig.ts'
import { keysToCamelCase } from './snakeCase.ts'

/**
 * Compile settings of a file, whose code is at hand then; null where the model was not compiled, or has no loss.
 *
 * @param model A model whose layers add losses may be without another.
 */
export async function compileOptionsFrom(
  config: JsonObject | null,
  model: Layer & Pick<StoredModel, 'hasOwnSteps'>,
  where: string,
): Promise<CompileOptions | null> {
  if (config === null) return null
  const addsLosses = (): boolean => withParts<Layer>([model]).some(({ addsOwnLosses }) => addsOwnLosses)
  if ((config.loss ?? null) === null && !model.hasOwnSteps && !addsLosses()) return null
  const { loss, optimizer, loss_weights: lossWeights, metrics, weighted_metrics: weightedMetrics } = config
  const options = await compileOptionsOf({ loss, optimizer, lossWeights, metrics, weightedMetrics }, where)
  await loadingOf(options, where)?.()
  const { steps_per_execution: steps = 1, jit_compile: isCompiled, run_eagerly: isEager } = config
  return steps !== 1 || isCompiled || isEager
    ? ({ ...options, [EXECUTION]: config } as CompileOptions)
    : options
}

/** Options of `compile` from those in which optimizers, losses and metrics are as files have them. */
export async function compileOptionsOf(
  portable: Readonly<Record<string, Json | undefined>>,
  where: string,
): Promise<CompileOptions> {
  const judges = (what: string) => judgesFrom(portable[what], `${where}, ${what}`)
  return {
    ...portable,
    loss: await judges('loss'),
    optimizer: await optimizerFrom(portable.optimizer, where),
    metrics: await judges('metrics'),
    weightedMetrics: await judges('weightedMetrics'),
  } as CompileOptions
}

/** An optimizer by its name and options; a LossScaleOptimizer is made with its inner optimizer. */
async function optimizerFrom(value: Json | undefined, where: string): Promise<unknown> {
  if (!isKerasConfig(value)) return value
  const options = keysToCamelCase(value.config)
  const at = `${where}, optimizer`
  if (value.class_name !== 'LossScaleOptimizer') {
    const { learningRate } = options
    const isNumber = typeof learningRate !== 'object' || learningRate === null
    const config = isNumber ? options : (await import('./learningRate.ts')).withSchedule(options, at)
    return { className: value.class_name, config }
  }
  const { innerOptimizer, ...others } = options
  const inner = (await optimizerFrom(innerOptimizer, where)) as Identified
  await loadingOf({ optimizer: inner } as CompileOptions, where)?.()
  const { LossScaleOptimizer } = await import('../../training/lossScaleOptimizer.ts')
  return LossScaleOptimizer(getOptimizer(inner, at), others)
}

/** The most losses or metrics of an output: each takes a thousand times as long as its text. */
const MOST_JUDGES = 1000

/** Losses and metrics of a config: those of registered classes are made, functions are those of their names. */
async function judgesFrom(value: Json | undefined, where: string): Promise<unknown> {
  if (Array.isArray(value)) {
    if (value.length > MOST_JUDGES)
      failFormat(where, { expected: `at most ${MOST_JUDGES}`, got: `${value.length}` })
    return Promise.all(value.map((one) => judgesFrom(one, where)))
  }
  if (!isJsonObject(value ?? null)) return value
  const given = value as JsonObject
  if (isFunctionConfig(given)) {
    const name = given.config
    return (await functionOfKeras(name)) && !registeredFunction(name) ? name : functionFrom(given, where)
  }
  if (!isKerasConfig(given)) {
    const entries = Object.entries(given).map(async ([name, inner]) => [
      name,
      await judgesFrom(inner, `${where}, ${name}`),
    ])
    return Object.fromEntries(await Promise.all(entries))
  }
  refuseCode(given, where)
  const own = ownClassOf(given)
  return own ? fromConfig(own as LoadableClass, keysToCamelCase(given.config)) : identified(given, where)
}

/** A function of losses or metrics by Keras's name. */
async function functionOfKeras(name: string): Promise<unknown> {
  const functions = await Promise.all([
    import('../../composed/losses/index.ts'),
    import('../../composed/metrics.ts'),
  ])
  return functions.flatMap((module) => Object.values(module)).find(({ className }) => className === name)
}

/** A serialized object as class name and options, functions among these included. */
async function identified(
  { class_name: className, config }: KerasConfig,
  where: string,
): Promise<Identified> {
  const options = Object.entries(keysToCamelCase(config)).map(async ([name, value]) => [
    name,
    isFunctionConfig(value)
      ? ((await functionOfKeras(value.config)) ?? functionFrom(value, `${where}, ${className}, ${name}`))
      : value,
  ])
  return { className, config: Object.fromEntries(await Promise.all(options)) }
}
