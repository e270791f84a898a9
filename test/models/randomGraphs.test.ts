/**
 * Graphs of layers drawn at random: WebGPU agrees with the CPU, and the CPU's gradients with differences of the loss
 * along a random direction. What layers do to each other in one plan (places, views, shared tensors) shows here.
 */
import { test } from 'vitest'
import {
  Activation,
  Bidirectional,
  Dense,
  Flatten,
  Input,
  LSTM,
  Model,
  RepeatVector,
  Reshape,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  TimeDistributed,
} from '../../src/index.ts'
import { Generator } from '../../src/util/generator.ts'
import { type Case, checkGraph } from '../support/checkGraph.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const BATCH = 3
type Draw = (below: number) => number

/** One to four layers on a tensor of any rank, small odd sizes. */
function grow(start: SymbolicTensor, draw: Draw): SymbolicTensor {
  let x = start
  for (let layers = 1 + draw(4); layers > 0; layers--)
    x = (x.shape.length === 3 ? onSequence : onVector)(x, draw)
  return x
}

function onSequence(x: SymbolicTensor, draw: Draw): SymbolicTensor {
  const units = 1 + draw(5)
  const returnSequences = draw(3) > 0
  const goBackwards = draw(2) === 0
  switch (draw(8)) {
    case 0:
      return Dense(units, { activation: 'tanh' })(x)
    case 1:
      return TimeDistributed(Dense(units, { useBias: draw(2) === 0 }))(x)
    case 2:
      return Flatten()(x)
    case 3:
      return Bidirectional(LSTM(units, { returnSequences }), { mergeMode: draw(2) ? 'concat' : 'mul' })(x)
    case 4: {
      const [output, h, c] = LSTM(units, { returnSequences: true, returnState: true, goBackwards })(x)
      return LSTM(units, { returnSequences })(output, { initialState: [h, c] })
    }
    case 5: {
      const [first, second] = Bidirectional(LSTM(units), { mergeMode: null })(x)
      return LSTM(units, { goBackwards })(x, { initialState: [second, first] })
    }
    default:
      return LSTM(units, { returnSequences, goBackwards, useBias: draw(4) > 0 })(x)
  }
}

function onVector(x: SymbolicTensor, draw: Draw): SymbolicTensor {
  switch (draw(5)) {
    case 0:
      return RepeatVector(1 + draw(4))(x)
    case 1:
      return Reshape([x.shape[1] ?? 1, 1])(x)
    case 2:
      return Activation('softmax')(x)
    default:
      return Dense(1 + draw(5), { activation: draw(2) ? 'sigmoid' : 'linear' })(x)
  }
}

/** Two inputs, a trunk on each, and one to three outputs that share them. */
function drawCase(seed: number): Case {
  setSeed(seed)
  const generator = new Generator(seed)
  const draw: Draw = (below) => generator.below(below)
  const inputs = [Input([2 + draw(3), 1 + draw(4)]), Input([1 + draw(4)])]
  const trunks = inputs.map((input) => grow(input, draw))
  const outputs = Array.from({ length: 1 + draw(3) }, (_, i) => grow(trunks[i % 2] as SymbolicTensor, draw))
  const used = outputs.length === 1 ? inputs.slice(0, 1) : inputs
  const model = Model(used, outputs)
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const data = (tensors: readonly SymbolicTensor[], offset: number): Tensor[] =>
    tensors.map(({ shape }, i) => uniform([BATCH, ...shape.slice(1).map(Number)], -1, 1, seed + offset + i))
  return { model, x: data(used, 100), y: data(outputs, 200) }
}

const seeds = Array.from({ length: 40 }, (_, i) => i + 1)

test.each(sampled(seeds, 9))('graph %i', async (seed) => {
  await checkGraph(drawCase(seed), seed)
})
