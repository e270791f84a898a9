// An optimizer's rule with what stands around it: before, gradients are averaged over steps and clipped, and weights decay; behind, a
// moving average of the weights is kept. At most two launches more, over flat memory, and nothing on the host: three where the
// update has no form that averages.

import { checkText, describeValue, fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { affine } from '../ops/affine.ts'
import { chunkTable, gradientSquares, type PrepareAttributes, prepareUpdate } from '../ops/aroundUpdate.ts'
import { averageAfter } from '../ops/averagedUpdate.ts'
import { sizeOf } from '../util/shape.ts'
import { updateUsed, usedWeights } from './idleWeights.ts'
import type { Exclusions, Optimizer, Rule, UpdateTensors } from './optimizer.ts'
import type { UpdateConfig } from './updateOptions.ts'

/** Slots of the moving average, and of the gradients of former steps; in files they stand before all others, in this order. */
const AVERAGE = { name: 'average', group: -2 }
const ACCUMULATOR = { name: 'gradient_accumulator', group: -1 }

/** The rule with what the options of all optimizers say, for the weights that a loss depends on. */
export function surround(config: UpdateConfig, rule: Rule): Rule {
  const { weightDecay, useEma, lossScaleFactor, gradientAccumulationSteps } = config
  const steps = gradientAccumulationSteps ?? 0
  const clipping = clippingOf(config)
  const decayOf = (weight: Variable): number => {
    const own = rule.decayOf?.(weight)
    return (own === undefined ? weightDecay : own) ?? 0
  }
  // One factor of all gradients is the update's to multiply by, as that of a scaled loss is.
  const isGated = steps > 0 || clipping.clip === 'globalNorm'
  const isPrepared =
    rule.decayOf !== undefined ||
    weightDecay !== null ||
    clipping.clip !== 'none' ||
    lossScaleFactor !== null ||
    steps > 0
  const excluded = new Excluded()

  /** What stands before the update; returns what the update is given in place of the state of loss scaling. */
  function prepare(
    graph: Graph,
    { parameters, gradients, scaling, layout }: UpdateTensors,
    accumulated: Value | undefined,
    used: readonly Variable[],
  ): Value | undefined {
    const { values, shape } = chunkTable(
      used.map((weight) => ({
        offset: layout.placeOf(weight).offset,
        size: sizeOf(weight.shape),
        decay: excluded.has(weight.path) ? 0 : decayOf(weight),
      })),
    )
    const chunks = graph.constant(values, shape)
    // As in Keras a scale that is found in training takes the place of a fixed one; the gate of one of several updates has the factor.
    const attrs = { steps, factor: scaling ? 1 : 1 / (lossScaleFactor ?? 1) }
    const given = { chunks, gradients, accumulated, scaling }
    const squares = /norm/i.test(clipping.clip) ? gradientSquares(graph, given, attrs).squares : undefined
    const { gate } = prepareUpdate(graph, { ...given, parameters, squares }, { ...attrs, ...clipping })
    return scaling || isGated ? gate : undefined
  }

  return {
    ...rule,
    slots: [...(useEma ? [AVERAGE] : []), ...(steps > 0 ? [ACCUMULATOR] : []), ...rule.slots],
    scalars: (rate, iteration) => ({
      ...rule.scalars(rate, iteration),
      // Where updates read `gate`, they correct biases by what it counts.
      ...(isGated && { rate }),
      decay: rate,
    }),
    lower(graph, tensors, optimizer) {
      const slots = [...tensors.slots]
      const averages = useEma ? slots.shift() : undefined
      const accumulated = steps > 0 ? slots.shift() : undefined
      const { parameters, scaling } = tensors
      const used = usedWeights(graph, tensors, optimizer.weights)
      let gate = scaling
      if (used.length > 0) {
        if (isPrepared) gate = prepare(graph, tensors, accumulated, used)
        updateUsed(graph, rule, { ...tensors, slots, scaling: gate }, optimizer, used)
      }
      if (averages === undefined) return
      const { emaMomentum: momentum, emaOverwriteFrequency: frequency } = config
      averageAfter(
        graph,
        { parameters, averages, scaling: gate },
        { momentum, frequency: frequency ?? 0 },
        rule.averaged,
      )
    },
    ...(lossScaleFactor !== null && {
      scaled: (graph: Graph, d: Value, fn: 'multiply' | 'divide') =>
        affine(graph, { x: d }, { scale: fn === 'multiply' ? lossScaleFactor : 1 / lossScaleFactor }).y,
    }),
    ...(rule.stored && {
      stored: (done: number) => rule.stored?.(Math.floor(done / Math.max(steps, 1))) ?? 0,
    }),
    exclude: (given, optimizer) => excluded.set(given, optimizer),
  }
}

function clippingOf({
  clipnorm,
  globalClipnorm,
  clipvalue,
}: UpdateConfig): Pick<PrepareAttributes, 'clip' | 'limit'> {
  if (clipnorm !== null) return { clip: 'norm', limit: clipnorm }
  if (globalClipnorm !== null) return { clip: 'globalNorm', limit: globalClipnorm }
  return clipvalue === null ? { clip: 'none', limit: 0 } : { clip: 'value', limit: clipvalue }
}

/** Weights that do not decay. */
class Excluded {
  #paths: ReadonlySet<string> = new Set()
  #names: RegExp | null = null

  set({ varList = [], varNames = [] }: Exclusions, { className, built }: Optimizer): void {
    const where = `${className}.excludeFromWeightDecay`
    if (built)
      fail(where, { expected: 'to be called before training', got: 'an optimizer that has its state' })
    if (!Array.isArray(varList) || varList.some((weight) => typeof weight?.path !== 'string'))
      fail(where, {
        expected: 'varList to be weights, as model.weights has them',
        got: describeValue(varList),
      })
    if (!Array.isArray(varNames))
      fail(where, { expected: 'varNames to be a list', got: describeValue(varNames) })
    const names = varNames.map((name) => checkText(where, 'each of varNames', name))
    this.#paths = new Set(varList.map(({ path }) => path))
    try {
      this.#names = names.length > 0 ? new RegExp(names.join('|')) : null
    } catch {
      fail(where, { expected: 'varNames to be patterns', got: describeValue(varNames) })
    }
  }

  has(path: string): boolean {
    const name = path.slice(path.lastIndexOf('/') + 1)
    return this.#paths.has(path) || this.#names?.test(name) === true
  }
}
