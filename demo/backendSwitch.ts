// Where models train: the adapter's name, and the choice between GPU and CPU.

import { type BackendInfo, setBackend } from 'recurra'
import { byId } from './dom.ts'

type Choice = 'webgpu' | 'cpu'

/**
 * Takes the GPU where there is one, and wires the switch.
 *
 * @param change Called to change the backend: ends what trains, then calls and awaits `take`.
 */
export async function makeBackendSwitch(change: (take: () => Promise<void>) => Promise<void>): Promise<void> {
  const text = byId('backend', HTMLElement)
  const inputs = { webgpu: byId('use-gpu', HTMLInputElement), cpu: byId('use-cpu', HTMLInputElement) }

  const show = ({ backend, description }: BackendInfo, reason = ''): void => {
    inputs[backend].checked = true
    text.textContent = reason || description
    document.documentElement.dataset.backend = backend
  }

  const take = async (choice: Choice): Promise<void> => {
    try {
      show(await setBackend(choice))
    } catch (error) {
      show(await setBackend('cpu'), `The GPU does not answer: ${messageOf(error)} Training on the CPU.`)
    }
  }

  for (const choice of ['webgpu', 'cpu'] as const) {
    inputs[choice].addEventListener('change', async () => {
      for (const input of Object.values(inputs)) input.disabled = true
      await change(() => take(choice))
      for (const input of Object.values(inputs)) input.disabled = false
      inputs[choice].focus()
    })
  }

  const found = await setBackend('auto')
  // The switch says where every entry trains, tiny ones too.
  if (found.backend === 'webgpu') await setBackend('webgpu')
  // A software adapter is passed over, and may be chosen.
  const isMissing = found.adapter === null
  const missing = 'gpu' in navigator ? 'No GPU answers in this browser.' : 'No WebGPU in this browser.'
  show(found, isMissing ? `${missing} Training on the CPU.` : '')
  inputs.webgpu.disabled = isMissing
  inputs.cpu.disabled = false
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
