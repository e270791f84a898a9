/** Mistakes in models of one's own: each error says which model, which call, what came and what to write. */
import { expect, test } from 'vitest'
import {
  Dense,
  Input,
  type Layer,
  LSTM,
  Model,
  ops,
  StringLookup,
  type SymbolicTensor,
  setBackend,
} from '../../src/index.ts'
import { type ErrorCase, expectError } from '../support/expectError.ts'
import { quiet } from '../support/models.ts'
import { Net, Pair, Twin } from '../support/subclassedModels.ts'
import { uniform } from '../support/values.ts'

await setBackend('cpu')

const x = uniform([2, 5, 3], -1, 1, 1)
const outside = Dense(1, { name: 'outside' })

class Nothing extends Model {}
class Missing extends Model {
  declare hidden: (x: SymbolicTensor) => SymbolicTensor
  override call(x: SymbolicTensor) {
    return this.hidden(x)
  }
}
class Anew extends Model {
  override call(x: SymbolicTensor) {
    return Dense(1, { name: 'anew' })(x)
  }
}
class Assigned extends Model {
  declare last: Layer
  override call(x: SymbolicTensor) {
    const last = Dense(1, { name: 'last' })
    this.last = last
    return last(x)
  }
}
class Private extends Model {
  readonly #last = LSTM(2, { name: 'last' })
  override call(x: SymbolicTensor) {
    return this.#last(x)
  }
}
class Outside extends Model {
  override call(x: SymbolicTensor) {
    return outside(x)
  }
}
class Words extends Model {
  readonly lookup = StringLookup({ vocabulary: ['a'], name: 'string_lookup' })
  override call(x: SymbolicTensor) {
    return this.lookup(x)
  }
}
class Data extends Model {
  override call() {
    return [1, 2] as never
  }
}
class Branch extends Model {
  override call(x: SymbolicTensor) {
    return (ops.mean(x) as unknown as number) > 0 ? x : ops.negative(x)
  }
}

const built = () => {
  const net = new Net({ name: 'net' })
  net.build([null, 5, 3])
  return net
}
const REMEDY =
  'Write this.last = Dense(…) in the constructor: what call makes, or variables and #private fields hold, is no part of'

test.each<ErrorCase>([
  [
    'no call',
    () => new Nothing({ name: 'n' }).build([null, 3]),
    'Model "n": expected the class Nothing to have a method call, got none. Write call(x, { training, mask }) { return this.output(this.hidden(x)) }, say.',
  ],
  [
    'a call of a layer that is not there yet',
    () => new Missing({ name: 'm' }).predict(x, quiet),
    'Model "m".call: expected to run on a tensor, with layers in fields, got TypeError: this.hidden is not a function. Write this.hidden = LSTM(8) in the constructor, say.',
  ],
  [
    'an array for a list of inputs',
    () => new Pair({ name: 'p' }).predict([[1, 2]], quiet),
    'Model "p".call: expected to run on a tensor, with layers in fields, got TypeError: object is not iterable (cannot read property Symbol(Symbol.iterator)). Several inputs come as they are given: tensors in a list, or an object by name.',
  ],
  [
    'a layer that each call makes',
    () => new Anew({ name: 'a' }).build([null, 3]),
    `Model "a".call: expected calls of layers that fields held before, got one of Dense "anew". ${REMEDY.replace('last', 'anew')} Model "a".`,
  ],
  [
    'a layer that each call puts into a field',
    () => new Assigned({ name: 'a' }).build([null, 3]),
    `Model "a".call: expected calls of layers that fields held before, got one of Dense "last". ${REMEDY} Model "a".`,
  ],
  [
    'a layer in a #private field',
    () => new Private({ name: 'p' }).fit(x, x, quiet),
    `Model "p".call: expected calls of layers that fields held before, got one of LSTM "last". ${REMEDY.replace('Dense', 'LSTM')} Model "p".`,
  ],
  [
    'a layer in a variable',
    () => new Outside({ name: 'o' }).build([null, 3]),
    `Model "o".call: expected calls of layers that fields held before, got one of Dense "outside". ${REMEDY.replace('last', 'outside')} Model "o".`,
  ],
  [
    'a call that returns data',
    () => new Data({ name: 'd' }).build([null, 3]),
    'Model "d".call: expected to return a symbolic tensor, a list or an object of them, that ops and layers made of its inputs, got 1. Call a layer on Input(...) or on what another layer returned.',
  ],
  [
    'a branch on a value',
    () => new Branch({ name: 'b' }).build([null, 3]),
    'Model "b".call, the output of Mean "mean": expected a number, which is not there until a step runs, got SymbolicTensor []. Write ops.where(condition, a, b) for if, and ops.add for +.',
  ],
  [
    'weights of a model that was not called',
    () => new Net({ name: 'net' }).weights,
    'Model "net": expected a model that knows the shapes of its inputs, got one that was not called yet. Call model.build([null, timesteps, features]), or fit or predict with data, first.',
  ],
  [
    'inputs of different lengths before the shapes are known',
    () => new Net({ name: 'net' }).predict([uniform([5, 3], 0, 1, 1), uniform([4, 3], 0, 1, 1)], quiet),
    'Model "net".predict, x: expected a list of inputs with as many samples each, in a model that was not built, got tensors of 5 and 4. For samples of different lengths call model.build([null, null, features]) first.',
  ],
  [
    'other features than those of the first data',
    () => built().predict(uniform([2, 5, 2], 0, 1, 1), quiet),
    'Model "net".predict, x: expected input [batch, 5, 3], got [2, 5, 2]. Model "net".call, LSTM "lstm": expected 3 features, for which it has its weights, got [batch, 5, 2]. Make another layer for other features.',
  ],
  [
    'a layer on the host in a call on numbers',
    () => new Words({ name: 'w' }).predict([[1]], quiet),
    'Model "w".call, StringLookup "string_lookup": expected data, or an Input of a model, since it computes on the host, got a symbolic tensor of a function that runs on the device. Put it in front: Sequential([TextVectorization(…), model]).',
  ],
  [
    'words',
    () => new Words({ name: 'w' }).predict([['a']], quiet),
    'Model "w": expected layers that compute on the device, got StringLookup "string_lookup", which computes on the host. Put it in front: Sequential([TextVectorization(…), model]).',
  ],
  [
    'no data',
    () => new Net({ name: 'net' }).predict({}, quiet),
    'Model "net".predict, x: expected data, got {}.',
  ],
  [
    'a second build',
    () => built().build([null, 7, 3]),
    'Model "net".build: expected [batch, 5, 3], the shapes of the model\'s inputs, got [batch, 7, 3].',
  ],
  [
    'a build of no shape',
    () => new Net({ name: 'net' }).build('5' as never),
    'Model "net".build: expected a shape with the batch in front, [null, timesteps, features], or a list or an object of such, got "5".',
  ],
  [
    'an input that the object lacks',
    () => {
      const twin = new Twin({ name: 't' })
      twin.build({ a: [null, 2], b: [null, 2] })
      return twin.predict({ a: uniform([2, 2], 0, 1, 1) }, quiet)
    },
    'Model "t".predict, x: expected the names a, b, got a.',
  ],
  [
    'a loss for an output that call does not return',
    () => {
      const twin = new Twin({ name: 't' })
      twin.build({ a: [null, 2], b: [null, 2] })
      twin.compile({ optimizer: 'sgd', loss: { product: 'mse' } })
    },
    'Model "t".compile: expected loss by the output names difference, sum, got product.',
  ],
  [
    'inputs and outputs beside a call',
    () => new (Net as unknown as new (...args: unknown[]) => Net)(Input([3]), Input([3])),
    'Net: expected inputs and outputs, or a method call, got both. Call super({ name, trainable, dtype }) where call says what the outputs are.',
  ],
  [
    'a symbolic tensor for options',
    () => new (Net as unknown as new (...args: unknown[]) => Net)(Input([3])),
    'Net: expected super({ name, trainable, dtype }), or super(inputs, outputs, options), got SymbolicTensor [null, 3].',
  ],
])('%s', (_what, attempt, message) => expectError(attempt, message))

test('what a call lacks is told with its cause', () => {
  try {
    new Missing().build([null, 3])
  } catch (error) {
    expect((error as Error).cause).toBeInstanceOf(TypeError)
  }
  expect.assertions(1)
})
