/** What cells of one's own may be: another formula than LSTM's, in lists with others, by themselves, with layers in fields. */
import { expect, test } from 'vitest'
import {
  add,
  Bidirectional,
  Cell,
  type CellContext,
  config,
  Dense,
  Dropout,
  type DtypePolicy,
  Input,
  LSTM,
  LSTMCell,
  Model,
  ops,
  RNN,
  Sequential,
  type Shape,
  StackedRNNCells,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  tensor,
  type Weight,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { MinimalCell, OwnLSTMCell, ResidualCell } from '../support/ownCells.ts'
import { expectSameTraining } from '../support/sameTraining.ts'
import { uniform } from '../support/values.ts'

const [rows, time, features, units] = [4, 5, 3, 2]
const x = uniform([rows, time, features], -1, 1, 1)

/** A minimal gated unit over sequences, in float64: outputs of all time steps. */
function minimalGated(x: ArrayLike<number>, [kernel = [], recurrent = [], bias = []]: ArrayLike<number>[]) {
  const at = (list: ArrayLike<number>, i: number): number => list[i] ?? 0
  const columns = 2 * units
  const outputs: number[] = []
  for (let row = 0; row < rows; row++) {
    let h: number[] = Array(units).fill(0)
    for (let t = 0; t < time; t++) {
      const ofInput = Array.from({ length: columns }, (_, j) => {
        let sum = at(bias, j)
        for (let f = 0; f < features; f++)
          sum += at(x, (row * time + t) * features + f) * at(kernel, f * columns + j)
        return sum
      })
      const ofState = (state: readonly number[], j: number): number =>
        state.reduce((sum, value, k) => sum + value * at(recurrent, k * columns + j), 0)
      const gate = h.map((_, j) => 1 / (1 + Math.exp(-at(ofInput, j) - ofState(h, j))))
      const gated = h.map((value, j) => value * at(gate, j))
      h = h.map(
        (value, j) =>
          (1 - at(gate, j)) * value +
          at(gate, j) * Math.tanh(at(ofInput, units + j) + ofState(gated, units + j)),
      )
      outputs.push(...h.map((value) => 2 * value))
    }
  }
  return outputs
}

onCpuFirst(() => {
  test('a minimal gated unit is what float64 says, and its gradients are differences of that', async () => {
    setSeed(3)
    const model = Sequential([
      Input([time, features]),
      RNN(new MinimalCell(units), { returnSequences: true }),
    ])
    const y = uniform([rows, time, units], -1, 1, 6)
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const weights = (await model.getWeights()).map(({ data }) => Float64Array.from(data))
    expectClose('outputs', (await model.predict(x, quiet)).data, minimalGated(x.data, weights), 1e-6)
    const lossOf = (): number =>
      minimalGated(x.data, weights).reduce((sum, value, i) => sum + (value - (y.data[i] ?? 0)) ** 2, 0) /
      y.data.length
    const slopes = weights.flatMap((weight) =>
      [...weight].map((value, i) => {
        const [up, down] = [1e-5, -1e-5].map((d) => {
          weight[i] = value + d
          return lossOf()
        }) as [number, number]
        weight[i] = value
        return (up - down) / 2e-5
      }),
    )
    const gradients = Object.values(await model.gradients(x, y)).flatMap(({ data }) => [...data])
    expectClose('gradients', gradients, slopes, 1e-6)
  })

  test('cells of one’s own stand in lists with cells of Recurra', async () => {
    setSeed(4)
    const stacked = Sequential([Input([time, features]), RNN([LSTMCell(3), new MinimalCell(units)])])
    const apart = Sequential([
      Input([time, features]),
      LSTM(3, { returnSequences: true }),
      RNN(new MinimalCell(units)),
    ])
    await expectSameTraining(stacked, apart, { x, y: uniform([rows, units], -1, 1, 7) })
    const both = Bidirectional(
      RNN(StackedRNNCells([new MinimalCell(units), new OwnLSTMCell(units)]), { returnState: true }),
    )
    const input = Input([time, features])
    const outputs = both(input) as readonly SymbolicTensor[]
    expect(outputs.map(({ shape }) => shape[1])).toEqual([2 * units, ...Array(6).fill(units)])
  })

  test('a cell of Recurra inside one of one’s own', async () => {
    setSeed(7)
    const options = { returnSequences: true, unitForgetBias: false }
    const [input, plain] = [Input([time, features]), Input([time, features])]
    const own = Model(input, Dense(1)(RNN(new ResidualCell(features), { returnSequences: true })(input)))
    const built = Model(plain, Dense(1)(add([LSTM(features, options)(plain), plain])))
    await expectSameTraining(own, built, { x, y: uniform([rows, time, 1], -1, 1, 11) })
  })

  test('stacks of both kinds keep their states between batches', async () => {
    setSeed(8)
    const batchShape = [rows, time, features]
    const model = Sequential([
      Input({ batchShape }),
      RNN([new OwnLSTMCell(units), LSTMCell(3), new MinimalCell(units)], {
        stateful: true,
        returnSequences: true,
      }),
    ])
    const twice = Sequential([
      Input({ batchShape: [rows, 2 * time, features] }),
      RNN([new OwnLSTMCell(units), LSTMCell(3), new MinimalCell(units)], { returnSequences: true }),
    ])
    twice.setWeights(await model.getWeights())
    const doubled = uniform([rows, 2 * time, features], -1, 1, 12)
    const half = (data: Tensor, from: number): Tensor => {
      const width = data.shape[2] ?? 1
      const values = data.data.filter((_, i) => Math.floor(i / width / time) % 2 === from)
      return tensor(values, [rows, time, width])
    }
    const expected = await twice.predict(doubled, quiet)
    for (const part of [0, 1])
      expectClose(
        `part ${part}`,
        (await model.predict(half(doubled, part), { ...quiet, batchSize: rows })).data,
        half(expected, part).data,
        1e-6,
      )
    expect((await model.getStates()).map(({ shape }) => shape[1])).toEqual([units, units, 3, 3, units])
  })

  test('in mixed precision products are of f16, and the states stay near those of float32', async () => {
    const train = async (policy: DtypePolicy) => {
      config.setDtypePolicy(policy)
      setSeed(9)
      const model = Sequential([Input([time, features]), RNN(new MinimalCell(units)), Dense(1)])
      config.setDtypePolicy('float32')
      model.compile({ optimizer: 'sgd', loss: 'mse' })
      const y = uniform([rows, 1], -1, 1, 13)
      const { history } = await model.fit(x, y, { ...quiet, epochs: 3, shuffle: false })
      return history.loss ?? []
    }
    const [mixed, plain] = [await train('mixed_float16'), await train('float32')]
    expectClose('losses', mixed, plain, 2e-3)
    expect(mixed).not.toEqual(plain)
  })

  test('a cell called by itself is one time step', async () => {
    setSeed(5)
    const cell = new MinimalCell(units)
    const [first, h] = [Input([features]), Input([units])]
    const [output, [next]] = cell(first, h)
    const single = Model([first, h], [output, next as SymbolicTensor])
    const input = Input([1, features])
    const whole = Model([input, h], RNN(cell, { returnState: true })(input, { initialState: h }) as never)
    const [row, state] = [uniform([rows, features], -1, 1, 8), uniform([rows, units], -1, 1, 9)]
    const sequence = tensor(row.data, [rows, 1, features])
    const [a, b] = [
      await single.predict<Tensor[]>([row, state], quiet),
      await whole.predict<Tensor[]>([sequence, state], quiet),
    ]
    a.forEach(({ data }, i) => {
      expectClose(`output ${i}`, data, b[i]?.data ?? [], 1e-6)
    })
  })

  test('a learned initial state, an output of another size, layers in fields', async () => {
    class Learned extends Cell {
      override readonly stateSize = units
      override readonly outputSize = 1
      readonly start = this.addWeight({ name: 'start', shape: [units], initializer: 'ones' })
      readonly mix = Dense(units, { name: 'mix', activation: 'tanh' })
      readonly out = Dense(1, { name: 'out', useBias: false })
      override getInitialState(batchSize: number) {
        return ops.broadcastTo(this.start, [batchSize, units])
      }
      override call(x: SymbolicTensor, [h]: readonly [SymbolicTensor]) {
        const next = this.mix(ops.concatenate([x, h], -1))
        return [this.out(next), next] as const
      }
    }
    setSeed(6)
    const model = Sequential([
      Input([time, features]),
      RNN(new Learned({ name: 'learned' }), { name: 'rnn' }),
    ])
    const [, ...inner] = model.weights.map(({ path }) => path)
    expect(model.weights.map(({ path }) => path.replace(/^sequential\w*\//, ''))).toEqual([
      'rnn/learned/start',
      'rnn/learned/mix/kernel',
      'rnn/learned/mix/bias',
      'rnn/learned/out/kernel',
    ])
    expect(inner).toHaveLength(3)
    const [start, kernel, bias, out] = (await model.getWeights()).map(({ data }) => data)
    const at = (list: ArrayLike<number> = [], i: number): number => list[i] ?? 0
    const expected = Array.from({ length: rows }, (_, row) => {
      let h = [...(start ?? [])]
      for (let t = 0; t < time; t++) {
        const z = [...x.data.slice((row * time + t) * features, (row * time + t + 1) * features), ...h]
        h = h.map((_h, j) =>
          Math.tanh(z.reduce((sum, n, k) => sum + n * at(kernel, k * units + j), at(bias, j))),
        )
      }
      return h.reduce((sum, value, j) => sum + value * at(out, j), 0)
    })
    expectClose('outputs', (await model.predict(x, quiet)).data, expected, 1e-6)
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const gradients = await model.gradients(x, uniform([rows, 1], -1, 1, 10))
    expect(Object.values(gradients)[0]?.data.every((slope) => slope !== 0)).toBe(true)
  })

  test('what is dropped is drawn at each time step', async () => {
    class Counting extends Cell {
      override readonly stateSize = units
      readonly drop = Dropout(0.5, { seed: 1 })
      override call(_x: SymbolicTensor, [h]: readonly [SymbolicTensor], { training }: CellContext) {
        const ones = ops.add(ops.multiply(h, 0), 1)
        return [training ? this.drop(ones) : ones, h] as const
      }
    }
    const sequence = Input([time, features])
    const model = Model(sequence, Dense(1)(RNN(new Counting(), { returnSequences: true })(sequence)))
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const targets = tensor(new Float32Array(rows * time), [rows, time, 1])
    model.setWeights([tensor([[1], [0]]), tensor([0])])
    expectClose('tested', [await model.evaluate(x, targets, quiet)].flat(), [1], 1e-6)
    // Of the numbers 0 and 2 the mean square is four times the share of those that stay: a count of all draws, not of one time step's.
    const { history } = await model.fit(x, targets, { ...quiet, batchSize: rows })
    const kept = ((history.loss?.[0] ?? 0) / 4) * rows * time
    expect(Math.round(kept)).toBeCloseTo(kept, 4)
    expect(kept % time).not.toBe(0)
  })
})

test('200 time steps of an LSTM compile in two seconds of processor time, and are one submit', () => {
  const modelOf = (steps: number) => {
    const model = Sequential([Input([steps, 1]), RNN(new OwnLSTMCell(64)), Dense(1)])
    model.compile({ optimizer: 'adam', loss: 'mse' })
    return model
  }
  // What is measured is the compiler, and not how fast JavaScript's own compiles it.
  for (let i = 0; i < 4; i++) modelOf(50).plan({ batchSize: 32, training: true })
  const model = modelOf(200)
  const start = process.cpuUsage()
  const { dispatches, submits } = model.plan({ batchSize: 32, training: true })
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1e6).toBeLessThan(2)
  expect(submits).toBe(1)
  expect(dispatches / 200).toBeLessThan(20)
  expect(model.plan({ batchSize: 32, training: false }).dispatches / 200).toBeLessThan(7)
})

test('a cell is typed by its class', () => {
  class Typed extends Cell {
    override readonly stateSize = 1
    weight!: Weight
    override build([, features = 0]: Shape) {
      this.weight = this.addWeight({ shape: [features, 1] })
    }
    override call(x: SymbolicTensor, [h]: readonly [SymbolicTensor]) {
      return [ops.add(ops.matmul(x, this.weight), h), h] as const
    }
  }
  const output: SymbolicTensor = RNN(new Typed())(Input([time, features]))
  const [, state] = RNN(Typed.of(), { returnState: true })(Input([time, features]))
  expect([output.shape, state?.shape]).toEqual([
    [null, 1],
    [null, 1],
  ])
})
