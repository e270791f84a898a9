// Damaged files in turn: each is read, or refused by a FormatError, soon and in little memory.

import fc from 'fast-check'
import { expect } from 'vitest'
import { FormatError } from '../../src/index.ts'
import { LayersModel } from '../../src/models/model.ts'
import { damage, damaged, victims } from './hostileFiles.ts'
import { processorTime } from './processorTime.ts'

/** How much a file of at most 100 KB may leave or take of memory outside of the heap, ten times its size and a constant. */
const MOST_BYTES = 2 ** 24

export async function fuzzFiles(numRuns: number, seed: number): Promise<void> {
  const files = await victims()
  for (const file of files) await file.read(file.parts)
  const outcomes = { loaded: 0, refused: 0 }
  const check = fc.asyncProperty(damage, async (drawn) => {
    const file = files[Math.floor(drawn.victim * files.length)] as (typeof files)[number]
    const parts = damaged(file, drawn)
    const before = process.memoryUsage().arrayBuffers
    const time = processorTime()
    const outcome: unknown = await file.read(parts).catch((error: unknown) => error)
    const took = time()
    if (outcome instanceof LayersModel) outcome.dispose()
    if (outcome instanceof Error) {
      const cause = outcome.stack?.split('\n').slice(0, 6).join('\n')
      expect(outcome, `${file.name}: ${cause}`).toBeInstanceOf(FormatError)
    }
    expect(took, `${file.name}, ms`).toBeLessThan(1000)
    const bytes = process.memoryUsage().arrayBuffers - before
    expect(bytes, `${file.name}, bytes`).toBeLessThan(MOST_BYTES)
    outcomes[outcome instanceof Error ? 'refused' : 'loaded']++
  })
  await fc.assert(check, { numRuns, seed, endOnFailure: true })
  // Not all changes matter, and most do.
  expect(outcomes.loaded).toBeGreaterThan(numRuns / 20)
  expect(outcomes.refused).toBeGreaterThan(numRuns / 4)
}
