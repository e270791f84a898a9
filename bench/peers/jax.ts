// jax-js: the whole training step under one jit. The inputs' product is hoisted over all steps of time and split, which
// it compiled and ran faster than a product a step; data are time-major, so that no step has to transpose.

import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax'
import {
  batchOf,
  type Case,
  EPSILON,
  initialWeights,
  LEARNING_RATE,
  type StackCase,
  weightShapes,
} from '../cases.ts'
import type { Job, Runtime } from '../contender.ts'
import { versionOf } from './version.ts'

type Array = np.Array

/** One step of time for z = x·W + b + h·R: the new h and c. Consumes what it is given, as all functions here. */
function cell(z: Array, c: Array | null): [h: Array, c: Array] {
  const [i, f, g, o] = np.split(z, 4, 1) as [Array, Array, Array, Array]
  const fresh = nn.sigmoid(i).mul(np.tanh(g))
  const forget = nn.sigmoid(f)
  const state = c === null ? fresh : forget.ref.mul(c).add(fresh)
  forget.dispose()
  return [nn.sigmoid(o).mul(np.tanh(state.ref)), state]
}

/** x [T·B, D] → the hidden states of all steps. */
function lstm(x: Array, [kernel, recurrent, bias]: readonly [Array, Array, Array], time: number): Array[] {
  const states: Array[] = []
  let c: Array | null = null
  for (const product of np.split(np.dot(x, kernel).add(bias), time, 0)) {
    const before = states.at(-1)
    const z: Array = before === undefined ? product : product.add(np.dot(before.ref, recurrent.ref))
    const [h, next]: [Array, Array] = cell(z, c)
    states.push(h)
    c = next
  }
  c?.dispose()
  recurrent.dispose()
  return states
}

/** weights in Keras's order, x [T·B, D] → [B, 1]. */
function forward(weights: readonly Array[], x: Array, { kind, depth, time }: StackCase): Array {
  let input = x
  if (kind === 'dense') {
    for (const kernel of weights.slice(0, depth)) input = np.dot(input, kernel)
    const [kernel, bias] = weights.slice(depth) as [Array, Array]
    return np.dot(input, kernel).add(bias)
  }
  for (let layer = 0; layer < depth; layer++) {
    const [kernel, recurrent, bias] = weights.slice(3 * layer) as [Array, Array, Array]
    const states = lstm(input, [kernel, recurrent, bias], time)
    if (layer < depth - 1) input = time === 1 ? states[0]! : np.concatenate(states, 0)
    else {
      input = states.pop()!
      for (const state of states) state.dispose()
    }
  }
  const [kernel, bias] = weights.slice(3 * depth) as [Array, Array]
  return np.dot(input, kernel).add(bias)
}

type AdamState = {
  weights: Array[]
  means: Array[]
  squares: Array[]
  step: Array
}

/** Keras's Adam. */
function adam({ weights, means, squares, step }: AdamState, gradients: readonly Array[]): AdamState {
  const [b1, b2] = [0.9, 0.999]
  const count = step.add(1)
  const correction = np
    .sqrt(np.subtract(1, np.power(b2, count.ref)))
    .div(np.subtract(1, np.power(b1, count.ref)))
  const rate = correction.mul(LEARNING_RATE)
  const updated = weights.map((weight, i) => {
    const mean = means[i]!.mul(b1).add(gradients[i]!.ref.mul(1 - b1))
    const square = squares[i]!.mul(b2).add(np.square(gradients[i]!).mul(1 - b2))
    const change = mean.ref.mul(rate.ref).div(np.sqrt(square.ref).add(EPSILON))
    return { weight: weight.sub(change), mean, square }
  })
  rate.dispose()
  return {
    weights: updated.map(({ weight }) => weight),
    means: updated.map(({ mean }) => mean),
    squares: updated.map(({ square }) => square),
    step: count,
  }
}

/** [B, T, D] → [T·B, D] */
function timeMajor(x: Float32Array, { batch, time, features }: StackCase): Array {
  const batchMajor = np.array(x).reshape([batch, time, features])
  return np.transpose(batchMajor, [1, 0, 2]).reshape([time * batch, features])
}

function prepareInference(item: StackCase, weights: Array[], x: Array): Job {
  const predict = jit((own: Array[], input: Array) => forward(own, input, item))
  return jobOf(
    () => predict(refs(weights), x.ref),
    () => {
      predict.dispose()
      for (const array of [...weights, x]) array.dispose()
    },
  )
}

function prepareTraining(item: StackCase, weights: Array[], x: Array, y: Array): Job {
  const loss = (own: Array[], input: Array, target: Array): Array =>
    np.mean(np.square(forward(own, input, item).sub(target)))
  const train = jit((state: AdamState, input: Array, target: Array) => {
    const [value, gradients] = valueAndGrad(loss)(refs(state.weights), input, target)
    return { value, state: adam(state, gradients as Array[]) }
  })
  const zeros = (): Array[] => weights.map(({ shape }) => np.zeros(shape))
  let state: AdamState = { weights, means: zeros(), squares: zeros(), step: np.array(0) }
  return jobOf(
    () => {
      const trained = train(state, x.ref, y.ref)
      state = trained.state
      return trained.value
    },
    () => {
      train.dispose()
      const { weights, means, squares, step } = state
      for (const array of [...weights, ...means, ...squares, step, x, y]) array.dispose()
    },
  )
}

const refs = (arrays: readonly Array[]): Array[] => arrays.map((array) => array.ref)

/** A job of steps that each give an array. All are waited for at the end: what nobody asks for is not computed. */
function jobOf(step: () => Array, dispose: () => void): Job {
  let last = Number.NaN
  return {
    async run(steps) {
      const outputs = await blockUntilReady(Array.from({ length: steps }, step))
      const newest = outputs.pop()!
      for (const output of outputs) output.dispose()
      last = (await newest.data())[0]!
    },
    result: async () => last,
    dispose,
  }
}

async function prepare(item: Case): Promise<Job> {
  if (item.kind === 'model') throw new TypeError(`jax-js: expected a stack, got ${item.name}`)
  const shapes = weightShapes(item)
  const weights = initialWeights(item).map((values, i) => np.array(values).reshape(shapes[i]!))
  const batch = batchOf(item)
  const x = timeMajor(batch.x, item)
  if (item.mode === 'infer') return prepareInference(item, weights, x)
  return prepareTraining(item, weights, x, np.array(batch.y).reshape([item.batch, 1]))
}

/** jax-js on WebGPU. */
export async function jax(): Promise<Runtime> {
  // it looks for Firefox there, and Node has it since version 21
  if (!('userAgent' in navigator)) Object.defineProperty(navigator, 'userAgent', { value: 'Node.js' })
  await init('webgpu')
  defaultDevice('webgpu')
  return {
    version: versionOf('@jax-js/jax'),
    device: 'gpu',
    runs: ({ kind }) => kind !== 'model',
    select: async () => undefined,
    prepare,
  }
}
