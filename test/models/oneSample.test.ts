// Predictions of one sample after another on the CPU: what a call makes anew, once its step is there.
import { expect, test, vi } from 'vitest'
import { CpuExecutable } from '../../src/backends/cpu/executable.ts'
import { WasmHeap } from '../../src/backends/cpu/heap.ts'
import { Dense, GRU, LSTM, Sequential, setBackend, tensor } from '../../src/index.ts'
import { ModelCore } from '../../src/models/core.ts'
import { uniform } from '../support/values.ts'

await setBackend('cpu')

test.each(['LSTM', 'GRU'])(
  'a stateful %s predicts a sample by one run of a step that is there',
  async (name) => {
    const options = { stateful: true, batchShape: [1, 1, 16] } as const
    const model = Sequential([name === 'LSTM' ? LSTM(64, options) : GRU(64, options), Dense(1)])
    const x = tensor(uniform([16], -1, 1).data, [1, 1, 16])
    const first = await model.predict(x)
    const counts = {
      plans: vi.spyOn(ModelCore.prototype, 'planStep'),
      loads: vi.spyOn(CpuExecutable, 'load'),
      allocations: vi.spyOn(WasmHeap.prototype, 'allocate'),
      runs: vi.spyOn(CpuExecutable.prototype, 'run'),
    }
    const calls = 5
    const predictions = [first.data[0]]
    for (let i = 0; i < calls; i++) predictions.push((await model.predict(x)).data[0])
    const counted = Object.entries(counts).map(([what, { mock }]) => [what, mock.calls.length])
    expect(Object.fromEntries(counted)).toEqual({ plans: 0, loads: 0, allocations: 0, runs: calls })
    // The states go on, so that no two predictions are the same.
    expect(new Set(predictions).size).toBe(calls + 1)
    vi.restoreAllMocks()
    model.dispose()
  },
)
