// Collects the errors that a device reports of some calls. Commands that a device has accepted cannot become invalid later, so
// only new ones are checked: pipelines, buffers, the first run of a plan, the first read-back of a buffer.

import { RecurraError } from '../../errors.ts'

/** One error of a device: the filter of the scope that caught it, or `'failed'` for what a call threw. */
export interface Report {
  readonly kind: GPUErrorFilter | 'failed'
  readonly cause: unknown
}

/** Error scopes, outermost first. If several report errors, the cause is missing memory, else invalid use. */
const FILTERS: readonly GPUErrorFilter[] = ['internal', 'validation', 'out-of-memory']

/**
 * Runs `act` synchronously in error scopes; resolves to the first error that the device reports, or null. The scopes are popped
 * before this function returns, so those of a host page are not disturbed.
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

/** The first line of an error's message, without its full stop. */
export function reasonOf(error: unknown): string {
  const text = (error as { readonly message?: unknown } | null)?.message ?? error
  const line = String(text)
    .split('\n')
    .find((candidate) => candidate.trim() !== '')
  return (line ?? 'no reason given').trim().replace(/\.$/, '')
}

/** The remedy for a kind of error. */
const remedyFor = (kind: Report['kind']): string =>
  kind === 'out-of-memory'
    ? 'Use a smaller batch size, fewer units or less data at once'
    : 'Nothing was done. If it comes again, leave out strategies and autotune'

/** The error for commands that a device refused. */
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
