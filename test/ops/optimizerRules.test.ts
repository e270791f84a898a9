// Optimizers over several steps at odd sizes: both backends, and references in float64 that say Keras's formulas weight by weight.
import { describe, expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { Adadelta, Adagrad, Adam, Adamax, Ftrl, Lion, Nadam, RMSprop } from '../../src/index.ts'
import { averageAfter } from '../../src/ops/averagedUpdate.ts'
import type { Optimizer } from '../../src/training/optimizer.ts'
import { type Tensor, tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

/** A step of one weight: the new weight; changes its slots. */
type Reference = (w: number, g: number, slots: number[], t: number) => number

const rate = 0.02
const toward = (slots: number[], i: number, target: number, share: number): number => {
  slots[i] = (slots[i] ?? 0) + (target - (slots[i] ?? 0)) * share
  return slots[i]
}
const warmth = (t: number): number => 0.9 * (1 - 0.5 * 0.96 ** t)
const warmths = (t: number): number => (t === 0 ? 1 : warmths(t - 1) * warmth(t))

const rmsprop =
  (momentum: number, isCentered: boolean): Reference =>
  (w, g, slots) => {
    const v = toward(slots, 0, g * g, 0.1)
    const a = isCentered ? toward(slots, momentum > 0 ? 2 : 1, g, 0.1) : 0
    const step = (rate * g) / Math.sqrt(v - a * a + 1e-7)
    if (momentum === 0) return w - step
    slots[1] = momentum * (slots[1] ?? 0) + step
    return w - slots[1]
  }

const ftrl =
  (power: number, [l1, l2, shrinkage, beta]: readonly [number, number, number, number]): Reference =>
  (w, g, slots) => {
    const [n = 0, z = 0] = slots
    const [before, after] = [n ** power, (n + g * g) ** power]
    slots[0] = n + g * g
    slots[1] = z + g + 2 * shrinkage * w - ((after - before) / rate) * w
    const clipped = Math.sign(slots[1]) * Math.min(Math.abs(slots[1]), l1)
    return (clipped - slots[1]) / (after / rate + 2 * (l2 + beta / (2 * rate)))
  }

const cases: Readonly<Record<string, readonly [Optimizer, Reference]>> = {
  RMSprop: [RMSprop(rate), rmsprop(0, false)],
  'RMSprop with momentum': [RMSprop({ learningRate: rate, momentum: 0.7 }), rmsprop(0.7, false)],
  'RMSprop, centered': [RMSprop({ learningRate: rate, centered: true }), rmsprop(0, true)],
  'RMSprop, centered with momentum': [
    RMSprop({ learningRate: rate, momentum: 0.5, centered: true }),
    rmsprop(0.5, true),
  ],
  'Adam with amsgrad': [
    Adam({ learningRate: rate, beta2: 0.5, amsgrad: true }),
    (w, g, slots, t) => {
      const m = toward(slots, 0, g, 0.1)
      slots[2] = Math.max(slots[2] ?? 0, toward(slots, 1, g * g, 0.5))
      return w - (rate * (Math.sqrt(1 - 0.5 ** t) / (1 - 0.9 ** t)) * m) / (Math.sqrt(slots[2]) + 1e-7)
    },
  ],
  Adagrad: [
    Adagrad({ learningRate: rate, initialAccumulatorValue: 0.2 }),
    (w, g, slots) => {
      slots[0] = (slots[0] ?? 0) + g * g
      return w - (rate * g) / Math.sqrt(slots[0] + 1e-7)
    },
  ],
  Adadelta: [
    Adadelta({ learningRate: rate, epsilon: 1e-3 }),
    (w, g, slots) => {
      const root = Math.sqrt(toward(slots, 0, g * g, 0.05) + 1e-3)
      const change = (Math.sqrt((slots[1] ?? 0) + 1e-3) * g) / root
      toward(slots, 1, change * change, 0.05)
      return w - rate * change
    },
  ],
  Adamax: [
    Adamax({ learningRate: rate, beta2: 0.7 }),
    (w, g, slots, t) => {
      const m = toward(slots, 0, g, 0.1)
      slots[1] = Math.max(0.7 * (slots[1] ?? 0), Math.abs(g))
      return w - (rate * m) / ((1 - 0.9 ** t) * (slots[1] + 1e-7))
    },
  ],
  Nadam: [
    Nadam(rate),
    (w, g, slots, t) => {
      const m = toward(slots, 0, g, 0.1)
      const v = toward(slots, 1, g * g, 0.001) / (1 - 0.999 ** t)
      const mean = (warmth(t + 1) * m) / (1 - warmths(t + 1)) + ((1 - warmth(t)) * g) / (1 - warmths(t))
      return w - (rate * mean) / (Math.sqrt(v) + 1e-7)
    },
  ],
  Ftrl: [Ftrl({ learningRate: rate, l1RegularizationStrength: 0.1 }), ftrl(0.5, [0.1, 0, 0, 0])],
  'Ftrl with all options': [
    Ftrl({
      learningRate: rate,
      learningRatePower: -0.75,
      l1RegularizationStrength: 0.05,
      l2RegularizationStrength: 0.1,
      l2ShrinkageRegularizationStrength: 0.01,
      beta: 0.3,
    }),
    ftrl(0.75, [0.05, 0.1, 0.01, 0.3]),
  ],
  Lion: [
    Lion({ learningRate: rate, beta2: 0.8 }),
    (w, g, slots) => {
      const direction = Math.sign(0.9 * (slots[0] ?? 0) + 0.1 * g)
      toward(slots, 0, g, 0.2)
      return w - rate * direction
    },
  ],
}

const slotNames = ['s0', 's1', 's2'] as const
type Inputs = Readonly<Record<'gradients' | 'parameters', Value>> &
  Readonly<Partial<Record<(typeof slotNames)[number] | 'scaling' | 'averages', Value>>>

/** The update of an optimizer as an operation, with a moving average of weights where that is given. */
const updateOf =
  (optimizer: Optimizer) =>
  (
    graph: Graph,
    { gradients, parameters, scaling, averages, ...inputs }: Inputs,
    _attrs: object,
  ): Record<never, Value> => {
    const slots = slotNames.flatMap((name) => inputs[name] ?? [])
    const layout = { placeOf: () => ({ arena: '', offset: 0 }) }
    optimizer.rule.lower(graph, { gradients, parameters, scaling, slots, layout }, optimizer)
    if (!averages) return {}
    const average = { momentum: 0.75, frequency: 0 }
    averageAfter(graph, { parameters, averages, scaling }, average, optimizer.rule.averaged)
    return {}
  }

const random = (size: number, scale: number, seed: number): Tensor => {
  const values = uniform([size], -scale, scale, seed).data
  return tensor(Float32Array.from(values), [size])
}

/** Weights, gradients and slots after some updates by the reference, and weights and slots after some more. */
function trained(optimizer: Optimizer, reference: Reference, size: number, updates: number) {
  const [weights, gradients] = [random(size, 1, 2), random(size, 1, 3)]
  optimizer.build([{ path: 'w', shape: [size], kind: 'weight', value: new Float32Array(size), home: null }])
  const initial = optimizer.variables.map(({ value }) => value[0] ?? 0)
  const rows = Array.from(weights.data, (start, i) => {
    let w = start
    const slots = [...initial]
    const g = gradients.data[i] ?? 0
    for (let t = 1; t <= updates; t++) w = reference(w, -0.5 * g, slots, t)
    return { g, numbers: [w, ...slots].map(Math.fround) }
  })
  const names = ['parameters', ...slotNames.slice(0, initial.length)]
  const column = (from: readonly (readonly number[])[], j: number): Float32Array =>
    Float32Array.from(from, (numbers) => numbers[j] ?? 0)
  const start = names.map((name, j) => [
    name,
    tensor(
      column(
        rows.map(({ numbers }) => numbers),
        j,
      ),
      [size],
    ),
  ])
  return {
    gradients,
    start: Object.fromEntries(start) as Readonly<Record<'parameters', Tensor>>,
    expectAfter(steps: number, memory: Readonly<Record<string, Float32Array>>): void {
      const after = rows.map(({ g, numbers: [first = 0, ...others] }) => {
        let w = first
        for (let t = updates + 1; t <= updates + steps; t++) w = reference(w, g, others, t)
        return [w, ...others]
      })
      names.forEach((name, j) => {
        expectClose(name, memory[name] ?? new Float32Array(0), column(after, j), 2e-5)
      })
    },
  }
}

describe.each(Object.entries(cases))('%s', (_name, [optimizer, reference]) => {
  test.each([
    [1, 0],
    [67, 3],
  ])('%i weights after %i updates', async (size, updates) => {
    const { gradients, start, expectAfter } = trained(optimizer, reference, size, updates)
    const steps = [1, 2, 3, 4, 5]
    const { memory, plan } = await checkOp(updateOf(optimizer), {
      inputs: { gradients, ...start },
      attrs: {},
      steps: steps.map((step) => optimizer.scalars(updates + step)),
      roundings: 64,
    })
    expect(plan.operations.flatMap(({ launches }) => launches)).toHaveLength(1)
    expectAfter(steps.length, memory)
  })

  test('gradients of a scaled loss; the device counts updates', async () => {
    const [scale, updates] = [64, 9]
    const { gradients, start, expectAfter } = trained(optimizer, reference, 5, updates)
    const scaled = tensor(
      gradients.data.map((g) => scale * g),
      [5],
    )
    // More steps were taken than updates made.
    const scalars = { ...optimizer.scalars(23), rate }
    const update = async (factor: number) =>
      checkOp(updateOf(optimizer), {
        inputs: {
          gradients: scaled,
          ...start,
          scaling: tensor([scale, 0, updates + 1, factor, 0, rate], [6]),
        },
        attrs: {},
        steps: [scalars],
        roundings: 64,
      })
    expectAfter(1, (await update(1 / scale)).memory)
    const { memory: skipped } = await update(0)
    for (const [name, { data }] of Object.entries(start)) expect(skipped[name]).toEqual(data)
  })

  test('a moving average of weights in the same launch', async () => {
    const { gradients, start, expectAfter } = trained(optimizer, reference, 67, 3)
    const averages = random(67, 1, 5)
    const given = { gradients, ...start, averages }
    const once = { attrs: {}, steps: [{ ...optimizer.scalars(4), iteration: 4 }], roundings: 64 }
    const { memory, plan } = await checkOp(updateOf(optimizer), { inputs: given, ...once })
    expect(plan.operations.flatMap(({ launches }) => launches)).toHaveLength(1)
    expectAfter(1, memory)
    const expected = averages.data.map((a, i) => 0.75 * a + 0.25 * (memory.parameters?.[i] ?? 0))
    expectClose('averages', memory.averages ?? new Float32Array(0), expected, 1e-6)
    // Gradients are added up: nothing is updated, but the average moves.
    const scaling = tensor([0, 0, 3, 0, 1, 0.1], [6])
    const { memory: after } = await checkOp(updateOf(optimizer), { inputs: { ...given, scaling }, ...once })
    expect(after.parameters).toEqual(start.parameters.data)
    const moved = averages.data.map((a, i) => 0.75 * a + 0.25 * (start.parameters.data[i] ?? 0))
    expectClose('averages', after.averages ?? new Float32Array(0), moved, 1e-6)
  })
})
