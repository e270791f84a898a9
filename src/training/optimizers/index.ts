// Optimizers by Keras's names; all exports are public.

export { Adadelta, type AdadeltaOptions } from './adadelta.ts'
export { Adafactor, type AdafactorOptions } from './adafactor.ts'
export { Adagrad, type AdagradOptions } from './adagrad.ts'
export { Adam, type AdamOptions } from './adam.ts'
export { Adamax } from './adamax.ts'
export { AdamW } from './adamw.ts'
export { Ftrl, type FtrlOptions } from './ftrl.ts'
export { Lion, type LionOptions } from './lion.ts'
export { Nadam } from './nadam.ts'
export type { MomentsOptions } from './options.ts'
export { RMSprop, type RMSpropOptions } from './rmsprop.ts'
export { SGD, type SGDOptions } from './sgd.ts'
