// Code that only some calls of a model need, loaded when one does. It is taken from a module that is loaded as a whole, because a
// bundler that picks single names of it writes more code at each place than it saves.

export const anyFit = () => import('./anyFit.ts')
export const averagedWeights = () => import('../training/averagedWeights.ts')
export const constants = () => import('./constants.ts')
export const firstBatch = () => import('./firstBatch.ts')
export const fitWarnings = () => import('./fitWarnings.ts')
export const passWindows = () => import('./passWindows.ts')
export const refusals = () => import('./refusals.ts')
export const reports = () => import('./reports.ts')
export const weightRules = () => import('./weightRules.ts')
