/** Weights of layers as fields by Keras's names, which calls of one's own and functional models compute with. */
import { expect, test } from 'vitest'
import * as recurra from '../../src/index.ts'
import {
  Dense,
  Embedding,
  Input,
  Layer,
  type LayersModel,
  Model,
  ops,
  Sequential,
  type SymbolicTensor,
  type Weight,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { layerModels } from '../support/everyLayer.ts'
import { expectSameTraining } from '../support/sameTraining.ts'
import { classes, uniform } from '../support/values.ts'

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

test('every layer has its weights by their names', () => {
  const examples = [...layerModels(recurra)]
  const missing = examples.flatMap(([name, { make }]) =>
    make().layers.flatMap((layer) =>
      layer.weights
        .map(({ path }) => path.slice(layer.path.length + 1))
        // Those of layers and projections inside have longer paths.
        .filter((own) => !own.includes('/') && Reflect.get(layer, camelCase(own)) === undefined)
        .map((own) => `${name}: ${layer.className} ${own}`),
    ),
  )
  expect(missing).toEqual([])
})

const [batch, time, size] = [4, 3, 5]

/** What follows a time step, by the table that embeds it. */
class Tied extends Layer {
  readonly embedding
  readonly hidden = Dense(size, { activation: 'tanh' })
  constructor(words: number) {
    super()
    this.embedding = Embedding(words, size)
  }
  override call(ids: SymbolicTensor) {
    return ops.matmul(this.hidden(this.embedding(ids)), ops.transpose(this.embedding.embeddings))
  }
}

/** The same with a weight of its own. */
class TiedByHand extends Layer {
  readonly hidden = Dense(size, { activation: 'tanh' })
  table!: Weight
  constructor(readonly words: number) {
    super()
  }
  override build() {
    this.table = this.addWeight({ name: 'table', shape: [this.words, size], initializer: 'uniform' })
  }
  override call(ids: SymbolicTensor) {
    return ops.matmul(this.hidden(ops.take(this.table, ids, 0)), ops.transpose(this.table))
  }
}

onCpuFirst(() => {
  // Of the larger table, updates would write the rows alone that ids name.
  test.each([7, 13_200])('tied embeddings of %i words learn from both ends', async (words) => {
    const x = classes([batch, time], 7)
    const y = uniform([batch, time, 7], -1, 1)
    const model = (layer: Layer): LayersModel => {
      const input = Input([time], { dtype: 'int32' })
      return Model(input, ops.getItem((layer as Tied)(input), [null, null, [0, 7]]))
    }
    await expectSameTraining(model(new Tied(words)), model(new TiedByHand(words)), { x, y })
  })

  test('in a functional model, too', async () => {
    const [x, y] = [classes([batch, time], 7), uniform([batch, time, 7], -1, 1)]
    const input = Input([time], { dtype: 'int32' })
    const embedding = Embedding(7, size)
    const hidden = Dense(size, { activation: 'tanh' })(embedding(input))
    const functional = Model(input, ops.matmul(hidden, ops.transpose(embedding.embeddings)))
    expect(functional.weights).toHaveLength(3)
    await expectSameTraining(functional, Sequential([Input([time], { dtype: 'int32' }), new Tied(7)]), {
      x,
      y,
    })
  })
})

test('a functional model with such a weight says that no file can have it', async () => {
  const input = Input([time], { dtype: 'int32' })
  const embedding = Embedding(7, size)
  const functional = Model(input, ops.matmul(embedding(input), ops.transpose(embedding.embeddings)))
  await expect(functional.save()).rejects.toThrow(
    /Transpose "transpose.*": expected tensors of the model and numbers.*got the weight "embedding.*\/embeddings"/,
  )
})
