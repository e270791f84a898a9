/**
 * The device of a file of these tests. The file's last test waits for its work and lets go of it: SwiftShader has been seen to
 * crash where Deno ends before that.
 */

export async function requestOwnDevice(features: readonly GPUFeatureName[] = []): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter()
  if (!adapter) throw new Error('WebGPU in Deno: expected an adapter, got none.')
  const device = await adapter.requestDevice({
    requiredFeatures: features.filter((name) => adapter.features.has(name)),
  })
  const create = device.createComputePipelineAsync.bind(device)
  device.createComputePipelineAsync = async (descriptor) => {
    const pipeline = await create(descriptor)
    if (record) Deno.writeTextFileSync(record, `${descriptor.label}\n`, { append: true })
    return pipeline
  }
  return device
}

/** A file of this run, in which files that run models write down which pipelines these made, by their labels. */
const record = Deno.env.get('RECURRA_PIPELINES')

/** The labels of pipelines that the files before this one made. */
export const pipelinesMade = (): ReadonlySet<string> =>
  new Set(record ? Deno.readTextFileSync(record).split('\n') : [])

/** Call it last. */
export function letGoOf(device: GPUDevice): void {
  Deno.test('the device has nothing left to do', async () => {
    await device.queue.onSubmittedWorkDone()
    device.destroy()
    await device.lost
  })
}
