// CNN-LSTM over frames: [N, 4, 8, 8, 1] → [N, 1].

import { Adam, Conv2D, Dense, Flatten, LSTM, MaxPooling2D, Sequential, TimeDistributed } from 'recurra'
import type { Problem } from '../problem.ts'
import { readDigits } from './data.ts'
import { holdOutLast, sampleTask } from './samples.ts'

const FRAMES = 4

/** The frames of an image that moves by a pixel a frame; what leaves on one side is gone. */
const drift = (pixels: readonly number[], direction: 1 | -1): number[] =>
  Array.from({ length: FRAMES }, (_, frame) => {
    const shift = direction * (frame - (FRAMES - 1) / 2 + 0.5 * direction)
    return pixels.map((_, i) => {
      const column = (i % 8) - shift
      return column < 0 || column > 7 ? 0 : (pixels[i - shift] ?? 0)
    })
  }).flat()

const [epochs, batchSize] = [8, 20]

export const frames: Problem = {
  name: 'frames',
  title: 'CNN-LSTM over frames',
  group: 'Shapes of models',
  about:
    'A handwritten digit drifts across four frames, to the left or to the right; a convolution looks at ' +
    'each frame, an LSTM tells which way it goes.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 4, 8, 8, 1] → [N, 1]',
  quality: { measure: 'Accuracy on 80 held-out digits', better: 'above', bound: 0.9 },

  code: {
    data: 'x: four frames of a digit that drifts;\ny: 1 to the right, 0 to the left',
  },

  createModel() {
    const model = Sequential()
    model.add(TimeDistributed(Conv2D(4, [3, 3], { activation: 'relu' }), { inputShape: [4, 8, 8, 1] }))
    model.add(TimeDistributed(MaxPooling2D([2, 2])))
    model.add(TimeDistributed(Flatten()))
    model.add(LSTM(12))
    model.add(Dense(1, { activation: 'sigmoid' }))
    model.compile({ loss: 'binary_crossentropy', optimizer: Adam(0.01), metrics: ['accuracy'] })
    return model
  },

  async load(readText) {
    const digits = (await readDigits(readText)).slice(0, 400)
    const samples = digits.map(({ pixels }, i) => ({
      input: drift(pixels, i % 2 === 0 ? 1 : -1),
      target: [1 - (i % 2)],
    }))
    return sampleTask({
      ...holdOutLast(samples, 80),
      inputShape: [FRAMES, 8, 8, 1],
      outputShape: [1],
      showsHeldOut: true,
      label: 'CNN-LSTM',
      quantity: 'Direction',
      classes: ['left', 'right'],
      measure: 'accuracy',
      digits: [0, 2],
      position: 'Digit',
    })
  },
}
