/**
 * The device of a file of these tests. The file's last test waits for its work and lets go of it: SwiftShader has been seen to
 * crash where Deno ends before that.
 */

export async function requestOwnDevice(features: readonly GPUFeatureName[] = []): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter()
  if (!adapter) throw new Error('WebGPU in Deno: expected an adapter, got none.')
  return adapter.requestDevice({ requiredFeatures: features.filter((name) => adapter.features.has(name)) })
}

/** Call it last. */
export function letGoOf(device: GPUDevice): void {
  Deno.test('the device has nothing left to do', async () => {
    await device.queue.onSubmittedWorkDone()
    device.destroy()
    await device.lost
  })
}
