// The ConvLSTM recurrence (Shi et al. 2015, Keras's form) over a whole sequence: the LSTM's cell, whose products are
// convolutions of states of space.
//
//   z = x ∗ W + b [B, T, H, W, 4F] is hoisted: one convolution for all steps, made before.
//   z += h ∗ R    R [KH, KW, F, 4F], stride 1, 'same' padding
//
// A step is one launch, its recurrent convolution fused with the cell; states travel through h and c.

import { convolutionProduct } from './convolutionProduct.ts'
import { defineRecurrence } from './defineRecurrence.ts'
import { lstmCell } from './lstm.ts'

export const [convLstm, convLstmGradient] = defineRecurrence(lstmCell, convolutionProduct)
