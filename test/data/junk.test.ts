/** What nothing in `recurra/data` expects: every function says so, by an error that is meant. */
import { expect, test } from 'vitest'
import * as data from '../../src/data/index.ts'
import { RecurraError } from '../../src/index.ts'
import { junk } from '../support/kinds.ts'

type Call = (...values: readonly unknown[]) => unknown
const functions = data as unknown as Readonly<Record<string, Call>>
const range = data.Dataset.range(3)

/** Calls with a hole: of functions, of methods of what they make, and of options by name. */
const calls: Readonly<Record<string, Call>> = {
  ...Object.fromEntries(
    Object.entries(functions).flatMap(([name, made]) =>
      name === 'Dataset'
        ? []
        : [
            [`${name}(junk)`, (value: unknown) => made(value)],
            [`${name}([1, 2], junk)`, (value: unknown) => made([1, 2], value)],
            [`${name}([1, 2], 3, junk)`, (value: unknown) => made([1, 2], 3, value)],
            [`${name}([1, 2], [1, 2], 1, junk)`, (value: unknown) => made([1, 2], [1, 2], 1, value)],
          ],
    ),
  ),
  ...Object.fromEntries(
    // Members are methods and the refused names of Python, which are getters.
    Object.entries(Object.getOwnPropertyDescriptors(data.Dataset.prototype))
      .filter(
        ([name, { value }]) => typeof value === 'function' && !['constructor', 'cardinality'].includes(name),
      )
      .flatMap(([name, { value }]) => {
        const method = value as Call
        return [
          [`Dataset.${name}(junk)`, (value: unknown) => method.call(range, value)],
          [`Dataset.${name}(1, junk)`, (value: unknown) => method.call(range, 1, value)],
        ]
      }),
  ),
  'Dataset.fromTensorSlices': (value) => data.Dataset.fromTensorSlices(value as never),
  'Dataset.fromGenerator': (value) => data.Dataset.fromGenerator(value as never),
  'Dataset.zip': (value) => data.Dataset.zip(value as never),
  'Dataset.range': (value) => data.Dataset.range(value as never),
  'scaler.fit': (value) => data.StandardScaler().fit(value as never),
  'scaler.fit, weights': (value) => data.StandardScaler().fit([1, 2], value as never),
  'scaler.partialFit': (value) => data.MinMaxScaler().partialFit(value as never),
  'tokenizer.fitOnTexts': (value) => data.Tokenizer().fitOnTexts(value as never),
  'tokenizer.textsToMatrix': (value) => data.Tokenizer({ numWords: 3 }).textsToMatrix(['a'], value as never),
  'tokenizer.sequencesToMatrix': (value) => data.Tokenizer({ numWords: 3 }).sequencesToMatrix(value as never),
  'tokenizer.sequencesToTexts': (value) => data.Tokenizer().sequencesToTexts(value as never),
  'tokenizer.fitOnSequences': (value) => data.Tokenizer().fitOnSequences(value as never),
}

test.each(Object.entries(calls))('%s', async (_, call) => {
  const wrong: string[] = []
  for (const value of junk) {
    try {
      const made = call(value)
      if (made instanceof Promise) await made
    } catch (error) {
      if (!(error instanceof RecurraError)) wrong.push(`${String(value as never)}: ${String(error)}`)
    }
  }
  expect(wrong).toEqual([])
})
