// Evaluation and validation on a stream of batches: each pass is an iteration, or `steps` batches of one that the caller began.

import type { BatchStream } from '../../util/batchStream.ts'
import type { ModelCore } from '../core.ts'
import { runOnce, shifted } from '../trainer/runOnce.ts'
import type { GivenData } from './plainData.ts'
import { failForEnd, readBatch, refuseBesideStream } from './stream.ts'
import { countOf } from './streamCount.ts'
import { StreamReader } from './streamReader.ts'
import type { PassSettings, TestData } from './testData.ts'

export function streamData(
  core: ModelCore,
  { x: stream, y, sampleWeight }: GivenData & { readonly x: BatchStream },
  { batchSize, steps }: PassSettings,
  where: string,
): TestData {
  refuseBesideStream(where, { y, sampleWeight, batchSize })
  return {
    inputs: null,
    steps: countOf(stream, steps, where, where.endsWith('validationData') ? 'validationSteps' : 'steps'),
    async place(call) {
      const { signals } = call
      const read = (batch: unknown, named: string) => readBatch(core, batch, null, named)
      const reader = new StreamReader({ stream, where, signals, read })
      const close = (): Promise<void> => reader.close(false)
      // The first batch is read before anything runs, so that one that does not fit is found then.
      let first = await reader.next().catch(async (error: unknown) => {
        await close()
        throw error
      })
      if (first === null) failForEnd(where)
      return {
        close,
        async run(hooks) {
          let isWhole = false
          try {
            let done = 0
            for (let next = first ?? (await reader.next()); next !== null; ) {
              first = null
              call.data.uploadInOrder(next)
              const request = { ...next, batchSize: next.rows, kind: 'test', continues: done > 0 } as const
              await runOnce(call, request, hooks && shifted(hooks, done))
              done++
              if (done !== steps) reader.readAhead()
              next = done === steps ? null : await reader.next()
            }
            if (done === 0) failForEnd(where)
            isWhole = true
          } finally {
            await reader.close(isWhole)
          }
        },
      }
    },
  }
}
