import { activations } from '../../src/ops/activations.ts'
import { lstm } from '../../src/ops/lstm.ts'
import { checkOp } from './checkOp.ts'
import { fromStates } from './fromStates.ts'
import { apartFromZero, uniform } from './values.ts'

const lstmOp = fromStates(lstm)

/** Checks the LSTM recurrence and its gradient with two activations. */
export async function checkFunctions(
  strategy: string,
  activation: keyof typeof activations,
  recurrentActivation: keyof typeof activations,
): Promise<void> {
  await checkOp(lstmOp, {
    // Recurrent products stay under 0.3, so that no relu is near its kink; then cells are 0 or over it too.
    inputs: {
      z: apartFromZero([2, 3, 16], 0.5, 1),
      recurrentKernel: uniform([4, 16], -0.06, 0.06),
      h0: uniform([2, 4], -1, 1),
      c0: uniform([2, 4], 0.3, 1),
    },
    attrs: {
      activation: activations[activation].code,
      recurrentActivation: activations[recurrentActivation].code,
      reverse: false,
    },
    strategy,
    read: ['h', 'hLast', 'cLast'],
    by: ['z', 'recurrentKernel', 'h0', 'c0'],
    // A sum of four products and five functions, once a time step.
    roundings: 3 * (4 + 16),
  })
}
