// The ConvLSTM recurrence (Shi et al. 2015, Keras's form) over a whole sequence: the LSTM's cell with
// convolutions in place of products.
//
//   z = x ∗ W + b [B, T, ...space, 4F] is one convolution for all time steps, hoisted out of the loop.
//   z += h ∗ R    R [...window, F, 4F], stride 1, 'same' padding
//
// A time step is one launch, its recurrent convolution fused with the cell; a launch reads the previous state from h and c.

import { convolutionProduct } from './convolutionProduct.ts'
import { defineRecurrence } from './defineRecurrence.ts'
import { lstmCell } from './lstm.ts'

export const [convLstm, convLstmGradient] = defineRecurrence('convLstm', lstmCell, convolutionProduct)
