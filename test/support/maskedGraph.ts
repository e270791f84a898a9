// Random models whose tensors have masks: attached ones go through layers, given ones into recurrences.

import {
  Add,
  Attention,
  Bidirectional,
  Concatenate,
  Dense,
  GlobalAveragePooling1D,
  GRU,
  Input,
  LayerNormalization,
  LSTM,
  LSTMCell,
  Masking,
  Model,
  MultiHeadAttention,
  Multiply,
  RNN,
  SimpleRNN,
  SimpleRNNCell,
  type SymbolicTensor,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { Generator } from '../../src/util/generator.ts'
import type { Case } from './checkGraph.ts'
import { uniform } from './values.ts'

const BATCH = 3
type Draw = (below: number) => number

/** A sequence of `units` features made of one, which has a mask, by a layer that computes by masks or passes them on. */
function onMasked(x: SymbolicTensor, mask: SymbolicTensor, units: number, draw: Draw): SymbolicTensor {
  const options = { returnSequences: true, goBackwards: draw(3) === 0, zeroOutputForMask: draw(2) === 0 }
  // A recurrent layer ends its mask; the one that is given goes on to the next.
  switch (draw(10)) {
    case 0:
      return LSTM(units, options)(x, { mask })
    case 1:
      return GRU(units, { ...options, resetAfter: draw(2) === 0 })(x, { mask })
    case 2:
      return SimpleRNN(units, options)(x, { mask })
    case 3:
      return RNN([LSTMCell(units), SimpleRNNCell(units)], { returnSequences: true })(x, { mask })
    case 4:
      return Bidirectional(LSTM(units, { returnSequences: true }), { mergeMode: 'sum' })(x, { mask })
    case 5:
      return MultiHeadAttention(2, 2)(x, x, { mask: [mask, mask] })
    case 6:
      return Attention()([x, x], { mask: [mask, mask] })
    case 7:
      return Multiply()([Dense(units)(x), Dense(units)(x)])
    case 8:
      // A small deviation would magnify the roundings of what came before, and third derivatives; so by √10 at most.
      return Concatenate()([Dense(units)(x), LayerNormalization({ epsilon: 0.1 })(x)])
    default:
      return Add()([Dense(units, { activation: 'tanh' })(x), Dense(units)(x)])
  }
}

/** One to three layers over padded sequences, whose loss sees the mask or not. */
export function drawMaskedCase(seed: number): Case {
  setSeed(seed)
  const generator = new Generator(seed)
  const draw: Draw = (below) => generator.below(below)
  const [time, features] = [2 + draw(4), 1 + draw(3)]
  const [input, mask] = [Input([time, features]), Input([time])]
  let x = Masking()(input)
  for (let layers = 1 + draw(3); layers > 0; layers--) x = onMasked(x, mask, 1 + draw(4), draw)
  const output = draw(3) === 0 ? GlobalAveragePooling1D()(x) : Dense(2)(x)
  const model = Model([input, mask], output)
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const values = uniform([BATCH, time, features], 0.2, 1, seed + 100)
  // At least the first time step of each sample is valid, with gaps behind it.
  const valid = Array.from({ length: BATCH * time }, (_, row) => Number(row % time === 0 || draw(3) > 0))
  const padded = values.data.map((value, i) => value * (valid[Math.floor(i / features)] ?? 0))
  const y = uniform([BATCH, ...output.shape.slice(1).map(Number)], -1, 1, seed + 200)
  return { model, x: [tensor(padded, values.shape), tensor(valid, [BATCH, time])], y: [y] }
}
