// Code that only some calls of a model need, loaded when one does. It is taken from a module that is loaded as a whole, because a
// bundler that picks single names of it writes more code at each place than it saves.

export const anyFit = () => import('./trainer/anyFit.ts')
export const averagedWeights = () => import('../training/averagedWeights.ts')
export const constants = () => import('./constants.ts')
export const firstBatch = () => import('./data/firstBatch.ts')
/** Null where a page cannot load the code of warnings: it trains all the same. */
export const fitWarnings = () => import('./trainer/fitWarnings.ts').catch(() => null)
export const heldMetrics = () => import('./heldMetrics.ts')
export const passWindows = () => import('./data/passWindows.ts')
export const refusals = () => import('./refusals.ts')
export const reports = () => import('./stepReports.ts')
export const weightRules = () => import('./weightRules.ts')
