// Runs a case of another library's tests through the package's public names.

import { RecurraError } from '../../src/errors.ts'
import type { PeerCase } from './cases.ts'
import { runActivation, runFunction } from './functions.ts'
import { runChain, runLayer, runShape, runThrows } from './layers.ts'
import { runLoss, runMetric, runOptimizer } from './measures.ts'
import { runModel, runModels } from './models.ts'
import { Missing, type Outcome } from './outcome.ts'

/** All that a case says: as a rule one number, or one output. */
async function outcomesOf(given: PeerCase): Promise<readonly Outcome[]> {
  switch (given.kind) {
    case 'absent':
      throw new Missing(`not recorded: ${given.feature}`)
    case 'activation':
      return runActivation(given)
    case 'chain':
      return runChain(given)
    case 'fn':
      return runFunction(given)
    case 'layer':
    case 'symbolic':
      return runLayer(given)
    case 'loss':
      return runLoss(given)
    case 'metric':
      return runMetric(given)
    case 'model':
      return runModel(given)
    case 'models':
      return runModels(given)
    case 'optimizer':
      return runOptimizer(given)
    case 'shape':
      return runShape(given)
    case 'throws':
      return runThrows(given)
  }
}

/** What comes of a case; what is refused is missing. */
export async function runCase(given: PeerCase): Promise<readonly Outcome[]> {
  try {
    return await outcomesOf(given)
  } catch (error) {
    if (error instanceof Missing) return [{ status: 'missing', note: error.message }]
    if (error instanceof RecurraError) return [{ status: 'missing', note: `refused: ${error.message}` }]
    throw new Error(`${given.id}, ${given.test}`, { cause: error })
  }
}
