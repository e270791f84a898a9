/** A step of one's own that does what the usual one does trains every layer to the same weights, on the CPU. */
import { expect, test } from 'vitest'
import * as recurra from '../../src/index.ts'
import { Model, ops, SGD, type SymbolicTensor, type Tensor } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { layerModels } from '../support/everyLayer.ts'
import { chosen } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

type Net = recurra.LayersModel & ((x: SymbolicTensor, options: object) => SymbolicTensor)

class Own extends Model {
  constructor(readonly net: Net) {
    super()
  }

  override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
    const error = ops.mean(ops.square(ops.subtract(this.net(x, { training: true }), y)))
    const loss = this.losses.reduce((sum, each) => ops.add(sum, each), error)
    this.optimizer?.minimize(loss, this.net.trainableWeights)
    return { loss }
  }
}

/** Layers that make whole numbers of what lies before them, through which no gradient goes. */
const ofNumbers = /^(CategoryEncoding|Discretization)$/

// What draws in training draws by the calls of its layer, which are counted alike.
const models = [...layerModels(recurra)].filter(([, { data }]) => !data)

// Every third, and one whose lowering wraps the step's.
test.each(chosen(models, ([name], i) => i % 3 === 0 || name === 'ConvLSTM2D'))(
  '%s',
  async (name, { make, inputShape }) => {
    const x = uniform([4, ...inputShape], -1, 1, 1)
    const usual = make()
    usual.compile({ optimizer: SGD(0.1), loss: 'mse' })
    const { shape } = await usual.predict<Tensor>(x)
    const y = uniform(shape, -1, 1, 2)
    const net = make()
    net.setWeights(await usual.getWeights())
    const own = new Own(net as Net)
    own.compile({ optimizer: SGD(0.1) })
    if (ofNumbers.test(name)) {
      await expect(own.trainOnBatch(x, y)).rejects.toThrow(
        'expected a loss that depends on some of the weights',
      )
      return
    }
    for (let step = 0; step < 2; step++) {
      const [expected, found] = [await usual.trainOnBatch(x, y), await own.trainOnBatch(x, y)]
      expect([found].flat()[0]).toBeCloseTo([expected].flat()[0] ?? Number.NaN, 4)
    }
    const [expected, found] = [await usual.getWeights(), await net.getWeights()]
    expected.forEach(({ data }, i) => {
      expectClose(`weight ${i}`, found[i]?.data, data, 1e-5, 0.1)
    })
    usual.dispose()
    own.dispose()
  },
)
