// Names of the user's own, which `register` gives. A program tells the compiler of them:
//
//   declare module 'recurra' {
//     interface OwnLosses { pinball: true }
//   }

/** Names that are registered for losses, which programs add: `declare module 'recurra' { interface OwnLosses { pinball: true } }`. */
export interface OwnLosses extends Record<never, true> {}

/** Names that are registered for metrics, which programs add: `declare module 'recurra' { interface OwnMetrics { spread: true } }`. */
export interface OwnMetrics extends Record<never, true> {}

/** Names that are registered for activations, which programs add: `declare module 'recurra' { interface OwnActivations { snake: true } }`. */
export interface OwnActivations extends Record<never, true> {}

/** Names that are registered for regularizers, which programs add: `declare module 'recurra' { interface OwnRegularizers { … } }`. */
export interface OwnRegularizers extends Record<never, true> {}

/** Names that are registered for initializers, which programs add: `declare module 'recurra' { interface OwnInitializers { … } }`. */
export interface OwnInitializers extends Record<never, true> {}

/** Names that are registered for constraints, which programs add: `declare module 'recurra' { interface OwnConstraints { … } }`. */
export interface OwnConstraints extends Record<never, true> {}
