/**
 * What is asked of a device, in order, to be counted: wraps the methods of a GPUDevice, of its queue and of the objects
 * that it makes.
 */

/** One call; 'submit' stands for a command buffer with a compute pass, 'copy' for one without. */
export type DeviceCall =
  | 'bindGroup'
  | 'buffer'
  | 'destroy'
  | 'pipeline'
  | 'pass'
  | 'dispatch'
  | 'submit'
  | 'copy'
  | 'write'
  | 'map'

/** How often each call was made. */
export type CallCounts = Readonly<Record<DeviceCall, number>>

/** What ends the recordings under way, the latest first: files share a process, and its devices and buffers. */
const undo: (() => void)[] = []

/** Ends all recordings: before each test file (freshState.ts). */
export function endRecordings(): void {
  for (const each of undo.splice(0)) each()
}

/** Lets `hook` see what a method returns, whose it is and what it was given. */
function wrap<Owner extends object, Result>(
  owner: Owner,
  name: keyof Owner,
  hook: (this: Owner, result: Result, ...args: readonly unknown[]) => void,
): void {
  const own = Object.getOwnPropertyDescriptor(owner, name)
  const original: unknown = Reflect.get(owner, name)
  if (typeof original !== 'function') throw new TypeError(`expected a method, got ${String(name)}`)
  const value = function (this: Owner, ...args: readonly unknown[]): unknown {
    const result: unknown = Reflect.apply(original, this, args)
    hook.call(this, result as Result, ...args)
    return result
  }
  Object.defineProperty(owner, name, { configurable: true, writable: true, value })
  undo.unshift(() => {
    if (own) Object.defineProperty(owner, name, own)
    else Reflect.deleteProperty(owner, name)
  })
}

export interface DeviceRecord {
  /** All calls so far; may be emptied. */
  readonly calls: DeviceCall[]
  /** Buffers that were made and not destroyed. */
  readonly buffers: ReadonlySet<GPUBuffer>
}

/** Records what is asked of `device` from now on; the record grows. */
export function recordDevice(device: GPUDevice): DeviceRecord {
  const calls: DeviceCall[] = []
  const buffers = new Set<GPUBuffer>()
  const record = (call: DeviceCall) => (): void => {
    calls.push(call)
  }
  const computing = new WeakSet<GPUCommandBuffer>()
  wrap(device, 'createBindGroup', record('bindGroup'))
  wrap(device, 'createComputePipeline', record('pipeline'))
  wrap(device, 'createComputePipelineAsync', record('pipeline'))
  wrap(device, 'createBuffer', (buffer: GPUBuffer) => {
    calls.push('buffer')
    buffers.add(buffer)
  })
  // Of the prototype, since a model also maps buffers that one before it left.
  wrap(GPUBuffer.prototype, 'mapAsync', record('map'))
  wrap(GPUBuffer.prototype, 'destroy', function () {
    if (buffers.delete(this)) calls.push('destroy')
  })
  wrap(device, 'createCommandEncoder', (encoder: GPUCommandEncoder) => {
    let passes = 0
    wrap(encoder, 'beginComputePass', (pass: GPUComputePassEncoder) => {
      passes++
      calls.push('pass')
      wrap(pass, 'dispatchWorkgroups', record('dispatch'))
      wrap(pass, 'dispatchWorkgroupsIndirect', record('dispatch'))
    })
    wrap(encoder, 'finish', (commands: GPUCommandBuffer) => {
      if (passes > 0) computing.add(commands)
    })
  })
  wrap(device.queue, 'writeBuffer', record('write'))
  wrap(device.queue, 'submit', (_result, commands) => {
    for (const buffer of commands as readonly GPUCommandBuffer[])
      calls.push(computing.has(buffer) ? 'submit' : 'copy')
  })
  return { calls, buffers }
}

/** Cuts a recording into the calls of each step, its submit last; what follows the last step is left out. */
export function countSteps(calls: readonly DeviceCall[]): CallCounts[] {
  const steps: CallCounts[] = []
  let first = 0
  calls.forEach((call, index) => {
    if (call !== 'submit') return
    const own = calls.slice(first, index + 1)
    const count = (name: DeviceCall): number => own.filter((other) => other === name).length
    steps.push({
      bindGroup: count('bindGroup'),
      buffer: count('buffer'),
      destroy: count('destroy'),
      pipeline: count('pipeline'),
      pass: count('pass'),
      dispatch: count('dispatch'),
      submit: count('submit'),
      copy: count('copy'),
      write: count('write'),
      map: count('map'),
    })
    first = index + 1
  })
  return steps
}
