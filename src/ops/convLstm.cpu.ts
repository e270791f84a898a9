// The CPU side of convLstm.ts.

import { lstmFormulas } from './lstm.cpu.ts'
import { recurrenceSides } from './recurrenceLoop.ts'

export const [convLstm, convLstmGradient] = recurrenceSides(lstmFormulas, 'convLstm', 'convLstmGradient')
