// How many bytes of the CPU backend's memory are taken: what recordDevice tells of a GPU.

import { vi } from 'vitest'
import { WasmHeap } from '../../src/backends/cpu/heap.ts'

/** Counts what is taken from now on, until mocks are restored. */
export function recordHeap(): () => number {
  const { allocate } = WasmHeap.prototype
  let taken = 0
  vi.spyOn(WasmHeap.prototype, 'allocate').mockImplementation(function (this: WasmHeap, bytes) {
    const piece = allocate.call(this, bytes)
    taken += bytes
    const { free } = piece
    let isFree = false
    return Object.defineProperty(piece, 'free', {
      value: () => {
        if (!isFree) taken -= bytes
        isFree = true
        free()
      },
    })
  })
  return () => taken
}
