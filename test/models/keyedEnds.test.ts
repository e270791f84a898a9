/** Models whose outputs go by keys, as a dict in Keras: data, losses, metrics and predictions by them, in code and in files. */
import { expect, test } from 'vitest'
import { fromKeras, toKeras, toTypeScript } from '../../src/formats.ts'
import {
  Add,
  Concatenate,
  Dense,
  Input,
  loadModel,
  Model,
  type SymbolicTensor,
  setSeed,
  type Tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectError } from '../support/expectError.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const x = { left: uniform([5, 3], -1, 1, 1), right: uniform([5, 3], -1, 1, 2) }
const y = { price: uniform([5, 1], -1, 1, 3), class: uniform([5, 2], 0, 1, 4) }

function build() {
  setSeed(4)
  const [left, right] = [Input([3], { name: 'left' }), Input([3], { name: 'right' })]
  const sum = Add()([left, right])
  const price = Dense(1, { name: 'b' })(sum)
  const kind = Dense(2, { name: 'a', activation: 'sigmoid' })(sum)
  return {
    keyed: Model({ right, left }, { price, class: kind }, { name: 'keyed' }),
    listed: () => Model([left, right], [kind, price]),
  }
}

const compiled = {
  loss: { class: 'binary_crossentropy', price: 'mse' },
  metrics: { price: ['mae'] },
} as const

onEachBackend(() => {
  test('all goes by the keys, in alphabetical order, and the numbers are those of a list', async () => {
    const [{ keyed }, listed] = [build(), build().listed()]
    keyed.compile({ ...compiled, lossWeights: { price: 2, class: 1 } })
    listed.compile({ loss: ['binary_crossentropy', 'mse'], metrics: [[], ['mae']], lossWeights: [1, 2] })
    const options = { ...quiet, shuffle: false }
    const [{ history }, other] = [
      await keyed.fit(x, y, options),
      await listed.fit([x.left, x.right], [y.class, y.price], options),
    ]
    expect(keyed.metricsNames).toEqual(['loss', 'class_loss', 'price_loss', 'price_mae'])
    expect(keyed.metricsNames.map((name) => history[name])).toEqual(
      listed.metricsNames.map((name) => other.history[name]),
    )
    const predicted = await keyed.predict(x)
    expect(Object.keys(predicted)).toEqual(['class', 'price'])
    expect(Object.values(predicted)).toEqual(await listed.predict([x.left, x.right]))
  })
})

test('files have the keys, in the model and in what compile was told', async () => {
  const { keyed: model } = build()
  model.compile(compiled)
  const again = await loadModel(await model.save())
  expect(Object.keys(await again.predict<Record<string, Tensor>>(x))).toEqual(['class', 'price'])
  expect(again.compileOptions?.loss).toEqual(compiled.loss)
})

test('texts have the keys', async () => {
  const { keyed: model } = build()
  expect(await toTypeScript(model)).toContain(
    "Model({ left, right }, { class: a, price: b }, { name: 'keyed' })",
  )
  const python = await toKeras(model)
  expect(python).toContain(
    "keras.Model({'left': left, 'right': right}, {'class': a, 'price': b}, name='keyed')",
  )
  expect(fromKeras(python).model?.getConfig()).toEqual(model.getConfig())
})

test('a model inside another gives its outputs by their keys, in texts too', async () => {
  const [left, right] = [Input([3], { name: 'first' }), Input([3], { name: 'second' })]
  const outer = Model([left, right], build().keyed([left, right]).price, { name: 'outer' })
  expect(outer.outputs[0]?.shape).toEqual([null, 1])
  expect(await toTypeScript(outer)).toContain("keyed_1['price']")
  const { model, problems } = fromKeras(await toKeras(outer))
  expect(problems).toEqual([])
  expect(model?.getConfig()).toEqual(outer.getConfig())
})

test('inputs under other keys than their names go by the keys, in files and texts too', async () => {
  const [series, beside] = [Input([3], { name: 'series' }), Input([2])]
  const model = Model({ x: series, more: beside }, Dense(1)(Concatenate()([series, beside])), {
    name: 'keyed',
  })
  const data = { x: [[1, 2, 3]], more: [[4, 5]] }
  const expected = await model.predict<Tensor>(data)
  await expect(model.predict({ series: [[1, 2, 3]], more: [[4, 5]] })).rejects.toThrow(
    /expected .*more, x, got series, more/,
  )
  const outer = model({ more: Input([2]), x: Input([3]) })
  expect((outer as SymbolicTensor).shape).toEqual([null, 1])
  const again = await loadModel(await model.save())
  expect((await again.predict<Tensor>(data)).data).toEqual(expected.data)
  expect(again.getConfig()).toEqual(model.getConfig())
  const { model: read, problems } = fromKeras(await toKeras(model))
  expect(problems).toEqual([])
  expect(read?.getConfig()).toEqual(model.getConfig())
  expect(await toTypeScript(model)).toMatch(/Model\(\{ more: \w+, x: series \}/)
})

test('an input has one key', () =>
  expectError(() => {
    const input = Input([3], { name: 'series' })
    Model({ x: input }, Dense(1)(input))
    return Model({ y: input }, Dense(1)(input))
  }, 'Model: expected InputLayer "series" under "x", as another model has it, got "y".'))
