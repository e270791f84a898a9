// Sentiment of sentences: ids of words [N, 13], padded with zeros, → [N, 1].

import { Adam, Dense, Embedding, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { makeRandom } from './random.ts'
import { holdOutFifths, type Sample, sampleTask } from './samples.ts'

const subjects = ['film', 'plot', 'music', 'ending', 'acting']
const verbs = ['was', 'is', 'seemed']
const degrees = ['very', 'really', 'quite']
const praise = ['good', 'great', 'moving', 'funny', 'clever', 'fresh']
const blame = ['bad', 'dull', 'weak', 'slow', 'silly', 'flat']
/** The words by their ids; id 0 is no word. */
const words = ['', 'the', 'not', 'but', ...subjects, ...verbs, ...degrees, ...praise, ...blame]
/** Words of the longest sentence. */
const LENGTH = 13
const SENTENCES = 500

interface Sentence {
  readonly words: readonly string[]
  readonly isPraise: boolean
}

/** Sentences of one clause, or of two of which the second counts: `the plot was not very good but the music is great`. */
function sentences(): Sentence[] {
  const random = makeRandom(5)
  const chance = (one: number): boolean => (random() >> 8) % one === 0
  const pick = (list: readonly string[]): string => list[(random() >> 8) % list.length] ?? ''
  const clause = (): Sentence => {
    const [isNegated, isPraise] = [chance(3), chance(2)]
    const degree = chance(2) ? [pick(degrees)] : []
    const opinion = [...(isNegated ? ['not'] : []), ...degree, pick(isPraise ? praise : blame)]
    return { words: ['the', pick(subjects), pick(verbs), ...opinion], isPraise: isPraise !== isNegated }
  }
  return Array.from({ length: SENTENCES }, () => {
    const [first, second] = [clause(), clause()]
    return chance(2) ? first : { words: [...first.words, 'but', ...second.words], isPraise: second.isPraise }
  })
}

/** As a sample: ids, with zeros behind them, and 1 for praise. */
const sampleOf = (sentence: Sentence): Sample & { readonly text: string } => ({
  input: Array.from({ length: LENGTH }, (_, i) => words.indexOf(sentence.words[i] ?? '')),
  target: [Number(sentence.isPraise)],
  text: sentence.words.join(' '),
})

const [epochs, batchSize] = [30, 32]

export const sentiment: Problem = {
  name: 'sentiment',
  title: 'Praise or blame',
  group: 'Text',
  about:
    'Is a sentence about a film praise? Words are numbers, each number has a vector that is learned, and sentences of four ' +
    'to thirteen words are padded with zeros, which a mask leaves out. The network finds out what “not” and “but” do. ' +
    'Every fifth sentence is held out.',
  seed: 1,
  epochs,
  batchSize,
  shapes: `[N, ${LENGTH}] → [N, 1]`,
  quality: { measure: 'Accuracy on held-out sentences', better: 'above', bound: 0.95 },

  code: {
    data: 'x: numbers of words, zeros behind them; y: 1 for praise, 0 for blame',
  },

  createModel() {
    const model = Sequential()
    model.add(Embedding(words.length, 8, { maskZero: true, inputShape: [LENGTH] }))
    model.add(LSTM(16))
    model.add(Dense(1, { activation: 'sigmoid' }))
    model.compile({ loss: 'binary_crossentropy', optimizer: Adam(0.01), metrics: ['accuracy'] })
    return model
  },

  async load() {
    const { learned, heldOut } = holdOutFifths(sentences().map(sampleOf))
    // By class, so that a miss stands out from its step.
    const shown = [...heldOut].sort((a, b) => (a.target[0] ?? 0) - (b.target[0] ?? 0))
    const textOf = new Map(
      [...learned, ...shown].map((sample) => [sample, 'text' in sample ? sample.text : '']),
    )
    return sampleTask({
      learned,
      heldOut: shown,
      inputShape: [LENGTH],
      outputShape: [1],
      showsHeldOut: true,
      label: 'Embedding(8), LSTM(16)',
      quantity: 'Praise',
      measure: 'accuracy',
      digits: [0, 2],
      position: 'Sentence',
      formatPosition: (index) => String(textOf.get(shown[index] ?? { input: [], target: [] }) ?? ''),
    })
  },
}
