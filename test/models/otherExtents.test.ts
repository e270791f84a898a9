/** Models whose inputs nobody has declared take other extents than the first data had, and do what models of open inputs do. */
import { expect, test } from 'vitest'
import {
  Conv1D,
  Dense,
  Embedding,
  Flatten,
  GlobalMaxPooling1D,
  Input,
  Layer,
  type LayersModel,
  LSTM,
  LSTMCell,
  Model,
  ops,
  RNN,
  Sequential,
  type SymbolicTensor,
  setSeed,
  type Tensor,
} from '../../src/index.ts'
import type { OpenShape } from '../../src/util/shape.ts'
import { onCpuFirst } from '../support/backends.ts'
import { type ErrorCase, expectError } from '../support/expectError.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { classes, uniform } from '../support/values.ts'

/** Adds what a model inside computes, which takes its shapes from its calls. */
class Residual extends Model {
  constructor(readonly inner: ReturnType<typeof Sequential>) {
    super()
  }
  override call(x: SymbolicTensor) {
    return ops.add(x, this.inner(x))
  }
}

/** Goes on from its own outputs: a cell in a field is called on states, of which its input's shape says nothing. */
class FeedBack extends Model {
  readonly cell = LSTMCell(3)
  readonly warmup = RNN(this.cell, { returnState: true })
  readonly out = Dense(2)
  override call(x: SymbolicTensor) {
    const [h, ...states] = this.warmup(x) as readonly [SymbolicTensor, ...SymbolicTensor[]]
    const first = this.out(h)
    const [next] = this.cell(first, states)
    return ops.stack([first, this.out(next)], 1)
  }
}

/** Reads the extents of its input as numbers, which an open input does not have. */
class ByStep extends Model {
  readonly hidden = Dense(2)
  override call(x: SymbolicTensor) {
    const steps = Array.from({ length: x.shape[1] ?? 0 }, (_, step) => this.hidden(ops.at(x, step, 1)))
    return ops.stack(steps, 1)
  }
}

const LENGTHS = [3, 5]

const floats = (steps: number) => uniform([4, steps, 2], -1, 1, steps)
const words = (steps: number) => classes([4, steps], 6, steps)

interface Kind {
  readonly open: OpenShape
  readonly x: (steps: number) => Tensor
  make(): LayersModel & { build(shape: OpenShape): void }
}

const sequence = (...first: readonly Layer[]) =>
  Sequential([...first, LSTM(2, { returnSequences: true }), Dense(2)])
const kinds: Readonly<Record<string, Kind>> = {
  'a Sequential': { open: [null, null, 2], x: floats, make: () => sequence() },
  'a Sequential of words': { open: [null, null], x: words, make: () => sequence(Embedding(6, 2)) },
  'a Sequential that ends with one vector': {
    open: [null, null, 2],
    x: floats,
    make: () => Sequential([Conv1D(3, 2), GlobalMaxPooling1D(), Dense(2)]),
  },
  'a class around a Sequential': { open: [null, null, 2], x: floats, make: () => new Residual(sequence()) },
  'a class with a cell': { open: [null, null, 2], x: floats, make: () => new FeedBack() },
}

/** All that a model does with data of one length and then of another. */
async function use(model: LayersModel, x: Kind['x']) {
  model.compile({ optimizer: 'adam', loss: 'mse' })
  const losses: unknown[] = []
  const batches: (readonly [Tensor, Tensor])[] = []
  for (const steps of LENGTHS) {
    const outputs = await model.predict(x(steps), quiet)
    const y = uniform(outputs.shape, -1, 1, 7)
    batches.push([x(steps), y])
    const { history } = await model.fit(x(steps), y, { ...quiet, epochs: 2, batchSize: 2, shuffle: false })
    losses.push(history.loss, await model.evaluate(x(steps), y, quiet))
  }
  const { history } = await model.fit(() => batches, { ...quiet, epochs: 2, validationData: () => batches })
  return { losses, history, weights: await weightsOf(model) }
}

onCpuFirst((backend) => {
  // What is the same on both is compiled once on WebGPU, for the kind that holds another.
  const tried = Object.entries(kinds).filter(
    ([name]) => backend === 'cpu' || name.startsWith('a class around'),
  )
  test.each(tried)('%s', async (_, { open, x, make }) => {
    setSeed(1)
    const taken = await use(make(), x)
    setSeed(1)
    const opened = make()
    opened.build(open)
    expect(taken).toEqual(await use(opened, x))
  })

  test('a class that reads extents as numbers', async () => {
    const model = new ByStep()
    const shapes = []
    for (const steps of LENGTHS) shapes.push((await model.predict(floats(steps), quiet)).shape)
    expect(shapes).toEqual(LENGTHS.map((steps) => [4, steps, 2]))
    expect(model.outputs[0]?.shape).toEqual([null, 3, 2])
  })

  test('a model inside others, called on several lengths', async () => {
    const inner = Sequential([Dense(2)])
    const inputs = LENGTHS.map((steps) => Input([steps, 2]))
    const model = Model(
      inputs,
      ops.concatenate(
        inputs.map((input) => inner(input)),
        1,
      ),
    )
    expect((await model.predict(LENGTHS.map(floats), quiet)).shape).toEqual([4, 8, 2])
  })
})

test.each<ErrorCase>([
  [
    'a length that an Input declared',
    () => Sequential([Input([3, 2]), LSTM(2)], { name: 'm' }).predict(floats(5), quiet),
    'Model "m".predict, x: expected input [batch, 3, 2], got [4, 5, 2].',
  ],
  [
    'a length that a layer cannot take',
    async () => {
      const model = Sequential([Flatten(), Dense(1, { name: 'd' })], { name: 'm' })
      await model.predict(floats(3), quiet)
      await model.predict(floats(5), quiet)
    },
    'Model "m".predict, x: expected input [batch, 3, 2], got [4, 5, 2]. Dense "d": expected 6 features, for which it has its weights, got [batch, 10]. Make another layer for other features.',
  ],
  [
    'another rank',
    async () => {
      const model = Sequential([Dense(1)], { name: 'm' })
      await model.predict(floats(3), quiet)
      await model.predict(uniform([4, 2], -1, 1), quiet)
    },
    'Model "m".predict, x: expected input [batch, 3, 2], got [4, 2].',
  ],
])('refuses %s', (_, attempt, message) => expectError(attempt, message))

/** Called on two arguments, which a summary asks again. */
class Joined extends Layer {
  readonly hidden = Dense(2)
  override call(a: SymbolicTensor, b: SymbolicTensor) {
    return this.hidden(ops.concatenate([a, b], -1))
  }
}

class Both extends FeedBack {
  readonly joined = new Joined()
  override call(x: SymbolicTensor) {
    const made = super.call(x)
    return this.joined(made, made)
  }
}

test('a summary has layers that are called on more than one input', async () => {
  const model = new Both()
  await model.predict(floats(3), quiet)
  let text = ''
  model.summary({
    printFn: (printed) => {
      text = printed
    },
  })
  expect(text).toMatch(/LSTMCell\) +│ .* +│ +72 /)
  expect(text).toMatch(/Joined\) +│ \(None, 2, 2\) +│ +10 /)
})
