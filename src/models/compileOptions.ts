// What model.compile is told, and what it means for each output.

import { checkFinite, describeValue, fail } from '../errors.ts'
import type { DtypePolicy } from '../layers/dtypePolicy.ts'
import { ownOf } from '../layers/functions.ts'
import type { Identified, Loading } from '../training/identifiers.ts'
import type { Loss, TargetShape } from '../training/loss.ts'
import { type GivenLoss, getLoss, type LossName, lossLoading } from '../training/lossByName.ts'
import type { Metric } from '../training/metric.ts'
import { getMetric, type MetricIdentifier, metricLoading } from '../training/metricByName.ts'
import { mixedPrecision } from '../training/mixedPrecision.ts'
import type { Optimizer } from '../training/optimizer.ts'
import { getOptimizer, type OptimizerName, optimizerLoading } from '../training/optimizerByName.ts'
import { isObject } from '../util/isObject.ts'
import { computed, flag, isOptions, nullable, readOptions, type TableFor } from '../util/options.ts'
import { type OpenShape, sameShape, showShape } from '../util/shape.ts'
import type { OutputTraining } from './measures.ts'
import { type StepModel, sampleShape } from './stepGraph.ts'

type LossIdentifier = LossName | GivenLoss
type Losses =
  | LossIdentifier
  | readonly (LossIdentifier | null)[]
  | Readonly<Record<string, LossIdentifier | null>>
type Metrics =
  | readonly (MetricIdentifier | readonly MetricIdentifier[])[]
  | Readonly<Record<string, MetricIdentifier | readonly MetricIdentifier[]>>

type LossWeights = number | readonly (number | null)[] | Readonly<Record<string, number | null>>

export interface CompileOptions {
  /** An optimizer by name, such as `'adam'`, or one made by a constructor, such as `Adam(…)`; `'rmsprop'` by default, as in Keras. */
  readonly optimizer?: OptimizerName | Optimizer | Identified
  /**
   * A loss by name or made by a constructor; for several outputs a list, or an object by output name. An output whose loss is
   * null is not trained; its metrics count. May be left out where layers add to the loss by `addLoss`.
   */
  readonly loss?: Losses | null
  /**
   * What losses are multiplied by in their sum, the loss that training minimizes: a number for the loss of one output, or of all; for
   * several outputs a list, or an object by output name. `null`, the default, is 1. Histories have the losses of outputs as they are.
   */
  readonly lossWeights?: LossWeights | null
  /** Metrics by name; for several outputs a list of lists, or an object by output name; `null` by default. */
  readonly metrics?: Metrics | null
  /**
   * Metrics alike to which samples count by their weights, those of `sampleWeight` or `classWeight`; `null` by default. A name
   * that one of `metrics` has starts with `weighted_`.
   */
  readonly weightedMetrics?: Metrics | null
  /** Whether a model under the policy 'mixed_float16' gives its optimizer dynamic loss scaling, `true` by default. */
  readonly autoScaleLoss?: boolean
}

const DEFAULT_OPTIMIZER = 'rmsprop'

const compileOptions = {
  optimizer: computed<Optimizer | null, OptimizerName | Optimizer | Identified>((where, name, value) => {
    const given = (value === undefined ? DEFAULT_OPTIMIZER : value) as string | Optimizer | Identified
    const at = `${where}, ${name}`
    return optimizerLoading(given, at) === null ? getOptimizer(given, at) : null
  }),
  loss: nullable<Losses>((_where, _name, value) => value as Losses),
  lossWeights: nullable<LossWeights>((_where, _name, value) => value as LossWeights),
  metrics: nullable<Metrics>((_where, _name, value) => value as Metrics),
  weightedMetrics: nullable<Metrics>((_where, _name, value) => value as Metrics),
  autoScaleLoss: flag(true),
} as const satisfies TableFor<CompileOptions>

/**
 * What must be loaded before the options can be read; null where everything that they name is at hand. An optimizer of null is none.
 *
 * @throws {RecurraError} for unknown names.
 */
export function loadingOf(
  options: Omit<CompileOptions, 'optimizer'> & { readonly optimizer?: CompileOptions['optimizer'] | null },
  where: string,
): Loading | null {
  const loadings = new Set<Loading>()
  // Options hold lists of lists by output at the most.
  const visit = (
    name: string,
    given: unknown,
    find: (identifier: never, where: string) => Loading | null,
    depth = 0,
  ): void => {
    if (depth < 2 && (Array.isArray(given) || isOptions(given)) && !isIdentified(given)) {
      for (const one of Object.values(given)) visit(name, one, find, depth + 1)
    } else if ((given ?? null) !== null && ownOf(given) === given) {
      const loading = find(given as never, `${where}, ${name}`)
      if (loading) loadings.add(loading)
    }
  }
  const { optimizer = DEFAULT_OPTIMIZER, loss, metrics, weightedMetrics } = options
  visit('optimizer', optimizer, optimizerLoading)
  visit('loss', loss, lossLoading)
  visit('metrics', metrics, metricLoading)
  visit('weightedMetrics', weightedMetrics, metricLoading)
  if (loadings.size === 0) return null
  return async () => {
    await Promise.all([...loadings].map((load) => load()))
  }
}

/** Whether a value stands for one loss, metric or optimizer, and is no object of several. */
const isIdentified = (given: unknown): boolean =>
  isObject(given) && ('className' in given || 'lower' in given)

/** Whether a value is for every output. */
const isOne = (given: unknown): boolean =>
  ['string', 'function', 'number'].includes(typeof given) || isIdentified(given)

/** Checks the options and returns the optimizer, null if its code must be loaded first. */
export function readCompileOptions(
  options: CompileOptions,
  policy: DtypePolicy,
  where: string,
): Optimizer | null {
  const { optimizer, autoScaleLoss } = readOptions(where, compileOptions, options)
  const mixed = autoScaleLoss && policy === 'mixed_float16' ? mixedPrecision() : null
  return (optimizer && mixed?.scaleLoss(optimizer)) ?? optimizer
}

/** What the options say of each output, whether its code is at hand or not. */
export function readOutputs(model: StepModel, options: Partial<CompileOptions>, where: string) {
  const { loss: given = null } = options
  const losses = given === null ? model.outputs.map(() => null) : perOutput(model, given, where, 'loss')
  if (losses.every((loss) => loss === null) && !model.addsLosses) {
    fail(where, {
      expected: given === null ? 'a loss' : 'a loss for at least one output',
      got: 'none',
      remedy: "Give loss: 'mean_squared_error', say.",
    })
  }
  const metricsOf = (what: 'metrics' | 'weightedMetrics'): readonly unknown[] => {
    const given = options[what] ?? []
    return Array.isArray(given) && given.length === 0 ? [] : perOutput(model, given, where, what)
  }
  return {
    losses,
    metrics: metricsOf('metrics'),
    weightedMetrics: metricsOf('weightedMetrics'),
    lossWeights: readLossWeights(model, options, where),
  }
}

/** The loss and metrics of each output. */
export function readTraining(
  model: StepModel,
  options: Partial<CompileOptions>,
  where: string,
): OutputTraining[] {
  const { losses, metrics, weightedMetrics, lossWeights } = readOutputs(model, options, where)
  return model.outputs.map((output, i) => {
    const prediction = sampleShape(output)
    const given = losses[i] as LossIdentifier | null
    const loss = given === null ? null : getLoss(given, `${where}, loss`)
    // What becomes of the values of samples, a class may say itself.
    if (loss?.reduction === 'none' && !model.model?.hasOwnSteps)
      fail(`${where}, loss`, { expected: 'a reduction to one number', got: "'none'" })
    const read = (given: unknown, what: string): Metric[] =>
      ([given ?? []].flat() as (MetricIdentifier | null)[]).flatMap((metric) =>
        metric === null ? [] : getMetric(metric, prediction, loss, `${where}, ${what}`),
      )
    const unweighted = read(metrics[i], 'metrics')
    const weighted = read(weightedMetrics[i], 'weightedMetrics')
    const target = targetOf(loss, [...unweighted, ...weighted], prediction, where)
    return { loss, lossWeight: lossWeights[i] ?? 1, metrics: unweighted, weightedMetrics: weighted, target }
  })
}

/** The weight of each output's loss; null where none is given. */
function readLossWeights(
  model: StepModel,
  { loss, lossWeights: given = null }: Partial<CompileOptions>,
  where: string,
): readonly (number | null)[] {
  if (given === null) return []
  // A number is for the loss that one output has, or all have.
  const weights = typeof given === 'number' && !isOne(loss) ? [given] : given
  return perOutput(model, weights, where, 'lossWeights').map((weight) =>
    weight === null ? null : checkFinite(where, 'lossWeights', weight),
  )
}

/**
 * The shape of an output's target, which its loss says, or else its metrics.
 *
 * @throws {RecurraError} where a metric compares with another: no data fit both.
 */
function targetOf(
  loss: Loss | null,
  metrics: readonly Metric[],
  prediction: OpenShape,
  where: string,
): TargetShape | null {
  let target: TargetShape | null = null
  for (const judge of loss ? [loss, ...metrics] : metrics) {
    const shape = judge.targetShape(prediction)
    // What takes any targets leaves the choice to what does not.
    if (target === null || target === 'any') target = shape
    else if (shape !== 'any' && !sameShape(shape, target)) {
      fail(`${where}, metrics`, {
        expected: `metrics for targets ${showShape([null, ...target])}`,
        got: `${judge.name} for ${showShape([null, ...shape])}`,
        remedy: 'Sparse metrics take class indices, others one-hot targets: see toCategorical.',
      })
    }
  }
  return target
}

function perOutput(model: StepModel, given: unknown, where: string, what: string): readonly unknown[] {
  const { outputNames: names } = model
  if (isOne(given)) {
    // As in Keras one loss serves every output, and one weight.
    return names.map(() => given)
  }
  if (Array.isArray(given)) {
    if (names.length === 1 && !what.startsWith('loss')) return [given]
    if (given.length === names.length) return given as readonly unknown[]
    return fail(where, {
      expected: `${what} for ${names.length === 1 ? 'one output' : `${names.length} outputs`}`,
      got: `${given.length}`,
    })
  }
  if (!isOptions(given)) {
    return fail(where, { expected: `${what} by name, as a list or by output`, got: describeValue(given) })
  }
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  const isLoss = what.startsWith('loss')
  const missing = isLoss ? names.find((name) => !Object.hasOwn(given, name)) : undefined
  if (unknown !== undefined || missing !== undefined) {
    fail(where, {
      expected: `${what} by the output names ${names.join(', ')}`,
      got: Object.keys(given).join(', '),
      remedy: isLoss && unknown === undefined ? 'Give null for an output without a loss.' : undefined,
    })
  }
  return names.map((name) => (Object.hasOwn(given, name) ? given[name] : undefined))
}

/** Throws for a call that trains a model which was not compiled. */
export function failUncompiled(where: string): never {
  return fail(where, {
    expected: 'a compiled model',
    got: 'one without a loss',
    remedy: "Call model.compile({ loss: 'mean_squared_error', optimizer: 'adam' }) first.",
  })
}
