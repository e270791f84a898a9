/** Texts with words deleted, doubled, swapped or put elsewhere: each gives a model, or a FormatError, and soon. */
import { afterAll, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, FormatError } from '../../src/index.ts'
import { Generator } from '../../src/util/generator.ts'
import { frames } from '../support/kerasScripts/frames.ts'
import { functions } from '../support/kerasScripts/functions.ts'
import { graphs } from '../support/kerasScripts/graphs.ts'
import { sequences } from '../support/kerasScripts/sequences.ts'
import { processorTime } from '../support/processorTime.ts'
import { isLong } from '../support/sampled.ts'

const COUNT = isLong ? 1000 : 100
const scripts = [...sequences, ...frames, ...graphs, ...functions].map(
  ({ text }) => text.match(/\s+|\w+|[^\s\w]/g) ?? [],
)
const words = [
  'None',
  '10**9',
  'range',
  'lambda x: x',
  '*',
  '**',
  '[',
  ')',
  ':',
  '"',
  '-1',
  'self',
  '\n',
  'while True:',
  'Sequential',
]

afterAll(clearSession)

/** A text with a few changes. */
function mutated(generator: Generator): string {
  const below = (count: number): number => Math.floor(generator.uniform() * count)
  const tokens = [...(scripts[below(scripts.length)] as readonly string[])]
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(tokens.length)
    const kind = below(5)
    if (kind === 0) tokens.splice(at, 1 + below(3))
    else if (kind === 1) tokens.splice(at, 0, tokens[below(tokens.length)] ?? '')
    else if (kind === 2) tokens[at] = words[below(words.length)] ?? ''
    else if (kind === 3) tokens.splice(at, 0, words[below(words.length)] ?? '')
    else tokens[at] = tokens[below(tokens.length)] ?? ''
  }
  return tokens.join('')
}

test(`${COUNT} mutated texts`, () => {
  const generator = new Generator(7)
  let models = 0
  let slowest = 0
  for (let i = 0; i < COUNT; i++) {
    const text = mutated(generator)
    const took = processorTime()
    try {
      const { problems } = fromKeras(text)
      models++
      for (const { line, column, word, message } of problems) {
        expect(line).toBeGreaterThan(0)
        expect(column).toBeGreaterThan(0)
        expect(word).not.toBe('')
        expect(message).not.toBe('')
      }
    } catch (error) {
      if (!(error instanceof FormatError)) throw new Error(`no FormatError for:\n${text}`, { cause: error })
    }
    slowest = Math.max(slowest, took())
  }
  expect(models).toBeGreaterThan(COUNT / 3)
  expect(slowest).toBeLessThan(3000)
})
