/** Gradients between the inputs and outputs of models, and in code of one's own outside of steps. */
import { expect, test } from 'vitest'
import { toONNX } from '../../src/formats.ts'
import {
  Conv1D,
  Dense,
  Embedding,
  Flatten,
  GRU,
  gradients,
  Input,
  Lambda,
  Layer,
  type LayersModel,
  LSTM,
  Model,
  ops,
  RNN,
  Sequential,
  SGD,
  type SymbolicTensor,
  type Tensor,
  TimeDistributed,
  tensor,
  type Weight,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'
import keras from '../support/stepsOfKeras.json' with { type: 'json' }

type One = [SymbolicTensor]

const series = (rows: number) => ops.reshape(waves(rows, 12), [rows, 6, 2])

/** Of a weight v and data x the slope of sin(v·x). */
class Slope extends Layer {
  v!: Weight
  override build() {
    this.v = this.addWeight({ name: 'v', shape: [1], initializer: 'ones' })
  }
  override call(x: SymbolicTensor) {
    const [slope] = gradients(ops.sin(ops.multiply(this.v, x)), [x]) as One
    return slope
  }
}

/** Gives the slope of (x + h)² by h, and goes on with x + h. */
class Summing extends Layer {
  readonly stateSize = 1
  override call(x: SymbolicTensor, [h]: readonly One[0][]): [SymbolicTensor, SymbolicTensor[]] {
    const [slope] = gradients(ops.square(ops.add(x, h as SymbolicTensor)), [h as SymbolicTensor]) as One
    return [slope, [ops.add(x, h as SymbolicTensor)]]
  }
}

onCpuFirst((backend) => {
  test('a prediction tells what it looked at: slopes by what layers give, and by data', async () => {
    const model = Sequential([
      Input([6, 2]),
      Conv1D(3, 2, { activation: 'tanh', name: 'conv' }),
      GRU(4),
      Dense(3, { activation: 'softmax' }),
    ])
    fill(model, 1)
    const [x, y] = [...model.inputs, ...model.outputs] as [SymbolicTensor, SymbolicTensor]
    const seen = model.getLayer('conv').output as SymbolicTensor
    const explained = Model(x, [y, seen, ...gradients(ops.max(y, -1), [seen, x])])
    const [found, features, slopesOfFeatures, slopes] = (await explained.predict<Tensor[]>(series(3))).map(
      ({ data }) => data as Float32Array,
    ) as [Float32Array, Float32Array, Float32Array, Float32Array]
    expect(found).toEqual((await model.predict(series(3))).data)
    const check = async (of: LayersModel, at: Float32Array, shape: number[], slopes: Float32Array) => {
      const top = async (data: Float32Array) => {
        const rows = (await of.predict(tensor(data, [3, ...shape]))).toArray() as number[][]
        return rows.reduce((sum, row) => sum + Math.max(...row), 0)
      }
      const step = 2 ** -6
      for (const i of [0, 7, at.length - 1]) {
        const [above, below] = [at.slice(), at.slice()]
        above[i] = (at[i] ?? 0) + step
        below[i] = (at[i] ?? 0) - step
        expect(slopes[i]).toBeCloseTo(((await top(above)) - (await top(below))) / (2 * step), 4)
      }
    }
    await check(model, series(3).data as Float32Array, [6, 2], slopes)
    await check(Model(seen, y), features, [5, 3], slopesOfFeatures)
    explained.dispose()
  })

  test('a model of slopes learns by fit what a step of its own learns', async () => {
    const net = Sequential([
      Input([1]),
      Dense(4, { activation: 'tanh' }),
      Dense(3, { activation: 'tanh' }),
      Dense(1),
    ])
    fill(net, 1)
    const t = Input([1])
    const u = net(t)
    const [first] = gradients(u, [t]) as One
    const [second] = gradients(first, [t]) as One
    const model = Model(t, [ops.add(second, u), net(ops.zerosLike(t))])
    model.compile({ optimizer: SGD({ learningRate: 0.05 }), loss: 'mse' })
    const targets = [
      waves(5, 1)
        .toArray()
        .map(() => [0]),
      waves(5, 1)
        .toArray()
        .map(() => [1]),
    ]
    await model.fit(waves(5, 1), targets, { ...quiet, epochs: 3, batchSize: 3, shuffle: false })
    const found = await weightsOf(net)
    expect(found.length).toBe(keras.pinn.weights.length)
    for (const [i, weight] of keras.pinn.weights.entries()) expect(found[i]).toBeCloseTo(weight, 5)
    model.dispose()
  })

  test('a layer whose call takes gradients predicts and learns, also at each time step and inside of a model', async () => {
    const inner = Sequential([Input([2]), new Slope()])
    const z = Input([3, 2])
    const model = Model(z, TimeDistributed(inner)(z))
    const x = [
      [0, 1],
      [2, 3],
      [0.5, -1],
    ]
    const near = (found: unknown, v: number) => {
      const expected = x.flat().map((each) => v * Math.cos(v * each))
      for (const [i, value] of ((found as number[][][])[0] ?? []).flat().entries())
        expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5)
    }
    near((await model.predict([x])).toArray(), 1)
    model.compile({ optimizer: SGD({ learningRate: 0.1 }), loss: 'mse' })
    await model.fit([x], [x.map((row) => row.map(() => 0))], { ...quiet, epochs: 1 })
    // d/dv of the mean of (v cos vx)², at 1.
    const slopes = x.flat().map((each) => 2 * Math.cos(each) * (Math.cos(each) - each * Math.sin(each)))
    const v = 1 - 0.1 * (slopes.reduce((sum, each) => sum + each, 0) / slopes.length)
    expect((await weightsOf(inner))[0]).toBeCloseTo(v, 5)
    near((await model.predict([x])).toArray(), v)
    model.dispose()
  })

  test('a cell whose call takes gradients takes them at each time step', async () => {
    const model = Sequential([Input([3, 1]), RNN(new Summing(), { returnSequences: true })])
    expect((await model.predict([[[1], [2], [-4]]])).toArray()).toEqual([[[2], [6], [-2]]])
    model.dispose()
  })

  test('several gradients go back through one recurrence, and its weights learn of what it gives', async () => {
    const make = () => {
      const x = Input([6, 2])
      const h = LSTM(3)(x)
      const out = Dense(2)(h)
      return { x, h, out }
    }
    const plain = make()
    const alone = Model(plain.x, plain.out)
    const { x, h, out } = make()
    const [a] = gradients(ops.square(h), [x]) as One
    const [b] = gradients(out, [x, h]) as One
    const both = Model(x, [out, a, b])
    for (const model of [alone, both]) fill(model, 1)
    const [, ...together] = await both.predict(series(3))
    for (const [i, slope] of [a, b].entries()) {
      const one = await Model(x, slope).predict(series(3))
      expect(together[i]?.data).toEqual(one.data)
    }
    const y = waves(3, 2)
    const compiled = { optimizer: SGD({ learningRate: 0.1 }), loss: 'mse' } as const
    alone.compile(compiled)
    both.compile({ ...compiled, loss: ['mse', null, null] })
    await alone.fit(series(3), y, { ...quiet, epochs: 2 })
    await both.fit(series(3), [y, series(3), series(3)], { ...quiet, epochs: 2 })
    const [found, expected] = [await weightsOf(both), await weightsOf(alone)]
    for (const [i, weight] of expected.entries()) expect(found[i]).toBeCloseTo(weight, 5)
    for (const model of [alone, both]) model.dispose()
  })

  test(`what has one gradient alone is refused where a loss goes through it again, on ${backend}`, async () => {
    const x = Input([6, 2])
    const [slope] = gradients(LSTM(3)(x), [x]) as One
    const model = Model(x, slope)
    model.compile({ loss: 'mse' })
    await expect(model.fit(series(2), series(2), quiet)).rejects.toThrow(
      /^Gradients "gradients\w*": expected gradients of what can be differentiated once more, got "lstmGradient"/,
    )
    expect((await model.predict(series(2))).shape).toEqual([2, 6, 2])
    model.dispose()
  })
})

test('mistakes are told where they are made', async () => {
  const x = Input([2])
  const dense = Dense(1)
  const y = dense(x)
  expect(() => gradients(y, [Dense(3, { name: 'other' })(x)])).toThrow(
    'gradients: expected tensors that the loss is computed of, got one of [batch, 3] that it does not depend on: the output of Dense "other".',
  )
  expect(() => gradients(y, dense.trainableWeights)).toThrow(
    /^gradients: expected to be called in the method trainStep of a class that extends Model, got a call outside\. By tensors/,
  )
  for (const wrong of [[], y, null, [3]] as never[])
    expect(() => gradients(y, wrong)).toThrow(/^gradients: expected/)
  expect(() => gradients([[1]] as never, [x])).toThrow(/^gradients: expected symbolic tensors, got/)
})

test('what a loss has of ids, or of another input, has no gradient', async () => {
  const none =
    /^Gradients "gradients\w*": expected tensors that the loss is computed of by functions that have a slope/
  const ids = Input([3])
  const [slope] = gradients(Flatten()(Embedding(5, 2)(ids)), [ids]) as One
  await expect(Model(ids, slope).predict([[1, 2, 3]])).rejects.toThrow(none)
  const [a, b] = [Input([2]), Input([2])]
  const other = Model([a, b], gradients(ops.square(a), [b]) as One)
  await expect(other.predict([[[1, 2]], [[1, 2]]])).rejects.toThrow(none)
})

test('a Lambda takes gradients of one of its inputs by another', async () => {
  const x = Input([2])
  const y = ops.square(x)
  const model = Model(
    x,
    Lambda(
      ([of, by]: readonly SymbolicTensor[]) =>
        gradients(of as SymbolicTensor, [by as SymbolicTensor])[0] as SymbolicTensor,
    )([y, x]),
  )
  expect((await model.predict([[1, 2]])).toArray()).toEqual([[2, 4]])
})

test('no file has gradients', async () => {
  const x = Input([2])
  const model = Model(x, gradients(Dense(1)(x), [x])[0] as SymbolicTensor)
  const remedy = 'Save a model of what is differentiated, and take the gradients of the one that is loaded.'
  await expect(model.save(() => {})).rejects.toThrow(remedy)
  await expect(model.toJSON()).rejects.toThrow(remedy)
  await expect(toONNX(model)).rejects.toThrow(/Gradients/)
})
