// Evaluation and validation on arrays: sets of samples of one shape each, which stay on the device from pass to pass if one buffer
// holds them, and are uploaded part by part otherwise.

import type { Call } from '../call.ts'
import { runOnce, shifted } from '../trainer/runOnce.ts'
import type { Samples } from './data.ts'
import { inOrder } from './dataset.ts'
import { fitsPlaced, rowsInOrder, uploadPlaced } from './placedRows.ts'
import { ResidentSets } from './residentSets.ts'
import { cut, rowsPerPart, take } from './rows.ts'
import type { TestData, TestPass } from './testData.ts'

/** The samples of a set that a pass takes, and the steps before them. */
interface SetPass {
  readonly set: number
  readonly samples: Samples
  readonly done: number
}

/** Data sets of one shape each. */
export function setsData(sets: readonly Samples[], batchSize: number, most: number | null): TestData {
  const passes: SetPass[] = []
  let done = 0
  for (const [set, samples] of sets.entries()) {
    const steps = Math.min(Math.ceil(samples.rows / batchSize), (most ?? Number.POSITIVE_INFINITY) - done)
    if (steps > 0) {
      const rows = Math.min(samples.rows, steps * batchSize)
      passes.push({ set, samples: rows < samples.rows ? cut(samples, 0, rows) : samples, done })
    }
    done += steps
  }
  const [first, ...more] = sets
  return {
    inputs: more.length === 0 ? (first?.inputs ?? null) : null,
    steps: done,
    async place(call) {
      return { run: runPasses(call, sets, passes, batchSize), close: async () => undefined }
    },
  }
}

/** Uploads what stays on the device. */
function runPasses(
  call: Call,
  sets: readonly Samples[],
  passes: readonly SetPass[],
  batchSize: number,
): TestPass['run'] {
  const partsOf = partsOnDevice(call, sets, batchSize)
  return async (hooks) => {
    for (const { set, samples, done } of passes) {
      let before = done
      for (const part of partsOf(set, samples)) {
        const request = { ...part, batchSize, kind: 'test', continues: before > 0 } as const
        await runOnce(call, request, hooks && shifted(hooks, before))
        before += Math.ceil(part.rows / batchSize)
      }
    }
  }
}

/** What makes samples of a set the data of the steps to come, part by part. */
function partsOnDevice(
  call: Call,
  sets: readonly Samples[],
  batchSize: number,
): (set: number, samples: Samples) => Iterable<Samples> {
  const [first] = sets
  const all = { rows: 1, fields: sets.flatMap(({ fields }) => fields) }
  if (first?.places && fitsPlaced(call.data, first)) {
    const startFrom = uploadPlaced(call.data, first)
    const size = rowsInOrder(first.rows, batchSize)
    call.data.writeOrder(inOrder(size))
    return function* (_, samples) {
      for (let from = 0; from < samples.rows; from += size) {
        startFrom(from)
        yield { ...samples, rows: Math.min(size, samples.rows - from) }
      }
    }
  }
  if (first?.places) {
    return function* (_, samples) {
      const size = rowsPerPart(samples, batchSize, call.data.rowsThatFit(take(samples, inOrder(1))))
      for (let from = 0; from < samples.rows; from += size) {
        const rows = inOrder(Math.min(size, samples.rows - from)).map((row) => from + row)
        const part = take(samples, rows)
        call.data.uploadInOrder(part)
        yield part
      }
    }
  }
  if (sets.length === 1 && first && call.data.rowsThatFit(first) >= first.rows) {
    call.data.uploadInOrder(first)
    return (_, samples) => [samples]
  }
  if (sets.length > 1 && call.data.rowsThatFit(all) >= 1) {
    const resident = new ResidentSets(call, sets, Math.max(...sets.map(({ rows }) => rows)))
    return (set, samples) => {
      resident.select(set, inOrder(samples.rows))
      return [samples]
    }
  }
  return function* (_, samples) {
    const size = rowsPerPart(samples, batchSize, call.data.rowsThatFit(samples))
    for (let from = 0; from < samples.rows; from += size) {
      const part = cut(samples, from, Math.min(from + size, samples.rows))
      call.data.uploadInOrder(part)
      yield part
    }
  }
}
