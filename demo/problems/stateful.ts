// Stateful LSTM: [4, 1, 2] → [4, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { makeRandom } from './random.ts'
import { type Sample, sampleTask } from './samples.ts'

const SERIES = 4
/** Steps of a series: a new bit every four. */
const STEPS = 32

/** The steps of all series, one after the other, with bits drawn at random. */
function stepsOf(seed: number): Sample[] {
  const random = makeRandom(seed)
  const bits = Array.from({ length: SERIES * (STEPS / 4) }, () => (random() >> 16) & 1)
  return Array.from({ length: STEPS }, (_, step) =>
    Array.from({ length: SERIES }, (_, series) => {
      const bit = bits[SERIES * Math.floor(step / 4) + series] ?? Number.NaN
      return { input: step % 4 === 0 ? [bit, 1] : [0, 0], target: [bit] }
    }),
  ).flat()
}

const [epochs, batchSize] = [30, 4]

export const stateful: Problem = {
  name: 'stateful',
  title: 'Stateful LSTM',
  group: 'Shapes of models',
  about:
    'A bit is shown once and must be recalled at each of the next three steps. Each step is a batch of ' +
    'its own: only the kept state can carry the bit. States are reset between epochs. Bits never seen are asked for ' +
    'afterwards.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[4, 1, 2] → [4, 1]',
  quality: { measure: 'Accuracy on held-out bits', better: 'above', bound: 0.95 },
  isStateful: true,
  code: {
    data: 'x: [bit, 1] where a bit is shown, else [0, 0], four series at once;\ny: the bit that was shown last',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(8, { stateful: true, batchShape: [4, 1, 2] }))
    model.add(Dense(1, { activation: 'sigmoid' }))
    model.compile({ loss: 'binary_crossentropy', optimizer: Adam(0.02) })
    return model
  },

  async load() {
    return sampleTask({
      learned: stepsOf(7),
      heldOut: stepsOf(11),
      showsHeldOut: true,
      inputShape: [1, 2],
      outputShape: [1],
      label: 'LSTM(8), stateful',
      quantity: 'Bit',
      measure: 'accuracy',
      digits: [0, 2],
      position: 'Step',
      series: ['series 1', 'series 2', 'series 3', 'series 4'],
    })
  },
}
