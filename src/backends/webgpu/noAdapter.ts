// Loaded where WebGPU does not answer.

import { fail } from '../../errors.ts'

/** The error for a page or process in which WebGPU was asked for and does not answer. */
export function failWithoutAdapter(): never {
  const known = globalThis.navigator?.gpu !== undefined
  const inNode = typeof process === 'object' && process.versions?.node !== undefined
  return fail("setBackend('webgpu')", {
    expected: 'a WebGPU adapter',
    got: known ? 'none from navigator.gpu.requestAdapter()' : 'no navigator.gpu',
    remedy: `${remedyFor(known, inNode)}, or call setBackend('cpu').`,
  })
}

function remedyFor(known: boolean, inNode: boolean): string {
  if (inNode && !known) return "Import 'recurra/node' first, which brings WebGPU to Node"
  if (inNode)
    return 'Install a driver of the GPU: on Linux its Vulkan driver with the loader libvulkan1 (mesa-vulkan-drivers has a software adapter, too)'
  return known
    ? "Turn on the browser's hardware acceleration, update the driver of the GPU"
    : 'Use a browser with WebGPU on a page served over https or from localhost'
}
