// What gradients say of the scale of their loss, and updates with gradients of a scaled loss.
import { expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { Graph } from '../../src/graph/graph.ts'
import { lossScale, overflow } from '../../src/ops/lossScale.ts'
import {
  FIRST_RATE,
  KEPT_RATES,
  RATE,
  SCALING_SIZE,
  SKIPPED,
  SKIPPED_WORDS,
} from '../../src/ops/lossScaleState.ts'
import { adamUpdate, sgdUpdate } from '../../src/ops/optimizers.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { backends } from '../support/compareBackends.ts'
import { LoadedPlan, residentIn } from '../support/runPlan.ts'
import { uniform } from '../support/values.ts'

/** A state of loss scaling that begins with these numbers. */
function stateOf(...first: readonly number[]) {
  const state = new Float32Array(SCALING_SIZE)
  state.set(first)
  return tensor(state, [SCALING_SIZE])
}

const STEP = { start: 0, iteration: 1, rate: 0.1, reset: 0 }

test.each([
  [1, 0],
  [255, 254],
  [4097, 300],
  [40000, 39999],
])('of %i numbers the one at %i overflows', async (size, at) => {
  const finite = Float32Array.from({ length: size }, (_, i) => (i % 2 ? -3e38 : 1e-40))
  for (const bad of [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
    const values = finite.slice()
    values[at] = bad
    for (const [name, backend] of Object.entries(backends)) {
      const graph = new Graph()
      const { flags } = overflow(graph, { x: residentIn(graph, 'x', [size], values) }, {})
      graph.result('flags', flags)
      const plan = await LoadedPlan.load(backend, compile(graph, backend.traits), { x: values })
      const { results } = await plan.run({ x: values }, [STEP])
      const count = Math.min(Math.ceil(size / 256), 64)
      const expected = new Float32Array(count)
      if (bad !== 0) expected[(at >> 6) % count] = 1
      expect(results.flags, `${bad} on ${name}`).toEqual(expected)
      plan.dispose()
    }
  }
})

test('the scale grows after so many steps, and halves at an overflow', async () => {
  const states: number[][] = []
  // Flags of gradients and of f16. Neither bound is left, and both have a normal inverse.
  for (const [scale, good, flag, f16Flag] of [
    [8, 0, 0, 0],
    [8, 2, 0, 0],
    [8, 2, 1, 0],
    [8, 2, 0, 1],
    [2 ** -126, 0, 1, 0],
    [2 ** 126, 2, 0, 0],
  ] as const) {
    const { memory } = await checkOp(lossScale, {
      inputs: {
        flags: tensor([0, flag, 0], [3]),
        scaling: stateOf(scale, good, 5, 0.5, f16Flag),
        skipped: new Uint32Array(SKIPPED_WORDS),
      },
      attrs: { growthSteps: 3 },
      steps: [{ rate: 0.1, scheduled: 0 }],
    })
    states.push([...(memory.scaling ?? []).slice(0, RATE)])
  }
  expect(states).toEqual([
    [8, 1, 6, 1 / 8, 0],
    [16, 0, 6, 1 / 8, 0],
    [4, 0, 5, 0, 0],
    [4, 0, 5, 0, 0],
    [2 ** -126, 0, 5, 0, 0],
    [2 ** 126, 0, 6, 2 ** -126, 0],
  ])
})

test('with a schedule the rate of an update is the one that was given as many steps ago as were skipped', async () => {
  const rateOf = (planned: number): number => planned / 4096
  // Updates made, and skipped steps before the present one, among them more than there are rates of.
  for (const [updates, before] of [
    [0, 0],
    [5, 2],
    [1100, 700],
    [3, KEPT_RATES - 1],
    [9, 2 * KEPT_RATES],
  ] as const) {
    const state = stateOf(8, 0, updates)
    state.data[SKIPPED] = before
    for (let i = Math.max(0, updates + before - KEPT_RATES); i < updates + before; i++)
      state.data[FIRST_RATE + (i % KEPT_RATES)] = rateOf(i)
    for (const [scheduled, flag] of [
      [1, 0],
      [1, 1],
      [0, 0],
    ] as const) {
      const { memory } = await checkOp(lossScale, {
        inputs: { flags: tensor([flag], [1]), scaling: state, skipped: new Uint32Array(SKIPPED_WORDS) },
        attrs: { growthSteps: 3 },
        steps: [{ rate: rateOf(updates + before), scheduled }],
      })
      const behind = scheduled ? Math.min(before, KEPT_RATES - 1) : 0
      expect(memory.scaling?.[RATE]).toBe(rateOf(updates + before - behind))
      expect(memory.scaling?.[SKIPPED]).toBe(before + flag)
    }
  }
})

const size = 67
const parameters = uniform([size], -1, 1, 1)
const gradients = uniform([size], -1, 1, 2)
const timesScale = tensor(
  gradients.data.map((g) => 1024 * g),
  [size],
)
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }
const correction = (updates: number): number =>
  Math.sqrt(1 - adam.beta2 ** updates) / (1 - adam.beta1 ** updates)

test.each([1, 2, 13, 1000])('an update divides by the scale; the %i-th of Adam', async (updates) => {
  const scaling = tensor([2048, 0, updates, 1 / 1024, 0, 0.1], [6])
  const steps = [{ rate: 0.1 }]
  const [m, v] = [uniform([size], -0.1, 0.1, 3), uniform([size], 0.1, 1, 4)]
  const same = async (found: Float32Array | undefined, expected: Float32Array | undefined) => {
    for (const [i, value] of (expected ?? []).entries()) expect(found?.[i]).toBeCloseTo(value, 6)
    expect(found?.length).toBe(size)
  }
  const sgd = await checkOp(sgdUpdate, { inputs: { gradients, parameters }, attrs: {}, steps })
  const scaledSgd = await checkOp(sgdUpdate, {
    inputs: { gradients: timesScale, parameters, scaling },
    attrs: {},
    steps,
  })
  await same(scaledSgd.memory.parameters, sgd.memory.parameters)

  const attrs = { momentum: 0.9, nesterov: true }
  const inputs = { parameters, velocity: m }
  const momentum = await checkOp(sgdUpdate, { inputs: { ...inputs, gradients }, attrs, steps })
  const scaledMomentum = await checkOp(sgdUpdate, {
    inputs: { ...inputs, gradients: timesScale, scaling },
    attrs,
    steps,
  })
  await same(scaledMomentum.memory.parameters, momentum.memory.parameters)

  const plain = await checkOp(adamUpdate, {
    inputs: { gradients, parameters, m, v },
    attrs: adam,
    steps: [{ rate: 0.1 * correction(updates) }],
    roundings: 32,
  })
  const scaled = await checkOp(adamUpdate, {
    inputs: { gradients: timesScale, parameters, m, v, scaling },
    attrs: adam,
    steps,
    roundings: 32,
  })
  for (const name of ['parameters', 'm', 'v']) await same(scaled.memory[name], plain.memory[name])
})

test('an update is skipped where the gradients overflowed', async () => {
  const scaling = tensor([512, 0, 7, 0, 0, 0.1], [6])
  const gone = tensor(new Float32Array(size).fill(Number.POSITIVE_INFINITY), [size])
  const [m, v] = [uniform([size], -0.1, 0.1, 3), uniform([size], 0.1, 1, 4)]
  const given = { gradients: gone, parameters, scaling }
  const runs = [
    await checkOp(sgdUpdate, { inputs: given, attrs: {} }),
    await checkOp(sgdUpdate, {
      inputs: { ...given, velocity: m },
      attrs: { momentum: 0.9, nesterov: false },
    }),
    await checkOp(adamUpdate, { inputs: { ...given, m, v }, attrs: adam }),
  ]
  for (const { memory } of runs) expect(memory.parameters).toEqual(parameters.data)
  expect(runs[1]?.memory.velocity).toEqual(m.data)
  expect([runs[2]?.memory.m, runs[2]?.memory.v]).toEqual([m.data, v.data])
})
