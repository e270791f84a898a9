/** Models and all that belongs to them, kept in the state of frameworks of pages, which put objects behind proxies or call functions. */
import { expect, test } from 'vitest'
import {
  Dataset,
  MinMaxScaler,
  StandardScaler,
  TimeseriesGenerator,
  Tokenizer,
} from '../../src/data/index.ts'
import {
  Adam,
  AUC,
  Callback,
  clearSession,
  constraints,
  Dense,
  EarlyStopping,
  ExponentialDecay,
  Huber,
  Input,
  initializers,
  Layer,
  LSTM,
  loadModel,
  Metric,
  Model,
  ops,
  ReduceLROnPlateau,
  Regularizer,
  random,
  register,
  regularizers,
  Sequential,
  type SymbolicTensor,
  setBackend,
  setSeed,
  tensor,
  type Weight,
} from '../../src/index.ts'
import { expectError, untyped } from '../support/expectError.ts'
import { keptByVue } from '../support/keptByVue.ts'

class Scale extends Layer {
  declare scale: Weight
  override build() {
    this.scale = this.addWeight({ shape: [1], initializer: 'ones' })
  }
  override call(x: SymbolicTensor) {
    return ops.multiply(x, this.scale)
  }
}
class Squares extends Regularizer {
  override call(x: SymbolicTensor) {
    return ops.multiply(ops.sum(ops.square(x)), 0.01)
  }
}
class OwnMetric extends Metric {
  total = this.addVariable({ name: 'total' })
  override updateState(yTrue: SymbolicTensor, yPred: SymbolicTensor) {
    this.total.assignAdd(ops.sum(ops.abs(ops.subtract(yTrue, yPred))))
  }
  override result() {
    return this.total
  }
}
class OwnCallback extends Callback {}
register('OwnMetric', OwnMetric)
register('Scale', Scale)
register('Squares', Squares)

test('objects of classes are told to stay themselves, also where Node adds habits of others to them', async () => {
  await import('../../src/node.ts')
  await setBackend('cpu')
  const optimizer = Adam()
  const layer = new Scale()
  const input = Input([2])
  const model = Model(input, Dense(1)(layer(input)))
  model.compile({ loss: 'mse', optimizer })
  await model.fit([[1, 2]], [[1]], { verbose: 0 })
  const made: readonly object[] = [
    ...[model, layer, layer.scale, input, model.outputs[0] as object, optimizer],
    ...[AUC(), new OwnMetric(), Huber(), new Squares(), ExponentialDecay(0.1, 10, 0.9), new OwnCallback()],
    ...[EarlyStopping(), random.SeedGenerator(1), initializers.GlorotUniform()],
    ...[MinMaxScaler(), StandardScaler(), Tokenizer(), Dataset.range(2)],
    TimeseriesGenerator([1, 2], [1, 2], { length: 1 }),
  ]
  for (const object of made) expect(keptByVue(object) === object, String(object.constructor.name)).toBe(true)
  model.dispose()
})

/** Trains and asks models whose parts are all read of a store. */
async function train(keep: <T>(value: T) => T): Promise<readonly unknown[]> {
  clearSession()
  setSeed(5)
  const x = Array.from({ length: 12 }, (_, i) => Array.from({ length: 4 }, (_, t) => [Math.sin(i + t)]))
  const given = keep({
    x,
    y: x.map(([, , , last]) => [last?.[0] ?? 0]),
    optimizer: Adam({ learningRate: 0.01 }),
    losses: { loss: Huber(), metrics: [AUC({ fromLogits: true }), new OwnMetric(), 'mae'] as const },
    l2: regularizers.L2(0.01),
    norm: constraints.MaxNorm(2),
    start: initializers.GlorotUniform({ seed: 3 }),
    callbacks: [
      EarlyStopping({ patience: 9, restoreBestWeights: true }),
      ReduceLROnPlateau(),
      { onEpochEnd() {} },
    ],
    generator: random.SeedGenerator(4),
    scaler: MinMaxScaler(),
  })
  const { optimizer, losses, callbacks } = given
  const held = keep({
    layers: [
      LSTM(3, {
        inputShape: [4, 1],
        kernelRegularizer: given.l2,
        kernelConstraint: given.norm,
        kernelInitializer: given.start,
      }),
      new Scale(),
      Dense(1, { kernelRegularizer: new Squares() }),
    ],
  })
  const store = keep({
    model: Sequential(held.layers),
    input: Input([4, 1]),
    outputs: [] as SymbolicTensor[],
  })
  store.model.compile(keep({ ...losses, optimizer }))
  const options = keep({ epochs: 3, verbose: 0 as const, validationSplit: 0.25, callbacks })
  const history = keep(await store.model.fit(given.x, given.y, options))
  optimizer.learningRate = 0.005
  const weights = keep(await store.model.getWeights())
  store.model.setWeights(weights)
  const again = keep({ model: await loadModel(keep(await store.model.save())) })

  store.outputs = [Dense(1)(LSTM(2)(store.input)), Dense(2)(LSTM(2)(store.input))]
  const functional = keep({ model: Model(store.input, store.outputs) })
  functional.model.compile(keep({ loss: 'mse' as const, optimizer: 'sgd' as const }))
  const targets = keep([given.y, given.y.map(([value = 0]) => [value, -value])])
  const { history: two } = await functional.model.fit(given.x, targets, { verbose: 0 })

  const set = keep({ data: Dataset.fromTensorSlices([tensor(given.x), tensor(given.y)]).batch(4) })
  const { history: streamed } = await store.model.fit(set.data, { verbose: 0 })
  const predicted = keep(await again.model.predict(keep(tensor(given.x))))
  return [
    history.history,
    two,
    streamed,
    predicted.toArray(),
    optimizer.iterations,
    optimizer.variables.length,
    random.normal([2], 0, 1, null, given.generator).data,
    given.scaler.fitTransform(given.y).toArray(),
  ]
}

test('what Vue keeps computes what it computes elsewhere', async () => {
  await setBackend('cpu')
  const plain = await train((value) => value)
  expect(plain[4]).toBe(6)
  expect(await train(keptByVue)).toEqual(plain)
})

test('a model that React calls, as it does with functions that are set as state, says how to set one', () => {
  const model = Sequential([Dense(1, { inputShape: [2] })])
  const other = Sequential([Dense(1, { inputShape: [2] })])
  const remedy =
    'Call a layer on Input(...) or on what another layer returned. In React or Solid write setModel(() => model).'
  for (const [before, got] of [
    [null, 'null'],
    [undefined, 'undefined'],
    [other, `Model "${other.name}"`],
  ])
    expectError(
      () => model(untyped(before)),
      `Model "${model.name}": expected symbolic tensors or data, got ${String(got)}. ${remedy}`,
    )
  expectError(
    () => Dense(1, { name: 'd' })(untyped(null)),
    'Dense "d": expected symbolic tensors or data, got null. Call a layer on Input(...) or on what another layer returned.',
  )
})
