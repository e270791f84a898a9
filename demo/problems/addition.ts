// Sums as text, one sequence from another: characters of ` 7+35` [N, 5] → characters of `42` [N, 2]. Rate, batch and epochs were
// chosen by a fifth of the sums to learn from.

import { Adam, Dense, Embedding, LSTM, RepeatVector, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { classesOf } from './classes.ts'
import { makeRandom, shuffled } from './random.ts'
import { holdOutFifths, sampleTask } from './samples.ts'

/** The characters by their ids. */
const characters = '0123456789+ '
/** Addends are below. */
const LIMIT = 40
const [INPUT, OUTPUT] = [5, 2]

/** Ids of a text. */
const idsOf = (text: string): number[] => [...text].map((character) => characters.indexOf(character))

/** A number of two characters. */
const spelled = (number: number): string => String(number).padStart(2)

/** The number that the likeliest characters of each row of outputs spell. */
function numbersOf(outputs: Float32Array): number[] {
  const ids = classesOf(outputs, characters.length)
  return Array.from({ length: ids.length / OUTPUT }, (_, row) => {
    const text = ids.slice(row * OUTPUT, (row + 1) * OUTPUT).map((id) => characters[id])
    const number = Number.parseInt(text.join(''), 10)
    return Number.isNaN(number) ? -1 : number
  })
}

const [epochs, batchSize] = [40, 64]

export const addition: Problem = {
  name: 'addition',
  title: 'Sums as text',
  group: 'Text',
  about:
    'The five characters of “12+ 7” go in, and the two of “19” come out: an encoder reads, a decoder writes, and nobody tells ' +
    'them what a number is. Of all sums of numbers below 40 every fifth is held out.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 5] → [N, 2, 12]',
  quality: { measure: 'Share of held-out sums that are right', better: 'above', bound: 0.9 },

  code: {
    data: 'x: numbers of the characters of a sum; y: those of its result',
  },

  createModel() {
    const model = Sequential()
    model.add(Embedding(12, 12, { inputShape: [INPUT] }))
    model.add(LSTM(64))
    model.add(RepeatVector(OUTPUT))
    model.add(LSTM(64, { returnSequences: true }))
    model.add(Dense(12, { activation: 'softmax' }))
    model.compile({ loss: 'sparse_categorical_crossentropy', optimizer: Adam(0.02) })
    return model
  },

  async load() {
    const sums = Array.from({ length: LIMIT * LIMIT }, (_, i) => {
      const [a, b] = [Math.floor(i / LIMIT), i % LIMIT]
      return { input: idsOf(`${spelled(a)}+${spelled(b)}`), target: [a + b] }
    })
    const { learned, heldOut } = holdOutFifths(shuffled(sums, makeRandom(3)))
    const shown = [...heldOut].sort((a, b) => (a.target[0] ?? 0) - (b.target[0] ?? 0))
    return sampleTask({
      learned,
      heldOut: shown,
      inputShape: [INPUT],
      outputShape: [OUTPUT],
      showsHeldOut: true,
      label: 'LSTM(64) to LSTM(64)',
      quantity: 'Sum',
      measure: 'accuracy',
      encode: ([sum = 0]) => idsOf(spelled(sum)),
      decode: numbersOf,
      digits: [0, 0],
      position: 'Sum',
      formatPosition: (index) =>
        (shown[index]?.input ?? [])
          .map((id) => characters[id])
          .join('')
          .trim(),
    })
  },
}
