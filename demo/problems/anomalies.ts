// An autoencoder that finds what is not as usual: it learns to say back windows of a series [N, 16, 1] → [N, 16, 1], and where it
// cannot, something is wrong.

import { Adam, Dense, LSTM, RepeatVector, Sequential, TimeDistributed, tensor } from 'recurra'
import type { Problem } from '../problem.ts'
import { makeRandom } from './random.ts'
import { rmse } from './series.ts'

const WINDOW = 16
const LEARNED = 160
const HELD_OUT = 80
const CLASSES = ['as usual', 'anomaly']

interface Window {
  readonly values: readonly number[]
  readonly isAnomaly: boolean
}

/** Windows of a wave with noise; of those that are held out every fourth has a spike, a gap, or another rhythm. */
function windows(): Window[] {
  const random = makeRandom(9)
  const uniform = (): number => random() / 2 ** 31
  return Array.from({ length: LEARNED + HELD_OUT }, (_, i) => {
    const phase = 2 * Math.PI * uniform()
    const isAnomaly = i >= LEARNED && i % 4 === 3
    const kind = isAnomaly ? (i >> 2) % 3 : -1
    const at = 3 + Math.floor(uniform() * (WINDOW - 8))
    const values = Array.from({ length: WINDOW }, (_, t) => {
      const pace = kind === 2 ? 1.6 : 0.8
      const wave = 0.5 + 0.35 * Math.sin(phase + pace * t) + 0.03 * (uniform() - 0.5)
      if (kind === 0 && (t === at || t === at + 1)) return wave > 0.5 ? wave - 0.8 : wave + 0.8
      return kind === 1 && t >= at && t < at + 5 ? 0.5 : wave
    })
    return { values, isAnomaly }
  })
}

const [epochs, batchSize] = [150, 16]

export const anomalies: Problem = {
  name: 'anomalies',
  title: 'What is not as usual',
  group: 'Shapes of models',
  about:
    'An autoencoder presses sixteen steps of a wave into sixteen numbers and says them back. It sees waves as they should be; a ' +
    'window that it says back worse than nearly all of those is told to be an anomaly. Of 80 held-out windows 20 have a spike, ' +
    'a gap or another rhythm.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 16, 1] → [N, 16, 1]',
  quality: { measure: 'Accuracy on held-out windows', better: 'above', bound: 0.9 },

  code: {
    data: 'x: windows of 16 steps; y: the same',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [WINDOW, 1] }))
    model.add(RepeatVector(WINDOW))
    model.add(LSTM(16, { returnSequences: true }))
    model.add(TimeDistributed(Dense(1)))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    const all = windows()
    const tensorOf = (some: readonly Window[]) =>
      tensor(
        some.flatMap(({ values }) => values),
        [some.length, WINDOW, 1],
      )
    const learned = tensorOf(all.slice(0, LEARNED))
    const truth = all.slice(LEARNED).map(({ isAnomaly }) => Number(isAnomaly))
    return {
      x: learned,
      y: learned,
      inputs: tensorOf(all),
      truth: {
        position: 'Window',
        quantity: 'Windows',
        positions: truth.map((_, i) => i + 1),
        values: truth,
        predictedFrom: 0,
        heldOutFrom: 0,
        digits: [0, 0],
        formatPosition: (window) => String(window),
        formatValue: (value) => CLASSES[value] ?? '',
        classes: CLASSES,
      },
      decode({ data }) {
        const errors = all.map(({ values }, i) =>
          rmse(values, [...data.subarray(i * WINDOW, (i + 1) * WINDOW)]),
        )
        const usual = errors.slice(0, LEARNED).sort((a, b) => a - b)
        // One in a hundred of the windows that it learned is above.
        const threshold = usual[Math.floor(0.99 * LEARNED)] ?? 0
        return errors.slice(LEARNED).map((error) => Number(error > threshold))
      },
      score(predictions) {
        const right = truth.filter((value, i) => predictions[i] === value).length
        const quality = predictions.length === 0 ? Number.NaN : right / truth.length
        const show = (share: number) => (Number.isNaN(share) ? 'NaN' : `${(100 * share).toFixed(1)} %`)
        return {
          quality,
          caption: 'Accuracy on held-out windows',
          rows: [
            { label: 'LSTM(16) to LSTM(16)', value: show(quality), isModel: true },
            { label: 'All is as usual', value: show(0.75), isModel: false },
          ],
        }
      },
    }
  },
}
