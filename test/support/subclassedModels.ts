// Models as a user would write them: classes with layers in fields.

import {
  type CallContext,
  Dense,
  Dropout,
  Embedding,
  Input,
  LSTM,
  Model,
  ops,
  Sequential,
  type SymbolicTensor,
} from '../../src/index.ts'

/** LSTM and Dense. */
export class Net extends Model {
  readonly lstm = LSTM(4, { name: 'lstm' })
  readonly out = Dense(2, { name: 'out' })
  override call(x: SymbolicTensor) {
    return this.out(this.lstm(x))
  }
}

/** The same without a class. */
export const functionalNet = () =>
  Sequential([Input([5, 3]), LSTM(4, { name: 'lstm' }), Dense(2, { name: 'out' })])

/** All that layers may ask of a call: ids with a mask, dropout, a layer in a list, a loss. */
export class Tagger extends Model {
  readonly embedding = Embedding(7, 3, { maskZero: true })
  readonly blocks = [LSTM(4, { returnSequences: true }), LSTM(3)]
  readonly dropout = Dropout(0.4, { seed: 5 })
  readonly out = Dense(2)
  override call(ids: SymbolicTensor, { training }: CallContext) {
    const last = this.blocks.reduce<SymbolicTensor>((x, block) => block(x), this.embedding(ids))
    this.addLoss(ops.multiply(ops.sum(ops.square(last)), 0.01))
    return this.out(this.dropout(last, { training }))
  }
}

/** From an object to an object. */
export class Twin extends Model {
  readonly left = Dense(3)
  readonly right = Dense(2)
  override call({ a, b }: { readonly a: SymbolicTensor; readonly b: SymbolicTensor }) {
    const both = ops.concatenate([a, b], -1)
    return { sum: this.left(both), difference: this.right(ops.subtract(a, b)) }
  }
}

/** From a list to a list. */
export class Pair extends Model {
  readonly left = Dense(3)
  readonly right = Dense(2)
  override call([a, b]: readonly [SymbolicTensor, SymbolicTensor]) {
    return [this.left(ops.concatenate([a, b], -1)), this.right(ops.subtract(a, b))] as const
  }
}
