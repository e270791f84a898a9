/** Weights that no loss depends on: as in Keras an update leaves them, and what is kept of them, as they are. */
import { expect, test, vi } from 'vitest'
import * as api from '../../src/index.ts'
import type { Optimizer } from '../../src/training/optimizer.ts'
import type { Shape } from '../../src/util/shape.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet } from '../support/models.ts'

const { AdamW, Bidirectional, Dense, Input, Model, SGD, SimpleRNN, constraints } = api

function sines(shape: Shape, start: number): api.Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return api.tensor(
    Float32Array.from({ length: size }, (_, i) => 0.5 * Math.sin(0.7 * i + start)),
    shape,
  )
}

const [x, y] = [sines([4, 3, 2], 0.1), sines([4, 2], 0.9)]

const setSines = (model: api.FunctionalModel): void =>
  model.setWeights(model.weights.map(({ shape }, i) => sines(shape, i)))

const valuesOf = async (model: { getWeights(): Promise<api.Tensor[]> }): Promise<number[]> =>
  (await model.getWeights()).flatMap(({ data }) => Array.from(data))

/** The weights of the forward direction as they are set. */
const forward = [sines([2, 2], 0), sines([2, 2], 1), sines([2], 2)].flatMap(({ data }) => Array.from(data))

/** Expects the forward direction as it was, and these numbers of the backward one. */
async function expectBackward(model: api.FunctionalModel, backward: readonly number[]): Promise<void> {
  const values = await valuesOf(model)
  expect(values.slice(0, forward.length)).toEqual(forward)
  values.slice(forward.length).forEach((value, i) => {
    expect(value).toBeCloseTo(backward[i] ?? Number.NaN, 5)
  })
}

const train = (model: api.FunctionalModel, targets: api.Tensor | api.Tensor[], epochs: number) =>
  model.fit(x, targets, { batchSize: 4, epochs, shuffle: false, ...quiet })

onCpuFirst(() => {
  test.each<readonly [name: string, make: () => Optimizer, backward: readonly number[]]>([
    [
      'AdamW',
      () => AdamW({ learningRate: 0.1, weightDecay: 0.5 }),
      [
        ...[-0.2094157, -0.2743762, -0.6715048, -0.2202232],
        ...[-0.3918489, -0.6022267, -0.05566093, -0.2974388],
        ...[-0.1283157, -0.1248866],
      ],
    ],
    [
      'Ftrl',
      () => api.Ftrl(0.1),
      [
        ...[-0.0596443, -0.03210579, -0.0612947, 0.008708627],
        ...[-0.001873341, -0.00364652, 0.007475433, -0.008813443],
        ...[-0.01990273, -0.00993626],
      ],
    ],
    [
      'Adam with a moving average',
      () => api.Adam({ learningRate: 0.1, weightDecay: 0.5, useEma: true, emaMomentum: 0.5 }),
      [
        ...[-0.1449309, -0.226458, -0.6283969, -0.2594178],
        ...[-0.3448129, -0.5890296, -0.1334589, -0.2601105],
        ...[-0.2124276, -0.1358755],
      ],
    ],
    [
      'AdamW with an average of gradients',
      () => AdamW({ learningRate: 0.1, weightDecay: 0.5, gradientAccumulationSteps: 2 }),
      [
        ...[-0.03296294, -0.1517537, -0.5520056, -0.3397707],
        ...[-0.2672761, -0.574899, -0.2670758, -0.1865147],
        ...[-0.3554909, -0.1615804],
      ],
    ],
    [
      'Adafactor',
      () => api.Adafactor({ learningRate: 0.1, weightDecay: 0.5 }),
      [
        ...[-0.03140359, -0.2464227, -0.4908282, -0.2951753],
        ...[-0.4024343, -0.5334531, -0.2335598, -0.1634122],
        ...[-0.3213241, -0.1680582],
      ],
    ],
    [
      'Lamb',
      () => api.Lamb({ learningRate: 0.1, weightDecay: 0.5 }),
      [
        ...[-0.03871279, -0.2311875, -0.5069048, -0.3013769],
        ...[-0.3477955, -0.5291761, -0.2319967, -0.1762516],
        ...[-0.3138866, -0.1517942],
      ],
    ],
  ])('%s leaves a direction alone that is not used', async (_name, optimizer, backward) => {
    const input = Input([3, 2])
    const [, used] = Bidirectional(SimpleRNN(2), { mergeMode: null })(input)
    const model = Model(input, used)
    model.compile({ loss: 'mse', optimizer: optimizer() })
    setSines(model)
    await train(model, y, 3)
    await expectBackward(model, backward)
  })

  test('so do constraints', async () => {
    const input = Input([3, 2])
    const ruled = { kernelConstraint: constraints.MaxNorm(0.3), recurrentConstraint: constraints.NonNeg() }
    const [, used] = Bidirectional(SimpleRNN(2, ruled), { mergeMode: null })(input)
    const model = Model(input, used)
    model.compile({ loss: 'mse', optimizer: SGD({ learningRate: 0.1, momentum: 0.9 }) })
    setSines(model)
    await train(model, y, 3)
    await expectBackward(model, [
      ...[0.01209081, -0.1541372, -0.2997562, -0.2368816],
      ...[0, 0, 0, 0],
      ...[-0.3059355, -0.19251],
    ])
  })

  test('momentum of former losses moves no weights of an output that has none any more', async () => {
    const input = Input([3, 2])
    const model = Model(input, [...Bidirectional(SimpleRNN(2), { mergeMode: null })(input)])
    const optimizer = SGD({ learningRate: 0.1, momentum: 0.9 })
    model.compile({ loss: ['mse', 'mse'], optimizer })
    setSines(model)
    await train(model, [y, y], 2)
    const before = (await valuesOf(model)).slice(0, forward.length)
    model.compile({ loss: [null, 'mse'], optimizer })
    await train(model, y, 2)
    const after = await valuesOf(model)
    expect(after.slice(0, forward.length)).toEqual(before)
    const backward = [
      ...[0.007609451, -0.2615239, -0.5366572, -0.4281301],
      ...[-0.3754074, -0.5081168, -0.3632632, -0.1166865],
      ...[-0.2601237, -0.2037225],
    ]
    after.slice(forward.length).forEach((value, i) => {
      expect(value).toBeCloseTo(backward[i] ?? Number.NaN, 5)
    })
  })

  /** Recurrent layers in whose launches both directions run, with outputs by their numbers among all that they return. */
  test.each<readonly [name: string, options: object, outputs: readonly number[]]>([
    ['LSTM', { returnSequences: true, returnState: true }, [0, 2, 3]],
    ['LSTM', { returnState: true }, [5]],
    ['LSTM', { returnState: true, dropout: 0.1, recurrentDropout: 0.1 }, [1, 5]],
    ['GRU', { returnSequences: true, returnState: true }, [2]],
    ['GRU', { goBackwards: true, returnSequences: true, returnState: true }, [1]],
    ['GRU', { resetAfter: false, returnState: true }, [1, 3]],
    ['SimpleRNN', { returnSequences: true, returnState: true, useBias: false }, [3]],
  ])('%s %o: outputs %o leave the weights of the other direction', async (name, options, outputs) => {
    const input = Input([3, 2])
    const given = { ...options, returnState: true } as const
    const inner =
      name === 'LSTM' ? api.LSTM(2, given) : name === 'GRU' ? api.GRU(2, given) : SimpleRNN(2, given)
    const all = Bidirectional(inner, { mergeMode: null })(api.Masking()(input))
    const model = Model(
      input,
      outputs.map((i) => Dense(1)(all[i] as (typeof all)[0])),
    )
    model.compile({ loss: 'mse', optimizer: AdamW({ learningRate: 0.1, weightDecay: 0.5 }) })
    const before = await model.getWeights()
    const samples = outputs.map((i) =>
      i < 2 && 'returnSequences' in options ? sines([4, 3, 1], i) : sines([4, 1], i),
    )
    await train(model, samples, 1)
    const after = await model.getWeights()
    const changed = model.weights.map(({ path }, i) => ({
      path,
      isChanged: after[i]?.data.some((value, j) => value !== before[i]?.data[j]),
    }))
    const half = all.length / 2
    const isBackward = outputs.some((i) => (i < 2 ? i === 1 : i - 1 >= half))
    for (const { path, isChanged } of changed)
      expect([path, isChanged]).toEqual([path, !path.includes(isBackward ? '/forward' : '/backward')])
  })

  test('a direction whose half of joined outputs a layer cuts off has gradients: zeros', async () => {
    const input = Input([3, 2])
    const both = Bidirectional(SimpleRNN(2))(input)
    const model = Model(input, api.ops.slice(both, [0, 0], [4, 2]))
    model.compile({ loss: 'mse', optimizer: AdamW({ learningRate: 0.1, weightDecay: 0.5 }) })
    setSines(model)
    const before = await valuesOf(model)
    await train(model, y, 1)
    const after = await valuesOf(model)
    after.slice(forward.length).forEach((value, i) => {
      expect(value).toBeCloseTo(0.95 * (before[forward.length + i] ?? Number.NaN), 6)
    })
  })

  test('states of a direction on which nothing depends have no gradient either', async () => {
    const input = Input([3, 2])
    const returned = { returnState: true } as const
    const [, , ...states] = Bidirectional(SimpleRNN(2, returned), { mergeMode: null, name: 'first' })(input)
    const next = Bidirectional(SimpleRNN(2), { mergeMode: null, name: 'second' })
    const [used] = next(input, { initialState: states })
    const model = Model(input, used)
    model.compile({ loss: 'mse', optimizer: AdamW({ learningRate: 0.1, weightDecay: 0.5 }) })
    const before = await model.getWeights()
    await train(model, y, 1)
    const after = await model.getWeights()
    model.weights.forEach(({ path }, i) => {
      const isChanged = after[i]?.data.some((value, j) => value !== before[i]?.data[j])
      expect([path, isChanged]).toEqual([path, !path.includes('/backward')])
    })
  })

  test('a step of a class leaves weights alone that it applies no gradients to, and those that its loss does not depend on', async () => {
    const ruled = { kernelConstraint: constraints.MaxNorm(0.1), useBias: false } as const
    class Net extends api.Model {
      first = Dense(2, ruled)
      second = Dense(2, ruled)
      third = Dense(2, ruled)

      override call(inputs: api.SymbolicTensor) {
        return [this.first(inputs), this.second(inputs), this.third(inputs)]
      }
    }
    class OwnLoss extends Net {
      override computeLoss(...[, , yPred]: readonly unknown[]) {
        return api.ops.mean((yPred as api.SymbolicTensor[])[1] as api.SymbolicTensor)
      }
    }
    class OwnStep extends Net {
      override trainStep(data: unknown) {
        const [, output] = this.call((data as api.SymbolicTensor[])[0] as api.SymbolicTensor)
        const loss = api.ops.mean(output as api.SymbolicTensor)
        this.optimizer?.minimize(loss, this.second.trainableWeights)
        return { loss }
      }
    }
    for (const OneOfThem of [OwnLoss, OwnStep]) {
      const model = new OneOfThem()
      model.compile({
        optimizer: AdamW({ learningRate: 0.1, weightDecay: 0.5 }),
        loss: ['mse', 'mse', 'mse'],
      })
      model.build([null, 2])
      const before = await model.getWeights()
      const target = sines([4, 2], 1)
      await model.fit(sines([4, 2], 0), [target, target, target], { epochs: 1, ...quiet })
      const after = await model.getWeights()
      expect(after.map(({ data }, i) => data.some((value, j) => value !== before[i]?.data[j]))).toEqual([
        ...[false, true, false],
      ])
    }
  })
})

test('they are told once, by their paths, for each optimizer', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
  const input = Input([2])
  const outputs = ['a', 'b'].map((name) => Dense(1, { name })(input))
  const model = Model(input, outputs)
  const [data, target] = [sines([5, 2], 0), sines([5, 1], 1)]
  const train = () => model.fit(data, [target, target], { epochs: 2, batchSize: 3, ...quiet })
  const text = `${model.where}: gradients do not exist for "b/kernel", "b/bias": the loss does not depend on them, and the update leaves them as they are.`
  // Other tests of the process may still say something of models of theirs.
  const told = () => warn.mock.calls.flat().filter((said) => String(said).startsWith(model.where))
  model.compile({ optimizer: 'sgd', loss: ['mse', null] })
  await train()
  expect(told()).toEqual([text])
  await model.evaluate(data, [target, target], quiet)
  await train()
  model.compile({ optimizer: 'sgd', loss: 'mse' })
  await train()
  expect(told()).toEqual([text])
  model.compile({ optimizer: 'sgd', loss: ['mse', null] })
  await train()
  expect(told()).toEqual([text, text])
  warn.mockRestore()
  model.dispose()
})
