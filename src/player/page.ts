// The page of an ejected HTML file: a field for each input, a button, and what the model makes of the data.

import { Tensor } from '../util/tensor.ts'
import { exampleOf, readText, textOf } from './pageData.ts'
import type { Player } from './player.ts'

/** The most samples of an output that are shown. */
const MOST_SHOWN = 200

type Backend = 'auto' | 'webgpu' | 'cpu'
type Load = (options: { readonly backend: Backend }) => Promise<Player>

const CHOICES: Readonly<Record<Backend, string>> = { auto: 'automatic', webgpu: 'WebGPU', cpu: 'CPU' }

/** An element with what is in it. */
function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Readonly<Partial<HTMLElementTagNameMap[K]>>,
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`

/** Loads the model and fills the page. */
export async function show(load: Load): Promise<void> {
  const main = document.querySelector('main') ?? document.body
  const status = element('p', { className: 'quiet', role: 'status' }, ['Loading …'])
  main.append(status)
  try {
    fill(main, status, load, await load({ backend: 'auto' }))
  } catch (error) {
    status.replaceChildren(messageOf(error))
    status.className = 'error'
  }
}

function fill(main: Element, status: Element, load: Load, first: Player): void {
  let model = first
  const tell = (more = ''): void => status.replaceChildren(`Runs on ${model.description}${more}`)
  tell()
  const choice = element(
    'select',
    { id: 'backend' },
    Object.entries(CHOICES).map(([value, text]) => element('option', { value }, [text])),
  )
  const fields = model.inputs.map(({ name, shape, isInteger }, i) => {
    const example = exampleOf(shape, isInteger)
    const rows = Math.min(10, Math.max(3, example.split('\n').length))
    const area = element('textarea', { id: `input-${i}`, value: example, spellcheck: false, rows })
    area.placeholder = 'JSON, or a table as CSV'
    const file = element('input', {
      type: 'file',
      accept: '.json,.csv,.tsv,.txt',
      ariaLabel: `File for ${name}`,
    })
    file.addEventListener('change', async () => {
      const [chosen] = file.files ?? []
      if (chosen) area.value = await chosen.text()
    })
    const label = element('label', { htmlFor: area.id }, [
      element('strong', {}, [name]),
      ` samples of shape ${shapeText(shape)}${isInteger ? ', whole numbers' : ''}`,
    ])
    return { area, parts: [label, area, file], read: () => readText(area.value, name, shape) }
  })
  const button = element('button', { type: 'submit' }, ['Predict'])
  const where = element('label', { htmlFor: choice.id, className: 'inline' }, ['on ', choice])
  const form = element('form', {}, [
    ...fields.flatMap(({ parts }) => parts),
    element('p', { className: 'actions' }, [button, where]),
  ])
  const output = element('section', { id: 'output', ariaLive: 'polite' })
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    button.disabled = true
    try {
      await act()
    } catch (error) {
      output.replaceChildren(element('p', { className: 'error' }, [messageOf(error)]))
    } finally {
      button.disabled = false
    }
  }
  choice.addEventListener('change', () =>
    attempt(async () => {
      const next = await load({ backend: choice.value as Backend })
      model.dispose()
      model = next
      output.replaceChildren()
      tell()
    }),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void attempt(async () => {
      const data = fields.map(({ read }) => read())
      const start = performance.now()
      const predicted = [await model.predict(data.length === 1 ? data[0] : data)].flat()
      tell(`: ${(performance.now() - start).toPrecision(3)} ms`)
      output.replaceChildren(...predicted.flatMap((tensor, i) => outputOf(model, i, tensor)))
    })
  })
  main.append(form, output)
}

function outputOf({ outputs }: Player, index: number, tensor: Tensor): Node[] {
  const { name = '', shape = [] } = outputs[index] ?? {}
  const [rows = 0] = tensor.shape
  const shown = Math.min(rows, MOST_SHOWN)
  const part = new Tensor(tensor.data.subarray(0, (tensor.data.length / rows) * shown), [shown, ...shape])
  const heading = element('h2', {}, [element('strong', {}, [name]), ` ${shapeText(tensor.shape)}`])
  const rest =
    rows > shown ? [element('p', { className: 'quiet' }, [`and ${rows - shown} samples more`])] : []
  return [heading, element('pre', {}, [textOf(part)]), ...rest]
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
