// The namespace `losses`: constructors of losses, and each as a function of `ops`, for losses of one's own.

export * from '../../composed/losses/index.ts'
export * from './index.ts'
