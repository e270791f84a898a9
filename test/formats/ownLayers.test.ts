/** Layers of one's own in configs: registered classes are made again, with their names, options, calls and parts. */
import { expect, test } from 'vitest'
import {
  Dense,
  Input,
  Layer,
  LSTM,
  loadModel,
  Model,
  modelFromConfig,
  modelFromJSON,
  ops,
  register,
  Sequential,
  type SymbolicTensor,
  setBackend,
} from '../../src/index.ts'
import { registeredName } from '../../src/layers/classNames.ts'
import { expectError } from '../support/expectError.ts'
import { Linear } from '../support/linearLayer.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

/** Of a list of two tensors, with a layer inside. */
class Mixed extends Layer {
  readonly inner = Dense(3)
  override call([a, b]: readonly SymbolicTensor[]) {
    return ops.add(this.inner(a as SymbolicTensor), b ?? 0)
  }
}
register('Linear', Linear)
register('Tests>Mixed', Mixed)

/** A model through its config as JSON, with the same weights. */
async function throughConfig(model: ReturnType<typeof Model> | ReturnType<typeof Sequential>) {
  const again = await modelFromConfig(JSON.parse(JSON.stringify(model.getConfig())))
  again.setWeights(await model.getWeights())
  return again
}

test('a Sequential', async () => {
  await setBackend('cpu')
  const model = Sequential([Input([4, 3]), LSTM(3), new Linear(2, { name: 'last', trainable: false })])
  const again = await throughConfig(model)
  expect(again.getLayer('last')).toBeInstanceOf(Linear)
  expect(again.trainableWeights).toHaveLength(3)
  expect(again.weights.map(({ path }) => path)).toEqual(model.weights.map(({ path }) => path))
  const x = uniform([2, 4, 3], -1, 1, 1)
  expect((await again.predict(x, quiet)).data).toEqual((await model.predict(x, quiet)).data)
})

test('a functional model with a call on a list', async () => {
  const [a, b] = [Input([3]), Input([3])]
  const model = Model([a, b], new Linear(1)(new Mixed()([a, b])))
  const again = await throughConfig(model)
  const data = [uniform([2, 3], -1, 1, 1), uniform([2, 3], -1, 1, 2)]
  expect((await again.predict(data, quiet)).data).toEqual((await model.predict(data, quiet)).data)
})

test('a layer whose config lacks its name is known by that beside it', async () => {
  class Nameless extends Layer {
    override call(x: SymbolicTensor) {
      return ops.add(x, 1)
    }
    override getConfig() {
      return {}
    }
  }
  register('Nameless', Nameless)
  const x = Input([3])
  const config = JSON.parse(await Model(x, Dense(1)(new Nameless()(x))).toJSON())
  for (const layer of config.config.layers) if (layer.class_name === 'Nameless') delete layer.config.name
  const text = JSON.stringify(config)
  for (const model of [await modelFromJSON(text), await modelFromJSON(text)])
    expect(model.layers[1]).toBeInstanceOf(Nameless)
})

test('a class that is not registered is named', () => {
  class Unknown extends Layer {
    override call(x: SymbolicTensor) {
      return x
    }
  }
  const config = Sequential([Input([3]), new Unknown({ name: 'what' })]).getConfig()
  return expect(modelFromConfig(config)).rejects.toThrow("call register('Unknown', …) before.")
})

test('classes and functions that a call is given are registered', async () => {
  class Given extends Layer {
    override call(x: SymbolicTensor) {
      return ops.multiply(x, 2)
    }
  }
  const model = Sequential([Input([3]), new Given(), Dense(1, { activation: 'relu' })])
  const [config, json, file] = [model.getConfig(), await model.toJSON(), await model.save(null)]
  const remedy = "call register('Given', …) before."
  await expect(loadModel(file)).rejects.toThrow(remedy)
  await expect(modelFromJSON(json)).rejects.toThrow(remedy)
  const options = { customObjects: { Given } }
  expect((await loadModel(file, options)).layers[0]).toBeInstanceOf(Given)
  expect((await modelFromJSON(json, options)).layers[0]).toBeInstanceOf(Given)
  expect((await modelFromConfig(config, options)).layers[0]).toBeInstanceOf(Given)
  await expect(loadModel(file, { customObjects: [Given] as never })).rejects.toThrow(
    'customObjects to be an object of classes and functions by name',
  )
  await expect(loadModel(file, { customObjects: { Given: 1 as never } })).rejects.toThrow(
    'customObjects: expected a class or a function, got 1.',
  )
})

test('a class of the same name replaces one, as when its module is loaded anew', () => {
  const made = () =>
    class Reloaded extends Layer {
      override call(x: SymbolicTensor) {
        return x
      }
    }
  const [first, second] = [made(), made()]
  register('Reloaded', first)
  register('Reloaded', second)
  expect(registeredName(first)).toBeUndefined()
  expect(registeredName(second)).toBe('Reloaded')
  const reloaded = (x: SymbolicTensor) => x
  expect(() => register('Reloaded', reloaded)).toThrow('expected a name of its own')
})

test('a name is one class', () =>
  expectError(
    () => register('Linear', Mixed),
    'register: expected a name of its own, got "Linear", which is another class or function.',
  ))

test('a class that drops its name is told so', async () => {
  class Nameless extends Layer {
    constructor(readonly units = 1) {
      super()
    }
    override call(x: SymbolicTensor) {
      return x
    }
  }
  register('Nameless', Nameless)
  const file = await Sequential([Input([3]), new Nameless()]).save(null)
  await expect(loadModel(file)).rejects.toThrow(
    'expected Nameless "nameless", got Nameless "nameless_1". Write constructor(options) { super(options) }.',
  )
})
