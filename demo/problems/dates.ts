// Dates as people write them, read by attention: ids of characters [N, 24], padded with zeros, → characters of `2026-11-29`
// [N, 10]. Rate, batch and layers were chosen by a fifth of the dates to learn from.

import {
  Adam,
  Attention,
  Bidirectional,
  Concatenate,
  Dense,
  Embedding,
  GRU,
  Input,
  Model,
  RepeatVector,
  type SymbolicTensor,
  type Tensor,
  tensor,
} from 'recurra'
import type { Problem } from '../problem.ts'
import { type ReadingTrial, refuseUnknown } from '../trial.ts'
import { classesOf } from './classes.ts'
import { dateSamples, READ } from './dateTexts.ts'
import { holdOutFifths, sampleTask } from './samples.ts'

/** Characters of a text by their ids; id 0 is none. */
const known = '\0 ,./0123456789abcdefghijklmnopqrstuvwxyz'
const written = '-0123456789'
const WRITTEN = 10
const DATES = 2500

const idsOf = (text: string): number[] =>
  Array.from({ length: READ }, (_, i) => (i < text.length ? known.indexOf(text[i] ?? '') : 0))

/** Ten ids of `written` as one number, which a double holds exactly. */
const numberOf = (ids: readonly number[]): number => ids.reduce((sum, id) => sum * written.length + id, 0)

/** The characters of such a number. */
const textOf = (number: number): string =>
  Array.from(
    { length: WRITTEN },
    (_, i) => written[Math.floor(number / written.length ** (WRITTEN - 1 - i)) % written.length],
  ).join('')

const isoIds = (iso: string): number[] => [...iso].map((character) => written.indexOf(character))

const trial: ReadingTrial = {
  kind: 'reading',
  title: 'Attention',
  label: 'A date',
  examples: ['29 november 2026', 'july 4, 1976', '3/8/31', 'thu 1 jan 1970', '22nd of march 2018'],
  maxLength: READ,
  refuse: (text) => refuseUnknown(text.toLowerCase(), known.slice(1)),
  start(model) {
    const { input, output } = model
    const [, scores] = model.getLayer('attention').output as readonly SymbolicTensor[]
    const reader = Model(input, [output as SymbolicTensor, scores as SymbolicTensor])
    return {
      async read(text) {
        const [chances, { data }] = await reader.predictOnBatch<[Tensor, Tensor]>(
          tensor(idsOf(text.toLowerCase()), [1, READ]),
        )
        const ids = classesOf(chances.data, written.length)
        return {
          written: ids.map((id) => written[id]).join(''),
          attention: ids.map((_, i) => [...data.subarray(i * READ, i * READ + text.length)]),
        }
      },
      dispose: () => reader.dispose(),
    }
  },
}

const [epochs, batchSize] = [6, 32]

export const dates: Problem = {
  name: 'dates',
  title: 'Attention over dates',
  group: 'Text',
  about:
    'Dates as people write them go in, and ISO dates come out. For each of the ten characters that it writes, the decoder asks ' +
    'where to look: attention mixes what the encoder made of the characters by how well they match. Every fifth date is held out.',
  seed: 1,
  epochs,
  batchSize,
  shapes: `[N, ${READ}] → [N, ${WRITTEN}, ${written.length}]`,
  quality: { measure: 'Share of held-out dates that are right', better: 'above', bound: 0.95 },
  trial,

  code: {
    data: 'x: numbers of a date’s characters, then zeros;\ny: numbers of those of its ISO form',
    use: {
      keras: `
reader = keras.Model(text, [written, attention[1]])
result, looked_at = reader.predict(x)`,
      typescript: `
const reader = Model(text, [written, attention[1]])
const [result, lookedAt] = await reader.predict(x)`,
    },
  },

  createModel() {
    const text = Input([READ], { name: 'text' })
    const vectors = Embedding(known.length, 16)(text)
    const encoder = Bidirectional(GRU(32, { returnSequences: true, returnState: true }))
    const [read, forward, backward] = encoder(vectors, { mask: text })
    const state = Concatenate()([forward, backward])
    const query = GRU(64, { returnSequences: true })(RepeatVector(WRITTEN)(state))
    const [found] = Attention()([query, read], { mask: [null, text], returnAttentionScores: true })
    const both = Concatenate()([query, found])
    const model = Model(text, Dense(written.length, { activation: 'softmax', name: 'written' })(both))
    model.compile({ loss: 'sparse_categorical_crossentropy', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    const samples = dateSamples(DATES).map(({ text, iso }) => ({
      input: idsOf(text),
      target: [numberOf(isoIds(iso))],
      text,
    }))
    const { learned, heldOut } = holdOutFifths(samples)
    return sampleTask({
      learned,
      heldOut,
      inputShape: [READ],
      outputShape: [WRITTEN],
      showsHeldOut: true,
      label: 'GRU(32) both ways, attention',
      quantity: 'Date',
      measure: 'accuracy',
      encode: ([date = 0]) => isoIds(textOf(date)),
      decode: (outputs) => {
        const ids = classesOf(outputs, written.length)
        return Array.from({ length: ids.length / WRITTEN }, (_, row) =>
          numberOf(ids.slice(row * WRITTEN, (row + 1) * WRITTEN)),
        )
      },
      digits: [0, 0],
      position: 'Date',
      formatPosition: (index) =>
        (heldOut[index]?.input ?? []).map((id) => (id > 0 ? known[id] : '')).join(''),
      formatValue: textOf,
    })
  },
}
