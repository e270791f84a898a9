// A recurrent cell that is not the LSTM, at the edges of workgroups and tiles, by every strategy.
import { test } from 'vitest'
import { webgpu } from '../support/compareBackends.ts'
import { recurrenceSizes } from '../support/recurrenceSizes.ts'
import { checkUgrnnSize, ugrnnCell } from '../support/ugrnn.ts'

test.each(recurrenceSizes(webgpu.traits, ugrnnCell.gates))(
  '$strategy [$batch, $time, $units]',
  checkUgrnnSize,
)
