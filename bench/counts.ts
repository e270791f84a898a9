// What a step asks of WebGPU, counted on the device: methods of its classes are replaced while counting, and only then.

export interface Counts {
  readonly dispatches: number
  readonly passes: number
  readonly submits: number
  readonly writes: number
  readonly bindGroups: number
  readonly buffers: number
}

const methods = (): readonly (readonly [keyof Counts, object, string])[] => [
  ['dispatches', GPUComputePassEncoder.prototype, 'dispatchWorkgroups'],
  ['dispatches', GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect'],
  ['passes', GPUCommandEncoder.prototype, 'beginComputePass'],
  ['submits', GPUQueue.prototype, 'submit'],
  ['writes', GPUQueue.prototype, 'writeBuffer'],
  ['bindGroups', GPUDevice.prototype, 'createBindGroup'],
  ['buffers', GPUDevice.prototype, 'createBuffer'],
]

async function countCalls(action: () => Promise<void>): Promise<Record<keyof Counts, number>> {
  const counts = { dispatches: 0, passes: 0, submits: 0, writes: 0, bindGroups: 0, buffers: 0 }
  const restore = methods().map(([count, prototype, name]) => {
    const original = Object.getOwnPropertyDescriptor(prototype, name)
    const method: unknown = original?.value
    if (!original || typeof method !== 'function') throw new TypeError(`expected a method ${name}`)
    Object.defineProperty(prototype, name, {
      ...original,
      value(this: unknown, ...args: readonly unknown[]): unknown {
        counts[count]++
        return Reflect.apply(method, this, args)
      },
    })
    return () => Object.defineProperty(prototype, name, original)
  })
  try {
    await action()
  } finally {
    for (const put of restore) put()
  }
  return counts
}

const EXTRA = 2

/** What one more step adds to a block: what a block's end asks is left out. */
export async function countStep(run: (steps: number) => Promise<void>): Promise<Counts> {
  const one = await countCalls(() => run(1))
  // the first block of a size is made ready
  await run(1 + EXTRA)
  const more = await countCalls(() => run(1 + EXTRA))
  const per = (name: keyof Counts): number => (more[name] - one[name]) / EXTRA
  return {
    dispatches: per('dispatches'),
    passes: per('passes'),
    submits: per('submits'),
    writes: per('writes'),
    bindGroups: per('bindGroups'),
    buffers: per('buffers'),
  }
}
