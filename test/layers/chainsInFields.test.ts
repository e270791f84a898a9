/** Layers of one's own that hold models in fields, which know their inputs once they are called. */
import { expect, test } from 'vitest'
import {
  Add,
  Concatenate,
  Dense,
  GlobalAveragePooling1D,
  Input,
  Layer,
  type LayersModel,
  Model,
  ops,
  Sequential,
  type SymbolicTensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectSameTraining } from '../support/sameTraining.ts'
import { uniform } from '../support/values.ts'

const [rows, time, features] = [6, 5, 3]
const x = uniform([rows, time, features], -1, 1, 1)
const y = uniform([rows, 2], -1, 1, 2)
const expectSame = (own: LayersModel, built: LayersModel) => expectSameTraining(own, built, { x, y })

onEachBackend(() => {
  test('a Sequential in a field that knows no input yet takes that of its first call', async () => {
    class Block extends Layer {
      readonly feedForward = Sequential([Dense(4, { activation: 'relu' }), Dense(features)])
      override call(x: SymbolicTensor) {
        return ops.add(x, this.feedForward(x))
      }
    }
    const twice = (block: (x: SymbolicTensor) => SymbolicTensor) => {
      const input = Input([time, features])
      return Model(input, Dense(2)(GlobalAveragePooling1D()(block(block(input)))))
    }
    const [first, second] = [Dense(4, { activation: 'relu' }), Dense(features)]
    const block = new Block()
    const model = twice((x) => block(x))
    const { name, layers } = block.feedForward
    expect(model.weights.slice(0, 4).map(({ path }) => path)).toEqual(
      layers.flatMap((dense) => [
        `${block.name}/${name}/${dense.name}/kernel`,
        `${block.name}/${name}/${dense.name}/bias`,
      ]),
    )
    await expectSame(
      model,
      twice((x) => Add()([x, second(first(x))])),
    )
  })

  test('a layer that it has in common with a Sequential in another field', async () => {
    const shared = Dense(features, { name: 'shared' })
    class Both extends Layer {
      readonly shared = shared
      readonly chain = Sequential([shared, Dense(2)])
      override call(x: SymbolicTensor) {
        return ops.concatenate([this.shared(x), this.chain(x), this.shared(x)], { axis: -1 })
      }
    }
    const input = Input([time, features])
    const own = Model(input, Dense(2)(GlobalAveragePooling1D()(new Both()(input))))
    const [one, other] = [Dense(features), Dense(2)]
    const plain = Concatenate()([one(input), other(one(input)), one(input)])
    await expectSame(own, Model(input, Dense(2)(GlobalAveragePooling1D()(plain))))
  })
})
