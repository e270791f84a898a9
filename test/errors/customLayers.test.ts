/** Mistakes in layers of one's own: each error says which layer, which call, what came and what to write. */
import { expect, test } from 'vitest'
import { Dense, Input, Layer, ops, Sequential, type SymbolicTensor, type Weight } from '../../src/index.ts'
import { type ErrorCase, expectError } from '../support/expectError.ts'
import { Linear } from '../support/linearLayer.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

class Nothing extends Layer {}
class Number3 extends Layer {
  override call() {
    return 3 as never
  }
}
class Unbuilt extends Layer {
  kernel!: Weight
  override call(x: SymbolicTensor) {
    return ops.matmul(x, this.kernel)
  }
}
class Late extends Layer {
  override call(x: SymbolicTensor) {
    return ops.add(x, this.addWeight({ name: 'late', shape: [3] }))
  }
}
class Foreign extends Layer {
  constructor(readonly other: SymbolicTensor) {
    super()
  }
  override call(x: SymbolicTensor) {
    return ops.add(x, this.other)
  }
}
class Branch extends Layer {
  override call(x: SymbolicTensor) {
    return (ops.mean(x) as unknown as number) > 0 ? x : ops.negative(x)
  }
}
class Borrowed extends Layer {
  constructor(readonly weight: Weight) {
    super()
  }
  override call(x: SymbolicTensor) {
    return ops.multiply(x, this.weight)
  }
}

test.each<ErrorCase>([
  [
    'no call',
    () => new Nothing()(Input([3])),
    'Nothing "nothing": expected the class Nothing to have a method call, got none. Write call(x, { training, mask }) { return ops.tanh(x) }, say.',
  ],
  [
    'a number',
    () => new Number3()(Input([3])),
    'Number3 "number3".call: expected to return a symbolic tensor, a list or an object of them, that ops and layers made of its inputs, got 3. Call a layer on Input(...) or on what another layer returned.',
  ],
  [
    'a weight that build does not make',
    () => new Unbuilt()(Input([3])),
    'Unbuilt "unbuilt".call, ops.matmul: expected a symbolic tensor, a number or an array of numbers, got undefined. A weight in a field is there once build or the constructor made it: this.kernel = this.addWeight({ shape }).',
  ],
  [
    'a weight that call makes',
    () => new Late()(Input([3])),
    'Late "late".addWeight: expected weights to be added in the constructor or in build, got "late" in a layer that is built.',
  ],
  [
    'a weight of an open shape',
    () => new Late().addWeight({ shape: [null as never, 3] }),
    'Late "late".addWeight: expected the shape of "variable" to be a list of extents, got [null, 3]. The first extent of the shape that build gets is the batch, which is open.',
  ],
  [
    'a tensor of another graph',
    () => new Foreign(Input([3], { name: 'elsewhere' }))(Input([3])),
    'Foreign "foreign".call: expected outputs that depend on the inputs given only, got one that needs the input "elsewhere". It is a tensor of another graph: give it to the call as an input.',
  ],
  [
    'a branch on a value',
    () => new Branch()(Input([3])),
    'Branch "branch".call, the output of Mean "mean": expected a number, which is not there until a step runs, got SymbolicTensor []. Write ops.where(condition, a, b) for if, and ops.add for +.',
  ],
  [
    'shapes that do not broadcast',
    () => new Linear(2)(ops.add(Input([4]), Input([3]))),
    'ops.add: expected shapes that broadcast, got [batch, 4] and [batch, 3]. Each axis, from the last one, is equal in both or 1 in one: see ops.expandDims and ops.transpose.',
  ],
])('%s', (_what, attempt, message) => expectError(attempt, message))

test('a weight of another model is refused by name', async () => {
  const lender = new Linear(3, { name: 'lender' })
  Sequential([Input([3]), lender])
  const model = Sequential([Input([3]), new Borrowed(lender.bias)])
  await expectError(
    () => model.predict(uniform([2, 3], -1, 1, 1), quiet),
    'sequential/lender/bias: expected a weight of the model that uses it, got one of a layer outside. Hold its layer in a field of the layer that uses it.',
  )
})

test('instanceof Layer holds for every layer, and of() makes one', () => {
  expect(Dense(1)).toBeInstanceOf(Layer)
  expect(Linear.of(2)).toBeInstanceOf(Linear)
  expect(Linear.of(2)).toBeInstanceOf(Layer)
  expect(Dense(1)).not.toBeInstanceOf(Linear)
  expect({}).not.toBeInstanceOf(Layer)
})
