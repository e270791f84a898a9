// What a fit that is listened to needs besides: callbacks, validation and progress. Loaded if there are any of these.

export { ProgressLogger } from '../training/progress.ts'
export { checkCallbacks } from './checkCallbacks.ts'
export { ListenedSession } from './listenedSession.ts'
export { placeValidation, splitValidation } from './validation.ts'
