/** All tests in Deno, on one device. */
import { device } from './device.ts'
import './layers.ts'
import './golden.ts'
import './kernels.ts'

// SwiftShader has been seen to crash where Deno ends before its work does.
Deno.test('the device has nothing left to do', async () => {
  await device.queue.onSubmittedWorkDone()
  device.destroy()
  await device.lost
})
