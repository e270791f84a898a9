/** Recurrent layers against what they are made of: states, directions, merges, time steps. */
import { expect, test } from 'vitest'
import {
  Bidirectional,
  Dense,
  Flatten,
  Input,
  LSTM,
  Model,
  Sequential,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const UNITS = 2
const x = uniform([4, 5, 3], -1, 1, 1)

/** Time steps `from` to `to` of [B, T, F], that one left out. */
const steps = (array: Tensor, from: number, to: number): Tensor => {
  const rows = array.toArray() as number[][][]
  const [batch = 0, , features = 0] = array.shape
  return tensor(
    rows.flatMap((row) => row.slice(from, to).flat()),
    [batch, to - from, features],
  )
}

/** The time steps of [B, T, F] from the last to the first. */
const reversed = (array: Tensor): Tensor =>
  tensor(
    (array.toArray() as number[][][]).flatMap((row) => [...row].reverse().flat()),
    array.shape,
  )

onCpuFirst(() => {
  test('returnState gives the output and the last h and c, from which a sequence goes on', async () => {
    setSeed(1)
    const sequence = Input([5, 3])
    const all = LSTM(UNITS, { returnSequences: true, returnState: true, name: 'whole' })
    const whole = Model(sequence, [...all(sequence)])
    const [output, h, c] = await whole.predict<Tensor[]>(x)
    expect([output?.shape, h?.shape, c?.shape]).toEqual([
      [4, 5, UNITS],
      [4, UNITS],
      [4, UNITS],
    ])
    expect(h?.data).toEqual(steps(output as Tensor, 4, 5).data)

    const [start, rest] = [Input([2, 3]), Input([3, 3])]
    const [, h2, c2] = LSTM(UNITS, { returnState: true })(start)
    const second = LSTM(UNITS, { returnSequences: true })(rest, { initialState: [h2, c2] })
    const split = Model([start, rest], second)
    const weights = await whole.getWeights()
    split.setWeights([...weights, ...weights])
    const rested = await split.predict([steps(x, 0, 2), steps(x, 2, 5)])
    expectClose('the last three steps', rested.data, steps(output as Tensor, 2, 5).data, 1e-6)
  })

  test('states may also be inputs of the model', async () => {
    setSeed(1)
    const [sequence, h, c] = [
      Input([5, 3], { name: 'x' }),
      Input([UNITS], { name: 'h' }),
      Input([UNITS], { name: 'c' }),
    ]
    const layer = LSTM(UNITS)
    const model = Model([sequence, h, c], layer([sequence, h, c]))
    const zeros = tensor(new Float32Array(4 * UNITS), [4, UNITS])
    const plain = Sequential([LSTM(UNITS, { inputShape: [5, 3] })])
    plain.setWeights(await model.getWeights())
    const fromZero = await model.predict({ x, h: zeros, c: zeros })
    expect(fromZero.data).toEqual((await plain.predict(x)).data)
    const other = uniform([4, UNITS], -1, 1, 2)
    expect((await model.predict({ x, h: other, c: zeros })).data).not.toEqual(fromZero.data)
  })

  test('a stateful layer goes on where the batch before it ended, until resetStates', async () => {
    setSeed(1)
    const stateful = Sequential([LSTM(UNITS, { batchShape: [4, 2, 3], stateful: true }), Dense(1)])
    const plain = Sequential([LSTM(UNITS, { inputShape: [4, 3] }), Dense(1)])
    plain.setWeights(await stateful.getWeights())
    const first = await stateful.predict(steps(x, 0, 2))
    const second = await stateful.predict(steps(x, 2, 4))
    expectClose('after both', second.data, (await plain.predict(steps(x, 0, 4))).data, 1e-6)
    stateful.resetStates()
    expect((await stateful.predict(steps(x, 0, 2))).data).toEqual(first.data)
    expect(stateful.weights).toHaveLength(5)
    // States are read and set by the model or by the layer, sample by sample.
    const layer = stateful.layers[0]
    const after = await layer?.getStates()
    expect(layer?.states.map(({ path, shape }) => [path.split('/').at(-1), shape])).toEqual([
      ['h', [4, UNITS]],
      ['c', [4, UNITS]],
    ])
    const third = await stateful.predict(steps(x, 2, 4))
    expectClose('as before', third.data, second.data, 1e-6)
    layer?.resetStates(after)
    expect((await stateful.predict(steps(x, 2, 4))).data).toEqual(third.data)
    expect(() => stateful.resetStates([after?.[0]])).toThrow(/expected 2 states: .*h, .*c, got 1/)
    expect(() => stateful.resetStates([after?.[0], [[1]]])).toThrow(/expected \[4, 2\], got \[1, 1\]/)
  })

  test('a stateful layer keeps its states from batch to batch of a fit, and gradients leave them', async () => {
    setSeed(1)
    const build = () => {
      const model = Sequential([LSTM(UNITS, { batchShape: [2, 5, 3], stateful: true }), Dense(1)])
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      return model
    }
    const [model, byHand] = [build(), build()]
    byHand.setWeights(await model.getWeights())
    const y = uniform([4, 1], -1, 1, 3)
    await model.fit(x, y, { ...quiet, shuffle: false })
    const [rows, targets] = [x.toArray() as number[][][], y.toArray() as number[][]]
    await byHand.trainOnBatch(rows.slice(0, 2), targets.slice(0, 2))
    await byHand.gradients(rows.slice(2), targets.slice(2))
    await byHand.trainOnBatch(rows.slice(2), targets.slice(2))
    expect(await weightsOf(model)).toEqual(await weightsOf(byHand))
    const next = await model.predict(x)
    model.resetStates()
    expect((await model.predict(x)).data).not.toEqual(next.data)
  })

  test('goBackwards reads from the end, and puts out in that order', async () => {
    setSeed(1)
    const build = (goBackwards: boolean) =>
      Sequential([LSTM(UNITS, { inputShape: [5, 3], returnSequences: true, goBackwards })])
    const [forward, backward] = [build(false), build(true)]
    backward.setWeights(await forward.getWeights())
    const expected = await forward.predict(reversed(x))
    expect((await backward.predict(x)).data).toEqual(expected.data)
  })

  test.each([
    { mergeMode: 'concat', returnSequences: true },
    { mergeMode: 'concat', returnSequences: false },
    { mergeMode: 'sum', returnSequences: true },
    { mergeMode: 'mul', returnSequences: false },
    { mergeMode: 'ave', returnSequences: true },
    { mergeMode: null, returnSequences: true },
  ] as const)(
    'Bidirectional merges by $mergeMode, sequences: $returnSequences',
    async ({ mergeMode, returnSequences }) => {
      setSeed(1)
      const sequence = Input([5, 3])
      const outputs = Bidirectional(LSTM(UNITS, { returnSequences }), { mergeMode })(sequence)
      const model = Model(sequence, outputs)
      const merged = [await model.predict<Tensor | Tensor[]>(x)].flat()

      const weights = await model.getWeights()
      const direction = async (own: Tensor[], data: Tensor): Promise<Tensor> => {
        const alone = Sequential([LSTM(UNITS, { inputShape: [5, 3], returnSequences })])
        alone.setWeights(own)
        const output = await alone.predict(data)
        return data === x || !returnSequences ? output : reversed(output)
      }
      const forward = await direction(weights.slice(0, 3), x)
      const backward = await direction(weights.slice(3), reversed(x))
      const combine = (fn: (a: number, b: number) => number): number[][] => [
        [...forward.data].map((a, i) => fn(a, backward.data[i] ?? 0)),
      ]
      const concatenated = (): number[][] => [
        [...forward.data.keys()]
          .filter((i) => i % UNITS === 0)
          .flatMap((i) => [...forward.data.subarray(i, i + UNITS), ...backward.data.subarray(i, i + UNITS)]),
      ]
      const expected = {
        concat: concatenated,
        sum: () => combine((a, b) => a + b),
        mul: () => combine((a, b) => a * b),
        ave: () => combine((a, b) => (a + b) / 2),
        null: () => [[...forward.data], [...backward.data]],
      }[mergeMode ?? 'null']()
      expect(merged).toHaveLength(expected.length)
      merged.forEach((output, i) => {
        expectClose(`output ${i}`, output.data, expected[i] ?? [], 1e-6)
      })
    },
  )

  test('Bidirectional takes and returns the states of both directions', async () => {
    setSeed(1)
    const sequence = Input([5, 3])
    const [output, ...states] = Bidirectional(LSTM(UNITS, { returnState: true }))(sequence)
    const decoded = Bidirectional(LSTM(UNITS))(sequence, { initialState: states })
    const model = Model(sequence, [output, decoded, ...states])
    const [, fromStates, h1, , h2] = await model.predict<Tensor[]>(x)
    const [merged] = await model.predict<Tensor[]>(x)
    expect(states).toHaveLength(4)
    const pairs = [...(h1?.data.keys() ?? [])].filter((i) => i % UNITS === 0)
    expect([...(merged?.data ?? [])]).toEqual(
      pairs.flatMap((i) => [
        ...(h1?.data.subarray(i, i + UNITS) ?? []),
        ...(h2?.data.subarray(i, i + UNITS) ?? []),
      ]),
    )
    const fromZero = Sequential([Bidirectional(LSTM(UNITS), { name: 'zero' })])
    fromZero.build([null, 5, 3])
    fromZero.setWeights((await model.getWeights()).slice(6))
    expect((await fromZero.predict(x)).data).not.toEqual(fromStates?.data)
  })

  test('TimeDistributed is its layer at every time step', async () => {
    setSeed(1)
    const frames = uniform([2, 3, 4, 2], -1, 1, 4)
    const model = Sequential([
      TimeDistributed(LSTM(UNITS, { returnSequences: true }), { inputShape: [3, 4, 2] }),
      TimeDistributed(Flatten()),
      TimeDistributed(Dense(1)),
    ])
    const inner = Sequential([
      LSTM(UNITS, { inputShape: [4, 2], returnSequences: true }),
      Flatten(),
      Dense(1),
    ])
    inner.setWeights(await model.getWeights())
    const folded = await inner.predict(tensor(frames.data, [6, 4, 2]))
    const distributed = await model.predict(frames)
    expect(distributed.shape).toEqual([2, 3, 1])
    expectClose('outputs', distributed.data, folded.data, 1e-6)
  })
})
