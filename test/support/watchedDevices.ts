/** Devices whose errors fail the test in hand (deviceErrors.ts). */
export interface WatchedDevice {
  readonly device: GPUDevice
  /** What it reported outside of error scopes. */
  readonly uncaptured: string[]
}

export const watchedDevices: WatchedDevice[] = []

/** Lets errors of a device fail the tests that run from now on. */
export function watch(device: GPUDevice): void {
  const uncaptured: string[] = []
  device.addEventListener('uncapturederror', ({ error }) => uncaptured.push(`uncaptured: ${error.message}`))
  watchedDevices.push({ device, uncaptured })
}
