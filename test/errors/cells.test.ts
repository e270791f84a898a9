/** Mistakes in cells of one's own: each error says which cell, what came and what to write. */
import { test } from 'vitest'
import {
  Bidirectional,
  Cell,
  Dense,
  Input,
  ops,
  RNN,
  type SymbolicTensor,
  type Weight,
} from '../../src/index.ts'
import { type ErrorCase, expectError } from '../support/expectError.ts'
import { MinimalCell } from '../support/ownCells.ts'

type States = readonly [SymbolicTensor]

class Sizeless extends Cell {
  override call(x: SymbolicTensor, [h]: States) {
    return [x, h] as const
  }
}
class Nothing extends Cell {
  override stateSize = 3
}
class Bare extends Cell {
  override stateSize = 3
  override call(x: SymbolicTensor) {
    return x as never
  }
}
class Forgetful extends Cell {
  override stateSize = [3, 3]
  override call(x: SymbolicTensor, [h]: States) {
    return [x, [h]] as const
  }
}
class Growing extends Cell {
  override stateSize = 3
  override call(x: SymbolicTensor, [h]: States) {
    return [x, [ops.concatenate([h, x], -1)]] as const
  }
}
class Batchless extends Cell {
  override stateSize = 3
  override call(x: SymbolicTensor, [h]: States) {
    return [x, [ops.sum(h, 0, true)]] as const
  }
}
class Summed extends Cell {
  override stateSize = 3
  override call(x: SymbolicTensor, [h]: States) {
    return [ops.sum(x), h] as const
  }
}
class Unbuilt extends Cell {
  override stateSize = 3
  kernel!: Weight
  override call(x: SymbolicTensor, [h]: States) {
    return [ops.matmul(x, this.kernel), h] as const
  }
}
class Wide extends Cell {
  override stateSize = 3
  override outputSize = 4
  override call(x: SymbolicTensor, [h]: States) {
    return [x, h] as const
  }
}
class Started extends Cell {
  override stateSize = 3
  override getInitialState(batch: number) {
    return ops.broadcastTo(this.start, [batch, 2])
  }
  readonly start = this.addWeight({ shape: [2] })
  override call(x: SymbolicTensor, [h]: States) {
    return [x, h] as const
  }
}
/** Without a config: nothing says how many units a second one has. */
class Placed extends Cell {
  override stateSize: number
  constructor(units: number) {
    super()
    this.stateSize = units
  }
  override call(_x: SymbolicTensor, [h]: States) {
    return [h, h] as const
  }
}

const sequence = () => Input([4, 3])

test.each<ErrorCase>([
  [
    'no stateSize',
    () => RNN(new Sizeless({ name: 'mine' })),
    'Sizeless "mine": expected the class to have stateSize, the size of its state, or a list of the sizes of several, got undefined. Write stateSize = 5 in the class, or stateSize = [5, 5] for two states.',
  ],
  [
    'no call',
    () => RNN(new Nothing())(sequence()),
    'Nothing "nothing": expected the class Nothing to have a method call, got none. Write call(x, [h], { training }) { … return [next, [next]] }.',
  ],
  [
    'an output without states',
    () => RNN(new Bare())(sequence()),
    'Bare "bare".call: expected to return [output, states], symbolic tensors that ops and layers made of its arguments, got SymbolicTensor [null, 3]. Write return [output, [state]].',
  ],
  [
    'fewer states than there are',
    () => RNN(new Forgetful())(sequence()),
    'Forgetful "forgetful".call: expected to return 2 states, as many as stateSize says, got one state. Write return [output, [state_1, state_2]].',
  ],
  [
    'a state that grows',
    () => RNN(new Growing())(sequence()),
    'Growing "growing".call: expected state to stay [batch, 3] from time step to time step, got [batch, 6]. Return a state of the size that stateSize says.',
  ],
  [
    'a state that loses the batch',
    () => RNN(new Batchless())(sequence()),
    'Batchless "batchless".call: expected state to stay [batch, 3] from time step to time step, got [1, 3]. Return a state of the size that stateSize says.',
  ],
  [
    'an output that loses the batch',
    () => RNN(new Summed())(sequence()),
    'Summed "summed".call: expected an output of each sample, [batch, features], got []. Sums and means over samples lose the batch: give them axis -1.',
  ],
  [
    'a weight that build does not make',
    () => RNN(new Unbuilt())(sequence()),
    'Unbuilt "unbuilt".call, ops.matmul: expected a symbolic tensor, a number or an array of numbers, got undefined. A weight in a field is there once build or the constructor made it: this.kernel = this.addWeight({ shape }).',
  ],
  [
    'an output of another size',
    () => RNN(new Wide())(sequence()),
    'Wide "wide".call: expected an output [batch, 4], as outputSize says, got [batch, 3].',
  ],
  [
    'an initial state of another size',
    () => RNN(new MinimalCell(3), { name: 'rnn' })(sequence(), { initialState: Input([2]) }),
    'RNN "rnn": expected initialState as [state]: [batch, 3], got [batch, 2].',
  ],
  [
    'an input without time',
    () => RNN(new MinimalCell(3), { name: 'rnn' })(Input([3])),
    'RNN "rnn": expected input [batch, timesteps, features], got [batch, 3]. Give the input time steps: [3, 1] if these are steps, [1, 3] if they are the features of one.',
  ],
  [
    'states of a cell that is called by itself',
    () => new MinimalCell(3, { name: 'one' })(Input([3]), Input([2])),
    'MinimalCell "one": expected to be called on an input [batch, features] and the states [[batch, 3]], got [batch, 3] and [batch, 2].',
  ],
  [
    'stateful with initial states of its own',
    () => RNN(new Started({ name: 'begun' }), { name: 'rnn', stateful: true }),
    'RNN "rnn": expected a cell whose states start from zeros, for stateful: true, got Started "begun", which has getInitialState. Give initialState in the call, or set the states by resetStates.',
  ],
  [
    'stateful without a batch size',
    () => RNN(new MinimalCell(3), { name: 'rnn', stateful: true })(sequence()),
    'RNN "rnn": expected a fixed batch size for stateful: true, got [batch, 4, 3]. Give batchShape: [batch, timesteps, features] to the first layer, or batchSize to Input.',
  ],
  [
    'two of a cell without a config',
    () => Bidirectional(RNN(new Placed(3))),
    'Placed "placed": expected a class that says how a second cell like this one is made, got a cell of another stateSize. Write getConfig() { return { units: this.units } }, with all that the constructor takes, and static fromConfig({ units, ...options }) { return new Placed(units, options) }.',
  ],
  [
    'a layer for a cell',
    () => RNN(Dense(3, { name: 'dense' }) as never),
    'RNN: expected a cell, such as LSTMCell(8), or a list of cells, got Dense "dense".',
  ],
])('%s', (_what, attempt, message) => expectError(attempt, message))

test('initial states of a cell that do not fit', async () => {
  const { Sequential } = await import('../../src/index.ts')
  const model = Sequential([sequence(), RNN(new Started({ name: 'begun' }))])
  await expectError(
    () => model.plan({ batchSize: 2 }),
    'Started "begun".getInitialState: expected to return the states [[2, 3]], got [2, 2].',
  )
})
