// The numbers that graphs bring with them, on a device. Loaded where a graph has some.

import type { DeviceBuffer } from '../backends/backend.ts'
import type { Graph } from '../graph/graph.ts'
import type { Store } from './store.ts'

interface Constant {
  readonly values: Float32Array
  buffer: DeviceBuffer
}

/** The numbers that stores have: a step is compiled for many batch sizes, with the same ones in each. */
const known = new WeakMap<Store, Constant[]>()

/** The buffers of a graph's constants, by the names that the graph has for them. */
export function constantsOf({ constants }: Graph, store: Store): ReadonlyMap<string, DeviceBuffer> {
  const all = known.get(store) ?? []
  known.set(store, all)
  const upload = (values: Float32Array, number: number): DeviceBuffer => {
    const buffer = store.arena(`constant ${number}`, values.length)
    store.backend.write(buffer, 0, values)
    return buffer
  }
  const bufferOf = (values: Float32Array): DeviceBuffer => {
    const number = all.findIndex((other) => sameNumbers(other.values, values))
    const found = all[number] ?? { values, buffer: upload(values, all.length) }
    if (number < 0) all.push(found)
    // A buffer that the device refused is made again.
    else if (found.buffer.bytes === 0) found.buffer = upload(values, number)
    return found.buffer
  }
  return new Map([...constants].map(([name, values]) => [name, bufferOf(values)]))
}

const sameNumbers = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i])
