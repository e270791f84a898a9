/** Models of one's own in configs and files: registered classes are made again, with their weights by the names of fields. */
import { strToU8 } from 'fflate'
import { expect, test } from 'vitest'
import { configOfLayer } from '../../src/formats/layerConfigWriter.ts'
import {
  Dense,
  Input,
  type LayersModel,
  LSTM,
  loadModel,
  Model,
  modelFromConfig,
  register,
  Sequential,
  type SymbolicTensor,
  setBackend,
  type Tensor,
} from '../../src/index.ts'
import { goldenCase } from '../support/golden.ts'
import { entriesOf, zipped } from '../support/kerasFiles.ts'
import { quiet } from '../support/models.ts'
import { Net, Twin } from '../support/subclassedModels.ts'
import { uniform } from '../support/values.ts'
import { weightsFile } from '../support/weightsFile.ts'

await setBackend('cpu')

/** Layers where the groups of Sequential's files are, with an option of its own. */
class Units extends Model {
  readonly layersOf: { readonly lstm: ReturnType<typeof LSTM> }
  readonly dense = Dense(1, { name: 'dense' })
  constructor(
    readonly units: number,
    options = {},
  ) {
    super(options)
    this.layersOf = { lstm: LSTM(units, { name: 'lstm' }) as never }
  }
  override call(x: SymbolicTensor) {
    return this.dense(this.layersOf.lstm(x) as SymbolicTensor)
  }
  override getConfig() {
    return { units: this.units }
  }
  static override fromConfig({ units, ...options }: { readonly units: number }): Units {
    return new Units(units, options)
  }
}
register('Net', Net)
register('Tests>Units', Units)
register('Twin', Twin)

const x = uniform([2, 5, 3], -1, 1, 1)

async function expectAgain(model: LayersModel, again: LayersModel): Promise<void> {
  expect(again.constructor).toBe(model.constructor)
  expect(again.weights.map(({ path }) => path)).toEqual(model.weights.map(({ path }) => path))
  again.setWeights(await model.getWeights())
  expect((await again.predict(x, quiet)).data).toEqual((await model.predict(x, quiet)).data)
}

test('by itself, with its class and its shapes', async () => {
  const model = new Units(4, { name: 'u', trainable: false })
  model.build([null, 5, 3])
  const again = await modelFromConfig(JSON.parse(JSON.stringify(configOfLayer(model))))
  expect([again.name, again.trainable]).toEqual(['u', false])
  await expectAgain(model, again)
  const twin = new Twin()
  twin.build({ a: [null, 2], b: [null, 2] })
  const other = await modelFromConfig(JSON.parse(JSON.stringify(configOfLayer(twin))))
  expect(other.inputs.map(({ layer }) => layer.name)).toEqual(['a', 'b'])
})

test('in a Sequential and in a functional model, also on an object', async () => {
  const chain = Sequential([Input([5, 3]), new Net({ name: 'net' }), Dense(1)])
  await expectAgain(chain, await modelFromConfig(JSON.parse(JSON.stringify(chain.getConfig()))))
  const [a, b] = [Input([2], { name: 'p' }), Input([2], { name: 'q' })]
  const { sum, difference } = new Twin()({ a, b })
  const model = Model([a, b], [sum, difference])
  const again = await modelFromConfig(JSON.parse(JSON.stringify(model.getConfig())))
  again.setWeights(await model.getWeights())
  const data = { p: uniform([2, 2], -1, 1, 1), q: uniform([2, 2], -1, 1, 2) }
  expect(await again.predict(data, quiet)).toEqual(await model.predict(data, quiet))
})

/** Keras's file of a Sequential as it lays out that of a class with the same layers in fields. */
async function fileOfClass(weights: readonly Tensor[]): Promise<Uint8Array> {
  const config = {
    module: 'net',
    class_name: 'Saved',
    config: { name: 'saved', trainable: true, dtype: 'float32' },
    registered_name: 'Tests>Saved',
    build_config: { input_shape: [32, 10, 3] },
    compile_config: null,
  }
  return zipped({
    ...entriesOf(goldenCase('vanilla').modelBytes),
    'config.json': strToU8(JSON.stringify(config)),
    'model.weights.h5': weightsFile({
      head: weights.slice(3),
      'hidden_layer/cell': weights.slice(0, 3),
    }),
  })
}

test('the file of a class, with weights by the names of fields', async () => {
  const plain = await loadModel(goldenCase('vanilla').modelBytes)
  class Saved extends Model {
    readonly hiddenLayer = LSTM(8)
    readonly head = Dense(plain.outputs[0]?.shape[1] ?? 1)
    override call(x: SymbolicTensor) {
      return this.head(this.hiddenLayer(x))
    }
  }
  const bytes = await fileOfClass(await plain.getWeights())
  await expect(loadModel(bytes)).rejects.toThrow(
    "loadModel: expected a Sequential or functional model, got a model of class Saved. Files hold no code: write a class that extends Model, and call register('Saved', …) before.",
  )
  register('Tests>Saved', Saved)
  const loaded = await loadModel(bytes)
  expect(loaded).toBeInstanceOf(Saved)
  const data = uniform([4, 10, 3], -1, 1, 3)
  expect((await loaded.predict(data, quiet)).data).toEqual((await plain.predict(data, quiet)).data)
})
