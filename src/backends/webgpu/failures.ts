// What is said of WebGPU calls that fail. Loaded when one does.

import { RecurraError } from '../../errors.ts'

/** The first line of what failed, without its full stop. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split('\n').find((line) => line.trim() !== '') ?? 'no reason given').trim().replace(/\.$/, '')
}

/** The error for an adapter or a device that was asked for and failed. */
export const explainRequest = (error: unknown): RecurraError =>
  error instanceof RecurraError
    ? error
    : new RecurraError(
        `WebGPU: expected an adapter and a device, got an error: ${reasonOf(error)}. ` +
          "Close other pages that use the GPU and try again, or call setBackend('cpu').",
      )
