// Recurra on its backends, the one that others are compared with.

import { readFileSync } from 'node:fs'
import {
  Adam,
  Bidirectional,
  type CallableLayer,
  Conv1D,
  ConvLSTM2D,
  Dense,
  Embedding,
  Flatten,
  GlobalAveragePooling1D,
  GRU,
  Input,
  LSTM,
  Masking,
  MaxPooling1D,
  Model,
  MultiHeadAttention,
  RepeatVector,
  Sequential,
  SimpleRNN,
  type SymbolicTensor,
  setBackend,
  TimeDistributed,
  tensor,
} from 'recurra/node'
import {
  batchOf,
  type Case,
  EPSILON,
  initialWeights,
  inputShape,
  LEARNING_RATE,
  outputShape,
  weightShapes,
} from './cases.ts'
import type { Job, Runtime } from './contender.ts'
import type { Layer } from './layers.ts'

/** What a layer makes of x. */
function apply(spec: Layer, x: SymbolicTensor): SymbolicTensor {
  if (spec.layer !== 'SelfAttention') return layerOf(spec)(x)
  return MultiHeadAttention(spec.heads, spec.keyDim)(x, x)
}

function layerOf(spec: Exclude<Layer, { layer: 'SelfAttention' }>): CallableLayer {
  switch (spec.layer) {
    case 'LSTM':
    case 'SimpleRNN': {
      const { units, returnSequences = false, stateful = false } = spec
      const options = { returnSequences, stateful }
      return spec.layer === 'LSTM' ? LSTM(units, options) : SimpleRNN(units, options)
    }
    case 'GRU':
      return GRU(spec.units, { resetAfter: spec.resetAfter, stateful: spec.stateful ?? false })
    case 'Masking':
      return Masking()
    case 'Embedding':
      return Embedding(spec.rows, spec.units)
    case 'GlobalAveragePooling1D':
      return GlobalAveragePooling1D()
    case 'Bidirectional':
      return Bidirectional(LSTM(spec.units, { returnSequences: spec.returnSequences ?? false }))
    case 'ConvLSTM2D':
      return ConvLSTM2D(spec.filters, spec.kernelSize, { padding: spec.padding })
    case 'Conv1D':
      return Conv1D(spec.filters, spec.kernelSize, { activation: 'relu' })
    case 'MaxPooling1D':
      return MaxPooling1D(spec.poolSize)
    case 'Flatten':
      return Flatten()
    case 'RepeatVector':
      return RepeatVector(spec.n)
    case 'TimeDistributed':
      return TimeDistributed(layerOf(spec.of as Parameters<typeof layerOf>[0]))
    case 'Dense':
      return Dense(spec.units, { useBias: spec.useBias ?? true })
  }
}

/** A model whose calls are of one batch each is fixed to its size, as states that go on need it. */
function createModel({ layers, input: shape, batch, oneByOne }: Case) {
  const isOfIds = layers[0]?.layer === 'Embedding'
  const input = oneByOne
    ? Input({ batchShape: [batch, ...shape] })
    : Input({ shape, ...(isOfIds && { dtype: 'int32' as const }) })
  return Model(
    input,
    layers.reduce((x, spec) => apply(spec, x), input),
  )
}

/** So many copies of a batch, one after another. */
function repeat(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(values.length * times)
  for (let i = 0; i < times; i++) all.set(values, i * values.length)
  return all
}

async function prepare(item: Case): Promise<Job> {
  const { mode, batch } = item
  const [, ...sample] = inputShape(item)
  const [, ...targets] = outputShape(item)
  const model = createModel(item)
  const shapes = weightShapes(item)
  model.setWeights(initialWeights(item).map((values, i) => tensor(values, shapes[i]!)))
  model.compile({ loss: 'mse', optimizer: Adam({ learningRate: LEARNING_RATE, epsilon: EPSILON }) })
  const { x, y } = batchOf(item)
  const made = new Map<number, readonly [ReturnType<typeof tensor>, ReturnType<typeof tensor>]>()
  const data = (steps: number) => {
    const found = made.get(steps)
    if (found) return found
    const fresh = [
      tensor(repeat(x, steps), [steps * batch, ...sample]),
      tensor(repeat(y, steps), [steps * batch, ...targets]),
    ] as const
    made.set(steps, fresh)
    return fresh
  }
  let last = Number.NaN
  return {
    async run(steps) {
      if (item.oneByOne) {
        const [input] = data(1)
        for (let i = 0; i < steps; i++) last = (await model.predict(input)).data[0]!
        return
      }
      const [inputs, targets] = data(steps)
      if (mode === 'train') {
        const options = { batchSize: batch, verbose: 0, shuffle: false } as const
        const { history } = await model.fit(inputs, targets, options)
        last = Number(history.loss?.[0])
      } else {
        const outputs = await model.predict(inputs, { batchSize: batch, verbose: 0 })
        last = outputs.data[0]!
      }
    },
    result: async () => last,
    dispose: () => model.dispose(),
  }
}

const versionIn = (path: string): string =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version

/** Recurra on one of its backends, and what that says of itself. */
export async function recurra(
  backend: 'webgpu' | 'cpu',
): Promise<Runtime & { readonly description: string }> {
  const { description } = await setBackend(backend)
  return {
    version: versionIn('../package.json'),
    device: backend === 'cpu' ? 'cpu' : 'gpu',
    runs: () => true,
    description,
    // chosen once, with the first job: another call would be another backend
    select: async () => undefined,
    prepare,
  }
}

/** Milliseconds for the echo problem as a whole: 1000 epochs of one batch, from the first call of a fresh model. */
export async function timeEcho(): Promise<number> {
  const model = Sequential([LSTM(5, { inputShape: [1, 1] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const y = tensor([0, 0.2, 0.4, 0.6, 0.8], [5, 1])
  const start = performance.now()
  await model.fit(tensor(y.data, [5, 1, 1]), y, { epochs: 1000, batchSize: 5, verbose: 0 })
  const ms = performance.now() - start
  model.dispose()
  return ms
}
