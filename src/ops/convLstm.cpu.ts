// The CPU side of convLstm.ts.

import { lstmSteps } from './lstm.cpu.ts'
import { recurrenceSides } from './recurrenceLoop.ts'

export const [lstmStep, lstmStepGradient] = recurrenceSides(lstmSteps, 'convLstm', 'convLstmGradient')
