// What a fit that is listened to needs besides: callbacks, validation and progress. Loaded if there are any of these.

import type { Optimizer } from '../../training/optimizer.ts'
import { ProgressLogger } from '../../training/progress.ts'
import type { Call } from '../call.ts'
import type { TestData } from '../data/testData.ts'
import { openCallbacks } from '../hookedCalls.ts'
import type { FitSettings } from './fitSettings.ts'
import { ListenedSession } from './listenedSession.ts'
import { placeValidation } from './validation.ts'

export { checkCallbacks } from './checkCallbacks.ts'
export { splitValidation } from './validation.ts'

/**
 * Begins a fit that is listened to; its validation data go to the device.
 *
 * @param call In the role of fit.
 */
export async function openSession(
  call: Call,
  optimizer: Optimizer,
  settings: FitSettings,
  { steps, validation }: { readonly steps: number | null; readonly validation: TestData | null },
): Promise<ListenedSession> {
  const { verbose, epochs, signal, validationFreq } = settings
  const { core } = call.device
  const callbacks = openCallbacks(core, `${core.where}.fit`, settings.callbacks, {
    verbose,
    epochs,
    steps,
    validationFreq: validation && validationFreq,
  })
  return new ListenedSession(call, optimizer, settings, {
    steps,
    callbacks,
    validation:
      validation && (await placeValidation(call.device.begin('validation', signal), validation, signal)),
    logger: verbose === 0 ? null : new ProgressLogger({ verbose, epochs, steps }),
  })
}
