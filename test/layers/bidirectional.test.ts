/**
 * Bidirectional(LSTM) runs both directions in the same launches. What it predicts and learns is what its two layers do by
 * themselves, whatever their options; where they differ too much they do run by themselves.
 */
import { expect, test } from 'vitest'
import {
  Bidirectional,
  config,
  Dense,
  LSTM,
  type LSTMOptions,
  Sequential,
  type SequentialModel,
  SGD,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { sampledOnGpu } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const [BATCH, TIME, FEATURES, UNITS] = [4, 5, 3, 6]
const x = uniform([3 * BATCH, TIME, FEATURES], -1, 1, 1)

/** The mean of two directions' errors has half the slope of each, so that it learns alike at twice the rate. */
const RATE = 0.2

function compiled(model: SequentialModel, rate: number): SequentialModel {
  model.compile({ loss: 'mse', optimizer: SGD(rate) })
  return model
}

/** Columns from `first` on, as one direction has them. */
function columns({ data, shape }: Tensor, first: number): Tensor {
  const kept = data.filter((_, i) => i % (2 * UNITS) >= first && i % (2 * UNITS) < first + UNITS)
  return tensor(kept, [...shape.slice(0, -1), UNITS])
}

/** Time steps of sequences from the last to the first. */
function turned(array: Tensor): Tensor {
  if (array.shape.length === 2) return array
  const rows = array.toArray() as number[][][]
  return tensor(
    rows.flatMap((row) => [...row].reverse().flat()),
    array.shape,
  )
}

interface Variant {
  readonly what: string
  readonly forward?: LSTMOptions
  readonly backward?: LSTMOptions
}

const variants: readonly Variant[] = [
  { what: 'by default' },
  { what: 'sequences', forward: { returnSequences: true } },
  { what: 'the forward layer backwards', forward: { returnSequences: true, goBackwards: true } },
  { what: 'no bias', forward: { useBias: false } },
  { what: 'states kept', forward: { stateful: true, returnSequences: true } },
  { what: 'inputs dropped', forward: { dropout: 0.3, seed: 7 }, backward: { dropout: 0.5, seed: 8 } },
  { what: 'one drops inputs', backward: { dropout: 0.5, seed: 8 } },
  {
    what: 'states dropped',
    forward: { recurrentDropout: 0.4, seed: 7 },
    backward: { recurrentDropout: 0.4, seed: 8 },
  },
  {
    what: 'inputs and states dropped, sequences',
    forward: { dropout: 0.2, recurrentDropout: 0.4, seed: 7, returnSequences: true },
    backward: { dropout: 0.2, recurrentDropout: 0.4, seed: 8, returnSequences: true },
  },
  {
    what: 'different functions, apart',
    backward: { activation: 'relu', recurrentActivation: 'hard_sigmoid' },
  },
  {
    what: 'different rates, apart',
    forward: { recurrentDropout: 0.4, seed: 7 },
    backward: { recurrentDropout: 0.2, seed: 8 },
  },
  { what: 'a bias on one side, apart', backward: { useBias: false } },
]

onCpuFirst((backend) => {
  test.each(sampledOnGpu(backend, variants, 3))(
    'is two layers: $what',
    async ({ forward = {}, backward }) => {
      const first = { batchShape: [BATCH, TIME, FEATURES] }
      const ways = [{ ...forward }, { ...(backward ?? forward), goBackwards: !forward.goBackwards }] as const
      setSeed(1)
      const given = backward ? { ...first, backwardLayer: LSTM(UNITS, ways[1]) } : first
      const both = compiled(Sequential([Bidirectional(LSTM(UNITS, forward), given)]), RATE)
      const alone = ways.map((options) =>
        compiled(Sequential([LSTM(UNITS, { ...first, ...options })]), RATE / 2),
      )
      const weights = await both.getWeights()
      const half = alone[0]?.weights.length ?? 0
      alone[0]?.setWeights(weights.slice(0, half))
      alone[1]?.setWeights(weights.slice(half))

      const shape = forward.returnSequences ? [3 * BATCH, TIME, 2 * UNITS] : [3 * BATCH, 2 * UNITS]
      const y = uniform(shape, -1, 1, 2)
      const options = { batchSize: BATCH, epochs: 2, shuffle: false, ...quiet }
      const predicted = await both.predict(x, { batchSize: BATCH })
      await both.fit(x, y, options)
      const learned = await both.getWeights()
      for (const [i, model] of alone.entries()) {
        // Bidirectional turns what the backward layer gives as sequences.
        const seen = (array: Tensor): Tensor => (i === 0 ? array : turned(array))
        const own = columns(predicted, i * UNITS)
        const expected = seen(await model.predict(x, { batchSize: BATCH }))
        expectClose(`outputs of direction ${i}`, own.data, expected.data, 1e-6)
        await model.fit(x, seen(columns(y, i * UNITS)), options)
        for (const [n, weight] of (await model.getWeights()).entries())
          expectClose(`weight ${n} of direction ${i}`, learned[i * half + n]?.data ?? [], weight.data, 1e-5)
      }
    },
  )

  test('mixed precision learns what f32 does, nearly', async () => {
    const y = uniform([3 * BATCH, 1], -1, 1, 2)
    const train = async (policy: 'float32' | 'mixed_float16'): Promise<number> => {
      config.setDtypePolicy(policy)
      setSeed(4)
      const model = Sequential([
        Bidirectional(LSTM(UNITS, { returnSequences: true }), { inputShape: [TIME, FEATURES] }),
        Bidirectional(LSTM(UNITS)),
        Dense(1),
      ])
      config.setDtypePolicy('float32')
      model.compile({ loss: 'mse', optimizer: SGD(0.1) })
      const { history } = await model.fit(x, y, { batchSize: BATCH, epochs: 5, shuffle: false, ...quiet })
      return history.loss?.at(-1) ?? Number.NaN
    }
    const plain = await train('float32')
    const mixed = await train('mixed_float16')
    expect(mixed).not.toBe(plain)
    expect(Math.abs(mixed - plain)).toBeLessThan(2e-3)
  })
})
