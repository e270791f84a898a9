// What `initializers` has: Keras's classes, and the one that users extend, which pages that load no code of their own do not hold.

export * from './initializers.ts'
export { Initializer } from './ownInitializer.ts'
