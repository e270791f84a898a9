// What a device says of the commands of one turn. Commands that a device has once accepted cannot become invalid later, so
// that only what is new is listened to: pipelines, buffers, a plan's first run, the first use of a buffer for read-backs.

import { RecurraError } from '../../errors.ts'

/** One error of a device: the filter of the scope that caught it, or `'failed'` for what a call threw. */
export interface Report {
  readonly kind: GPUErrorFilter | 'failed'
  readonly cause: unknown
}

/** The cause of several errors is what memory was missing for, then what was invalid. */
const FILTERS: readonly GPUErrorFilter[] = ['internal', 'validation', 'out-of-memory']

/**
 * Makes calls, all of them before this returns; resolves to what the device reports of them, null where they are accepted.
 * Its scopes leave those of a host page alone.
 */
export async function hear(device: GPUDevice, act: () => void): Promise<Report | null> {
  const reports: Report[] = []
  const fail = (cause: unknown): void => {
    reports.unshift({ kind: 'failed', cause })
  }
  const popped: Promise<void>[] = []
  try {
    for (const filter of FILTERS) device.pushErrorScope(filter)
    try {
      act()
    } finally {
      for (const kind of [...FILTERS].reverse()) {
        popped.push(
          device.popErrorScope().then((cause) => {
            if (cause) reports.push({ kind, cause })
          }, fail),
        )
      }
    }
  } catch (error) {
    fail(error)
  }
  await Promise.all(popped)
  return reports[0] ?? null
}

/** The first line of what failed, without its full stop. */
export function reasonOf(error: unknown): string {
  const text = (error as { readonly message?: unknown } | null)?.message ?? error
  const line = String(text)
    .split('\n')
    .find((candidate) => candidate.trim() !== '')
  return (line ?? 'no reason given').trim().replace(/\.$/, '')
}

/** What to do about a kind of error. */
const remedyFor = (kind: Report['kind']): string =>
  kind === 'out-of-memory'
    ? 'Use a smaller batch size, fewer units or less data at once'
    : 'Nothing of this call was done. If it comes again, leave out strategies and autotune'

/** The error for the call whose commands a device refused. */
export function refusal(
  where: string,
  expected: string,
  report: Report,
  remedy = remedyFor(report.kind),
): RecurraError {
  const { kind, cause } = report
  if (cause instanceof RecurraError) return cause
  const what = kind === 'failed' ? 'a failure' : `an error of the kind ${kind}`
  return new RecurraError(
    `${where}: expected ${expected}, got ${what}: ${reasonOf(cause)}. ${remedy}, or call setBackend('cpu').`,
    { cause: report },
  )
}

/** Whether an error says that the device has not the memory. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof RecurraError && (error.cause as Partial<Report> | undefined)?.kind === 'out-of-memory'
