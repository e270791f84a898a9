// A text, character by character: ids of twelve characters [N, 12] → the chances of the next one [N, characters].

import { Adam, Dense, Embedding, GRU, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { listing } from './listing.ts'
import { sampleTask } from './samples.ts'

// William Blake, 1794.
const text = `tyger tyger, burning bright,
in the forests of the night;
what immortal hand or eye,
could frame thy fearful symmetry?
in what distant deeps or skies,
burnt the fire of thine eyes?
on what wings dare he aspire?
what the hand, dare seize the fire?
`
/** Characters that the network sees. */
const WINDOW = 12
const characters = [...new Set(text)].sort()

/** The likeliest character of each row of chances. */
const likeliest = (outputs: Float32Array): number[] =>
  Array.from({ length: outputs.length / characters.length }, (_, row) => {
    const chances = outputs.subarray(row * characters.length, (row + 1) * characters.length)
    return chances.indexOf(Math.max(...chances))
  })

const typescript = `
const model = Sequential()
model.add(Embedding(${characters.length}, 16, { inputShape: [${WINDOW}] }))
model.add(GRU(64))
model.add(Dense(${characters.length}, { activation: 'softmax' }))
model.compile({ loss: 'sparse_categorical_crossentropy', optimizer: Adam(0.01) })`

const keras = `
model = Sequential()
model.add(Embedding(${characters.length}, 16))
model.add(GRU(64))
model.add(Dense(${characters.length}, activation="softmax"))
model.compile(loss="sparse_categorical_crossentropy", optimizer=Adam(0.01))`

const [epochs, batchSize] = [40, 32]

export const writing: Problem = {
  name: 'writing',
  title: 'A poem by heart',
  group: 'Text',
  about:
    'Two stanzas of Blake’s Tyger, character by character: after twelve characters the network tells the thirteenth. In the end ' +
    'it knows the poem by heart, and what it tells, read in one piece, is the poem.',
  seed: 1,
  epochs,
  batchSize,
  shapes: `[N, ${WINDOW}] → [N, ${characters.length}]`,
  quality: { measure: 'Share of characters that are right', better: 'above', bound: 0.95 },

  code: listing({
    layers: 'Dense, Embedding, GRU',
    kerasImports: ['from keras import Sequential', 'from keras.optimizers import Adam'],
    names: 'Adam, Dense, Embedding, GRU, Sequential',
    data: 'x: numbers of twelve characters; y: that of the next',
    keras,
    typescript,
    epochs,
    batchSize,
  }),

  createModel() {
    const model = Sequential()
    model.add(Embedding(characters.length, 16, { inputShape: [WINDOW] }))
    model.add(GRU(64))
    model.add(Dense(characters.length, { activation: 'softmax' }))
    model.compile({ loss: 'sparse_categorical_crossentropy', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    const ids = [...text].map((character) => characters.indexOf(character))
    const task = sampleTask({
      learned: ids.slice(WINDOW).map((id, i) => ({ input: ids.slice(i, i + WINDOW), target: [id] })),
      inputShape: [WINDOW],
      outputShape: [1],
      label: 'GRU(64)',
      quantity: 'Character',
      measure: 'accuracy',
      decode: likeliest,
      digits: [0, 0],
      position: 'After',
      charted: 120,
      formatPosition: (index) => text.slice(index, index + WINDOW).replaceAll('\n', ' / '),
    })
    return {
      ...task,
      score(predictions) {
        const written = predictions.map((id) => characters[id]).join('')
        return { ...task.score(predictions), ...(written ? { note: `It writes: … ${written}` } : {}) }
      },
    }
  },
}
