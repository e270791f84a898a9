// What a recurrence of LSTM cells whose product is a convolution does on the CPU.

import { lstmSteps } from './lstm.cpu.ts'
import { recurrenceSides } from './recurrenceLoop.ts'

export const [lstmStep, lstmStepGradient] = recurrenceSides(lstmSteps, 'convLstm', 'convLstmGradient')
