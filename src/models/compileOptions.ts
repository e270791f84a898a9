// What model.compile is told, and what it means for each output.

import { describeValue, fail } from '../errors.ts'
import { type DtypePolicy, mixedPrecision } from '../training/dtypePolicy.ts'
import type { Identified } from '../training/identifiers.ts'
import { getLoss, type Loss } from '../training/losses.ts'
import { getMetric, type MetricIdentifier } from '../training/metrics.ts'
import { getOptimizer, type Optimizer } from '../training/optimizers.ts'
import { flag, type Given, nullable, readOptions, required } from '../util/options.ts'
import { type OutputTraining, type StepModel, sampleShape } from './stepGraph.ts'

type LossIdentifier = string | Loss | Identified
type Losses = LossIdentifier | readonly LossIdentifier[] | Readonly<Record<string, LossIdentifier>>
type Metrics =
  | readonly (MetricIdentifier | readonly MetricIdentifier[])[]
  | Readonly<Record<string, MetricIdentifier | readonly MetricIdentifier[]>>

const compileOptions = {
  /** 'adam', 'sgd', or one made by `Adam(…)`, `SGD(…)`. Keras's default, 'rmsprop', is not supported yet. */
  optimizer: required<Optimizer, string | Optimizer | Identified>((where, name, value) =>
    value === undefined
      ? fail(where, {
          expected: 'an optimizer',
          got: "none, and Keras's default 'rmsprop' is not supported yet",
          remedy: "Give optimizer: 'adam'.",
        })
      : getOptimizer(value as string | Optimizer | Identified, `${where}, ${name}`),
  ),
  /** A loss by name or made by a constructor; for several outputs a list, or an object by output name. */
  loss: required<Losses>((where, _name, value) =>
    value === undefined || value === null
      ? fail(where, { expected: 'a loss', got: 'none', remedy: "Give loss: 'mean_squared_error', say." })
      : (value as Losses),
  ),
  /** Metrics by name; for several outputs a list of lists, or an object by output name. */
  metrics: nullable<Metrics>((_where, _name, value) => value as Metrics),
  /** Whether a model under the policy 'mixed_float16' gives its optimizer dynamic loss scaling; true by default. */
  autoScaleLoss: flag(true),
} as const

export type CompileOptions = Given<typeof compileOptions>

/** Checks the options and returns the optimizer. */
export function readCompileOptions(options: CompileOptions, policy: DtypePolicy, where: string): Optimizer {
  const { optimizer, autoScaleLoss } = readOptions(where, compileOptions, options)
  const mixed = autoScaleLoss && policy === 'mixed_float16' ? mixedPrecision() : null
  return mixed?.scaleLoss(optimizer) ?? optimizer
}

/** The loss and metrics of each output. */
export function readTraining(
  model: StepModel,
  options: Partial<CompileOptions> & Pick<CompileOptions, 'loss'>,
  where: string,
): OutputTraining[] {
  const losses = perOutput(model, options.loss, where, 'loss')
  const metrics = options.metrics ? perOutput(model, options.metrics, where, 'metrics') : []
  return model.outputs.map((output, i) => {
    const prediction = sampleShape(output)
    const loss = getLoss(losses[i] as LossIdentifier, `${where}, loss`)
    const wanted = [metrics[i] ?? []].flat() as MetricIdentifier[]
    return { loss, metrics: wanted.map((metric) => getMetric(metric, prediction, loss, `${where}, metrics`)) }
  })
}

function perOutput(model: StepModel, given: unknown, where: string, what: string): readonly unknown[] {
  const names = model.outputs.map(({ layer }) => layer.name)
  const isIdentified =
    typeof given === 'object' && given !== null && ('className' in given || 'lower' in given)
  if (typeof given === 'string' || isIdentified) {
    // As in Keras one loss serves every output.
    return names.map(() => given)
  }
  if (Array.isArray(given)) {
    if (names.length === 1 && what === 'metrics') return [given]
    if (given.length === names.length) return given as readonly unknown[]
    return fail(where, {
      expected: `${what} for ${names.length === 1 ? 'one output' : `${names.length} outputs`}`,
      got: `${given.length}`,
    })
  }
  if (typeof given !== 'object' || given === null) {
    return fail(where, { expected: `${what} by name, as a list or by output`, got: describeValue(given) })
  }
  const table = given as Readonly<Record<string, unknown>>
  const unknown = Object.keys(table).find((name) => !names.includes(name))
  const missing = what === 'loss' ? names.find((name) => !Object.hasOwn(table, name)) : undefined
  if (unknown !== undefined || missing !== undefined) {
    fail(where, {
      expected: `${what} by the output names ${names.join(', ')}`,
      got: Object.keys(table).join(', '),
    })
  }
  return names.map((name) => (Object.hasOwn(table, name) ? table[name] : undefined))
}
