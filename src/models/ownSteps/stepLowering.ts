// Gradients and updates in a step of one's own. A step may change weights several times, and reads between them what memory has then.

import { fail, impossible } from '../../errors.ts'
import { alignPlace, type Graph, PLACE_ALIGNMENT, type Place, type Value } from '../../graph/graph.ts'
import { memoryOf } from '../../graph/parts.ts'
import type { StepLowering } from '../../layers/call.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { affine } from '../../ops/affine.ts'
import { binary } from '../../ops/elementwise.ts'
import { updateGate } from '../../ops/updateGate.ts'
import { reshape } from '../../ops/view.ts'
import type { Optimizer, UpdateTensors } from '../../training/optimizer.ts'
import { withWeights } from '../../training/partOfOptimizer.ts'
import { scalingOf } from '../../training/scaling.ts'
import { sizeOf } from '../../util/shape.ts'
import type { Layout } from '../layout.ts'
import { tellAbsent } from '../trainer/fitWarnings.ts'
import type { RulesOfStep } from '../weightRules.ts'
import { StepGradients } from './stepGradients.ts'
import type { Update } from './stepOptimizers.ts'

/** Weights that lie one behind the other, as do what their optimizer keeps of them. */
interface Run {
  readonly weights: readonly Variable[]
  /** Where they start among the parameters, and how many numbers they are. */
  readonly start: number
  readonly size: number
  /** Where each slot of theirs lies. Of one of shapes of its own all that is in its arena counts, whatever the offset. */
  readonly slots: readonly Place[]
}

/** What is known of the updates of a step before it is lowered. */
interface UpdatesOfStep {
  /** How errors name the step. */
  readonly where: string
  readonly count: number
  /** Where each counts in `totals` how often it was skipped. */
  readonly placesOfSkipped: readonly number[]
}

export class StepUpdates {
  /** What the calls of the step are lowered in: of the model's weights it knows the tensors between updates. */
  readonly step: StepLowering
  /** What layers have added to the loss, as numbers. */
  readonly added: Value[] = []
  readonly gradients: StepGradients
  readonly #graph: Graph
  readonly #layout: Layout
  readonly #given: UpdatesOfStep
  /** The tensors of weights in memory. */
  readonly #weights = new Map<Variable, Value>()
  /** Variables that calls have set: memory has the values when the step ends. */
  readonly #assigned = new Set<Variable>()
  #done = 0
  /** Tensors of the scales by which losses were multiplied since the last updates. */
  readonly #scales = new Map<Optimizer, readonly Value[]>()
  /** Gradients in their places, of weights that were updated. */
  readonly #placed = new Map<Variable, Value>()
  /** Tensors whose memory has other numbers from a node on. */
  readonly #retired: { readonly value: Value; readonly from: number; readonly what: string }[] = []

  constructor(step: StepLowering, layout: Layout, given: UpdatesOfStep) {
    const { graph } = step
    this.#graph = graph
    this.#layout = layout
    this.#given = given
    this.gradients = new StepGradients(graph, given.where)
    this.step = {
      ...step,
      variable: (variable) =>
        (this.#assigned.has(variable) ? null : this.#tensorOf(variable)) ?? step.variable(variable),
      update: (variable, value) => {
        this.#assigned.add(variable)
        step.update(variable, value)
      },
      // It is a view of a number as a loss, where differentiation would start.
      addLoss: ({ node }) => this.added.push(node?.inputs.x ?? impossible('a loss of nothing')),
    }
  }

  /** The tensor of a trained weight; null for all else. */
  #tensorOf(variable: Variable): Value | null {
    const place = variable.kind === 'weight' ? this.#layout.placeOf(variable) : null
    if (place?.arena !== 'parameters') return null
    const value =
      this.#weights.get(variable) ?? this.#graph.resident(place.arena, place.offset, variable.shape)
    this.#weights.set(variable, value)
    return value
  }

  /** Changes weights by their gradients. */
  apply({ where, optimizer, weights }: Update, gradients: readonly Value[]): void {
    const graph = this.#graph
    const { rules } = this.step as StepLowering & { readonly rules: RulesOfStep | null }
    const set = weights.find((weight) => this.#assigned.has(weight))
    if (set)
      fail(where, {
        expected: 'weights that the step has not set before',
        got: `"${set.path}", which has its new value when the step ends`,
        remedy: 'Call assign behind the last update.',
      })
    const used = weights.filter((_, i) => this.gradients.pathOfAbsent(gradients[i] as Value) === undefined)
    if (used.length === 0)
      fail(where, {
        expected: 'a loss that depends on some of the weights',
        got: 'gradients for none of them',
      })
    const absent = weights.filter((weight) => !used.includes(weight)).map(({ path }) => path)
    const step = this.#given.where
    tellAbsent(where.startsWith(step) ? where : `${step}, ${where}`, optimizer, absent)
    gradients.forEach((gradient, i) => {
      const weight = weights[i] as Variable
      if (used.includes(weight)) this.#place(gradient, weight)
    })
    const update = this.#done++
    const factor = 1 / Number(optimizer.config.lossScaleFactor ?? 1)
    const gate = this.#given.count > 1 ? updateGate(graph, {}, { update, factor }).gate : undefined
    const runs = this.#runsOf(optimizer, weights)
    if (runs.length > 1 && (optimizer.config.globalClipnorm ?? null) !== null)
      fail(where, {
        expected: 'weights of layers in fields one behind the other, for globalClipnorm',
        got: `weights in ${runs.length} places`,
        remedy: 'Put the fields of their layers in the order of the list.',
      })
    const scaled = this.#adjustScale(optimizer, runs, { update, gate })
    for (const run of runs)
      this.#update(scaled?.optimizer ?? optimizer, run, scaled ?? { scaling: gate, skipped: undefined })
    rules?.constrain(used, scaled?.scaling)
    for (const weight of weights) {
      const value = this.#weights.get(weight)
      if (value) this.#retire(value, `the weight "${weight.path}"`)
      this.#weights.delete(weight)
    }
  }

  #retire(value: Value, what: string): void {
    this.#retired.push({ value, from: this.#graph.nodes.length, what })
  }

  /** Puts a gradient where the update reads it: a second one of a weight behind the first update. */
  #place(gradient: Value, weight: Variable): void {
    const graph = this.#graph
    const place = { arena: 'gradients', offset: this.#layout.placeOf(weight).offset }
    const before = this.#placed.get(weight)
    let placed = gradient
    if (before || !graph.placeAt(gradient, place)) {
      placed = affine(graph, { x: gradient }, {}).y
      graph.placeAt(placed, place)
    }
    if (before) this.#retire(before, `the gradient of "${weight.path}"`)
    this.#placed.set(weight, memoryOf(placed))
  }

  #runsOf(optimizer: Optimizer, weights: readonly Variable[]): readonly Run[] {
    const layout = this.#layout
    const variables = new Map(optimizer.variables.map((variable) => [variable.path, variable]))
    const runs: (Run & { weights: Variable[]; size: number })[] = []
    weights.forEach((weight) => {
      const start = layout.placeOf(weight).offset
      const places = optimizer.rule.slots.map(({ name, shape }): Place => {
        const variable = variables.get(`${weight.path}/${name}`)
        if (!variable) return { arena: `optimizer:${name}`, offset: 0 }
        const place = layout.placeOf(variable)
        return shape ? { ...place, offset: 0 } : place
      })
      const last = runs.at(-1)
      const follows =
        last?.start !== undefined &&
        start === last.start + last.size &&
        places.every(({ arena, offset }, k) => {
          const before = last.slots[k]
          const isOwn = optimizer.rule.slots[k]?.shape !== undefined
          return arena === before?.arena && (isOwn || offset === before.offset + last.size)
        })
      const size = alignPlace(sizeOf(weight.shape))
      if (last && follows) {
        last.weights.push(weight)
        last.size += size
      } else runs.push({ weights: [weight], start, size, slots: places })
    })
    return runs
  }

  /**
   * Where an optimizer finds a scale of the loss in training: changes the scale by the gradients of all weights of an update. Returns the
   * optimizer of the update, and the state that tells it what to multiply gradients by.
   */
  #adjustScale(
    optimizer: Optimizer,
    runs: readonly Run[],
    { update, gate }: { readonly update: number; readonly gate: Value | undefined },
  ) {
    const scale = scalingOf(optimizer)
    if (!scale) return null
    const graph = this.#graph
    const { arena, offset } = this.#layout.placeOf(scale.lossScale)
    const scaling = graph.resident(arena, offset, scale.lossScale.shape)
    const place = this.#given.placesOfSkipped[update] ?? impossible('an update that nobody counts')
    const skipped = graph.resident('totals', place, [PLACE_ALIGNMENT], 'u32')
    const gradients = runs.map(({ start, size }) => graph.resident('gradients', start, [size]))
    scale.adjust(graph, gradients, { scaling, skipped, gate }, update)
    for (const value of this.#scales.get(scale) ?? []) this.#retire(value, `the scale of ${scale.className}`)
    this.#scales.delete(scale)
    return { optimizer: scale.innerOptimizer, scaling, skipped }
  }

  /** A loss times the scale that an optimizer has found. */
  scaleLoss(where: string, optimizer: Optimizer, x: Value): Value {
    const graph = this.#graph
    const { lossScale } = optimizer
    if (!lossScale || !this.#layout.places.has(lossScale))
      fail(where, { expected: 'an optimizer that the step applies', got: 'one that it does not' })
    const { arena, offset } = this.#layout.placeOf(lossScale)
    const b = graph.resident(arena, offset, [1])
    this.#scales.set(optimizer, [...(this.#scales.get(optimizer) ?? []), b])
    const a = reshape(graph, x, { shape: [sizeOf(x.shape)] })
    return reshape(graph, binary(graph, { a, b }, { fn: 'multiply' }).y, { shape: x.shape })
  }

  /** The optimizer's update of a run, as if it had these weights alone. */
  #update(
    optimizer: Optimizer,
    { weights, start, size, slots }: Run,
    scale: Pick<UpdateTensors, 'scaling' | 'skipped'>,
  ): void {
    const graph = this.#graph
    const layout = this.#layout
    const tensors = {
      parameters: graph.resident('parameters', start, [size]),
      gradients: graph.resident('gradients', start, [size]),
      layout: {
        placeOf(variable: Variable) {
          const place = layout.placeOf(variable)
          return place.arena === 'parameters' ? { ...place, offset: place.offset - start } : place
        },
      },
      scaling: scale.scaling,
      skipped: scale.skipped,
      slots: slots.map(({ arena, offset }, i) =>
        graph.resident(arena, offset, [optimizer.rule.slots[i]?.shape ? layout.sizeOf(arena) : size]),
      ),
    }
    optimizer.rule.lower(graph, tensors, withWeights(optimizer, weights))
  }

  /**
   * Throws where something computes with a gradient that does not exist, or reads what an update has changed as it was before: memory has it
   * no longer.
   */
  check(): void {
    const { where } = this.#given
    const retired = new Map(this.#retired.map((each) => [each.value, each]))
    this.#graph.nodes.forEach((node, index) => {
      for (const input of Object.values(node.inputs)) {
        const absent = this.gradients.pathOfAbsent(memoryOf(input))
        if (absent !== undefined)
          fail(where, {
            expected: 'a loss that depends on all of the weights whose gradients the step computes with',
            got: `one that "${absent}" takes no part in`,
            remedy: 'Leave it out of the list.',
          })
        const found = retired.get(memoryOf(input))
        if (!found || index < found.from) continue
        fail(where, {
          expected: `${found.what} as it was to be read before it is updated`,
          got: 'a use behind',
          remedy: 'Take all gradients of what was computed with it before you apply them.',
        })
      }
    })
  }
}
