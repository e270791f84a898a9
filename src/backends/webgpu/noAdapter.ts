// Loaded where WebGPU does not answer.

import { fail } from '../../errors.ts'

/** The error for a page or process in which WebGPU was asked for and does not answer. */
export function failWithoutAdapter(): never {
  const known = globalThis.navigator?.gpu !== undefined
  const inNode = typeof process === 'object' && process.versions?.node !== undefined
  return fail("setBackend('webgpu')", {
    expected: 'a WebGPU adapter',
    got: known ? 'none from navigator.gpu.requestAdapter()' : 'no navigator.gpu',
    remedy: inNode
      ? "Import 'recurra/node' first, which brings WebGPU to Node, or call setBackend('cpu')."
      : "Use a browser with WebGPU on a page served over https or from localhost, or call setBackend('cpu').",
  })
}
