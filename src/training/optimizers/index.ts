// Optimizers by Keras's names; all exports are public.

export { Adam, type AdamOptions } from './adam.ts'
export { SGD, type SGDOptions } from './sgd.ts'
